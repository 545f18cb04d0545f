// What an operator asks of the mail room, and what it answers; over the store in memory.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct MailRoomTests {
    private static func fields(_ pairs: [(String, DocumentNode)]) -> DocumentNode {
        DocumentNode(.mapping(pairs.map { .init(key: $0.0, value: $0.1) }))
    }

    private static func text(_ text: String) -> DocumentNode { DocumentNode(.scalar(text, isPlain: false)) }
    private static func list(_ items: [DocumentNode]) -> DocumentNode { DocumentNode(.sequence(items)) }

    private static let inbox = fields([
        ("name", text("in-1")), ("type", text("inbox")), ("server", text("imap1.example")), ("user", text("u")),
        ("password", fields([("file", text("/p"))])), ("start", text("all")),
    ])
    private static let outbox = fields([
        ("name", text("out-1")), ("type", text("outbox")), ("server", text("smtp1.example")), ("tls", text("starttls")),
        ("auth", DocumentNode(.scalar("false", isPlain: true))), ("senders", list([text("help@x.example")])),
    ])
    private static let contract = fields([
        ("name", text("acme")), ("prefix", text("ACME")), ("inboxes", list([text("in-1")])), ("outbox", text("out-1")),
    ])
    private static let documents = [
        "desk": fields([("mailboxes", list([inbox, outbox])), ("contracts", list([contract]))]),
        "title": fields([("title", text("Acme Ltda"))]),
        "wrong": fields([("contracts", list([fields([("name", text("BAD NAME"))])]))]),
        "contract": contract,
    ]

    private func edit(_ text: String) -> RegistryEdit { .document(Array(text.utf8), prune: false) }

    private func expectProblem(_ status: Int, _ house: House, _ body: @escaping @Sendable () async throws -> Void) {
        let problem = #expect(throws: Problem.self) { try house.stage.run(body) }
        #expect(problem?.status == status)
    }

    // MARK: - The registry

    @Test func anAppliedDocumentIsInUseAtOnce() throws {
        let house = House(Registry())
        let run = Run(house).startPolling()
        let (room, edit) = (run.room(Self.documents), edit("desk"))
        house.inboxes["imap1.example"].receive(mail("one"))
        let report = try house.stage.run { try await room.apply(edit, dryRun: false) }
        #expect(report.lines.map(\.action) == ["added", "added", "added"])
        house.stage.settle()
        #expect(house.store.state.events(.ticketOpened).count == 1)
        let again = try house.stage.run { try await room.apply(edit, dryRun: false) }
        #expect(again.lines.allSatisfy { $0.action == "unchanged" })
    }

    @Test func aDryRunChangesNothing() throws {
        let house = House(Registry())
        let run = Run(house)
        let (room, edit) = (run.room(Self.documents), edit("desk"))
        let report = try house.stage.run { try await room.apply(edit, dryRun: true) }
        #expect(report.dryRun)
        #expect(report.lines.map(\.action) == ["added", "added", "added"])
        #expect(house.registry == Registry())
        #expect(house.store.commits == 0)
    }

    @Test func oneObjectIsAddedEditedAndDeleted() throws {
        let house = House(Registry())
        let room = Run(house).room(Self.documents)
        let (edit, title, again) = (edit("desk"), Array("title".utf8), Array("contract".utf8))
        try house.stage.run { _ = try await room.apply(edit, dryRun: false) }
        let changed = try house.stage.run {
            try await room.apply(.edit(.contracts, name: "acme", fields: title), dryRun: false)
        }
        #expect(changed.lines.first?.fields == ["title"])
        #expect(house.registry.contracts.first?.title == "Acme Ltda")
        #expect(house.registry.contracts.first?.inboxes.map(\.text) == ["in-1"])
        expectProblem(422, house) { _ = try await room.apply(.add(.contracts, fields: again), dryRun: false) }
        expectProblem(422, house) { _ = try await room.apply(.delete(.mailboxes, name: "in-1"), dryRun: false) }
        try house.stage.run { _ = try await room.apply(.delete(.contracts, name: "acme"), dryRun: false) }
        try house.stage.run { _ = try await room.apply(.delete(.mailboxes, name: "in-1"), dryRun: false) }
        #expect(house.registry.mailboxes.map(\.name.text) == ["out-1"])
    }

    @Test(arguments: [true, false])
    func anOutboxForWhichDeliveriesWaitIsNotDeleted(dryRun: Bool) throws {
        let house = House()
        try house.enqueue("one")
        var registry = house.registry
        registry.contracts[0].outbox = .standard
        registry.mailboxes.removeAll { $0.inbox != nil }
        registry.contracts[0].inboxes = []
        let changes: [RegistryChange] = [.putContract(registry.contracts[0]), .deleteMailbox(sampleInbox(1).name)]
        let (room, store) = (Run(house).room(), house.store)
        try house.stage.run { try await store.write { try $0.apply(changes) } }
        expectProblem(409, house) { _ = try await room.apply(.delete(.mailboxes, name: "out-1"), dryRun: dryRun) }
        #expect(house.registry.mailboxes.count == 1)
        let query = QueueQuery(outbox: "out-1")
        try house.stage.run { _ = try await room.changeQueue(.cancel, query) }
        try house.stage.run { _ = try await room.apply(.delete(.mailboxes, name: "out-1"), dryRun: dryRun) }
        #expect(house.registry.mailboxes.isEmpty == !dryRun)
    }

    @Test(arguments: ["wrong", "unreadable"])
    func aWrongDocumentChangesNothing(text: String) throws {
        let house = House(Registry())
        let (room, edit) = (Run(house).room(Self.documents), edit(text))
        expectProblem(422, house) { _ = try await room.apply(edit, dryRun: false) }
        #expect(house.registry == Registry())
    }

    @Test func theExportIsTheRegistryWithoutSecrets() throws {
        let house = House(
            deskRegistry(answers: true) { registry in
                registry.mailboxes[0].login?.password = .literal(Secret("hunter2"))
            })
        let room = Run(house).room()
        let yaml = try house.stage.run { try await room.export(.yaml) }
        for word in ["in-1", "out-1", "c-1", "answer-1", "receipt"] { #expect(yaml.contains(word)) }
        #expect(!yaml.contains("hunter2"))
    }

    // MARK: - Sending

    private func request(
        to: [String] = ["ana@customer.example"], subject: String = "Hello", outbox: String? = nil, key: String? = nil
    ) -> SendRequest {
        SendRequest(contract: "c-1", to: to, outbox: outbox, subject: subject, text: "Hi", idempotencyKey: key)
    }

    @Test func whatIsSentIsQueuedInOneCommitAndLeavesByItself() throws {
        let house = House()
        let run = Run(house).startSending()
        let (room, request) = (run.room(), request(to: ["Ana <ana@customer.example>", "ANA@customer.example"]))
        let commits = house.store.commits
        let receipt = try house.stage.run { try await room.send(request) }
        #expect(receipt.outbox == "out-1")
        #expect(!receipt.outboxTrace.isEmpty)
        #expect(house.store.commits > commits)
        house.stage.settle()
        #expect(house.outbox(1).desk.accepted.map(\.recipient) == ["ana@customer.example"])
    }

    @Test func theSameKeySendsOnce() throws {
        let house = House()
        let (room, request) = (Run(house).room(), request(key: "k1"))
        let first = try house.stage.run { try await room.send(request) }
        let second = try house.stage.run { try await room.send(request) }
        #expect(first.notification == second.notification)
        #expect(house.store.state.notifications.count == 1)
    }

    @Test(
        arguments: [
            ([], "Hello", nil, 422), (["not an address"], "Hello", nil, 422),
            (["a@x.example"], "two\r\nlines", nil, 422),
            (["a@x.example"], "Hello", "nowhere", 404), (["a@x.example"], "Hello", "system", 422),
            (["a@x.example"], "Hello", "in-1", 422),
        ] as [([String], String, String?, Int)])
    func whatCannotBeSentIsRefused(to: [String], subject: String, outbox: String?, status: Int) throws {
        let house = House()
        let (room, request) = (Run(house).room(), request(to: to, subject: subject, outbox: outbox))
        expectProblem(status, house) { _ = try await room.send(request) }
        #expect(house.store.state.notifications.isEmpty)
    }

    @Test func anUnknownContractIsNotFound() throws {
        let house = House()
        let room = Run(house).room()
        expectProblem(404, house) {
            _ = try await room.send(SendRequest(contract: "nobody", to: ["a@x.example"], subject: "", text: ""))
        }
        expectProblem(404, house) { try await room.poll("nothing") }
        expectProblem(409, house) { try await room.poll("out-1") }
        expectProblem(422, house) { _ = try await room.queue(QueueQuery(states: ["lost"])) }
    }

    @Test func aFullDiskIsTheServersFaultNotTheRequests() throws {
        let house = House()
        house.store.object { _, _ in Failure(.operatorNeeded, .diskFull, "The disk is full.") }
        let (room, request) = (Run(house).room(), request())
        expectProblem(507, house) { _ = try await room.send(request) }
    }

    // MARK: - The queue

    private func query(_ house: House, _ room: MailRoom, _ query: QueueQuery) throws -> [DeliveryView] {
        try house.stage.run { try await room.queue(query) }
    }

    private func change(_ house: House, _ room: MailRoom, _ action: QueueAction, _ query: QueueQuery) throws -> Int {
        try house.stage.run { try await room.changeQueue(action, query) }
    }

    @Test func theQueueIsSeenAndChangedByContractOutboxAndState() throws {
        let house = House(deskRegistry(1...2))
        for contract in 1...2 as ClosedRange<Int64> {
            for number in 1...3 { try house.enqueue("m\(number)", contract: contract, outbox: contract) }
        }
        let room = Run(house).room()
        #expect(try query(house, room, QueueQuery(contract: "c-2")).map(\.outbox) == ["out-2", "out-2", "out-2"])
        #expect(try query(house, room, QueueQuery(outbox: "out-1", limit: 2)).count == 2)
        #expect(try change(house, room, .hold, QueueQuery(contract: "c-1")) == 3)
        #expect(house.states == [.held: 3, .queued: 3])
        #expect(try change(house, room, .cancel, QueueQuery(notification: 1)) == 1)
        #expect(try change(house, room, .release, QueueQuery(contract: "c-1")) == 2)
        #expect(house.states == [.cancelled: 1, .queued: 5])
        #expect(try query(house, room, QueueQuery(states: ["cancelled"])).map(\.id.rawValue) == [1])
    }

    @Test func aRetryProbesTheServerAtOnce() throws {
        let house = House()
        house.outbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        try house.enqueue("one")
        let run = Run(house).startSending()
        house.stage.advance(by: .seconds(3000))
        house.outbox(1).change { $0.faults.open = nil }
        #expect(try change(house, run.room(), .retry, QueueQuery()) == 1)
        house.stage.settle()
        #expect(house.states == [.sent: 1])
    }

    @Test func aDeadLetterIsRevived() throws {
        let house = House()
        house.outbox(1).change { $0.faults.refusals["ana@customer.example"] = sampleFailure(.rejected, .permanent) }
        try house.enqueue("one")
        let run = Run(house).startSending()
        #expect(house.states == [.failed: 1])
        house.outbox(1).change { $0.faults.refusals = [:] }
        #expect(try change(house, run.room(), .retry, QueueQuery(states: ["failed"])) == 1)
        house.stage.settle()
        #expect(house.states == [.sent: 1])
    }

    // MARK: - Looking

    @Test func theStatusTellsWhoIsWellAndWhoIsNot() throws {
        let house = House(
            deskRegistry(1...3) { registry in registry.contracts.removeLast() })
        house.inbox(2).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        house.outbox(2).change { $0.faults.open = sampleFailure(.connect) }
        try house.enqueue("one")
        try house.enqueue("two", contract: 2, outbox: 2)
        house.inbox(1).receive(mail("one"))
        let run = Run(house).startPolling().startSending()
        house.stage.advance(by: .seconds(20))
        let room = run.room()
        let status = try house.stage.run { try await room.status() }
        let states = Dictionary(uniqueKeysWithValues: status.mailboxes.map { ($0.name, $0.state) })
        #expect(
            states == [
                "in-1": .ok, "out-1": .ok, "in-2": .needsAttention, "out-2": .failing, "in-3": .unused,
                "out-3": .unused,
            ])
        #expect(status.lanes.map(\.sent) == [1, 0])
        #expect(status.lanes.map(\.queued) == [0, 1])
        #expect(status.mailboxes.first { $0.name == "in-1" }?.messages == ["stored": 1])
        let next = try #require(status.lanes.last?.nextAttempt)
        #expect(next > house.now)
    }

    @Test func eventsAreWaitedFor() throws {
        let house = House()
        let run = Run(house).startPolling()
        let room = run.room()
        #expect(try house.stage.run { try await room.events(EventQuery()) }.isEmpty)
        let waiting = house.stage.start { try await room.events(EventQuery(contract: "c-1", waitSeconds: 30)) }
        house.stage.advance(by: .seconds(5))
        #expect(!waiting.isOver)
        house.inbox(1).receive(mail("one"))
        try house.stage.run { try await room.poll("in-1") }
        house.stage.settle()
        #expect(try waiting.value().count == 1)
        let last = try #require(house.store.state.events.last?.id.rawValue)
        let late = house.stage.start { try await room.events(EventQuery(after: last, waitSeconds: 30)) }
        house.stage.advance(by: .seconds(30))
        #expect(try late.value().isEmpty)
    }

    @Test func aReloadTriesAgainWhatIsFailing() throws {
        let house = House(deskRegistry(1...2))
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        house.outbox(1).change { $0.faults.open = sampleFailure(.authRefused, .operatorNeeded) }
        try house.enqueue("one")
        let run = Run(house).startPolling().startSending()
        house.stage.advance(by: .seconds(5000))
        house.inbox(1).change { $0.faults.open = nil }
        house.outbox(1).change { $0.faults.open = nil }
        let (before, healthy) = (house.inbox(1).folder.sessions, house.inbox(2).folder.sessions)
        let room = run.room()
        try house.stage.run { await room.retryFailing() }
        house.stage.settle()
        #expect(house.inbox(1).folder.sessions == before + 1)
        #expect(house.inbox(2).folder.sessions == healthy)
        #expect(house.states == [.sent: 1])
    }
}
