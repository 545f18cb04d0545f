// What each role may see and do: everything that is not a caller's own is refused before the mail room hears of it.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

@Suite struct GuardedControlTests {
    private static let other = Contract(
        id: ContractID(rawValue: 2), name: Sample.name("globex"), title: "Globex", prefix: "GLOBEX",
        inboxes: [Sample.name("acme-in")], outbox: .mailbox(Sample.name("globex-out")))
    private static let registry: Registry = {
        var registry = Sample.registry
        registry.contracts.append(other)
        var outbox = Sample.acmeOut
        (outbox.id, outbox.name) = (MailboxID(rawValue: 3), Sample.name("globex-out"))
        registry.mailboxes.append(outbox)
        registry.templates.append(Template(name: Sample.name("unused"), language: "en", subject: "S", text: "T"))
        return registry
    }()

    static let contract = Caller(name: "acme-ci", role: .contract(Sample.name("acme")), place: "192.0.2.7")
    static let reader = Caller(name: "eye", role: .reader(nil))
    static let narrow = Caller(name: "acme-eye", role: .reader(Sample.name("acme")))
    static let admin = Caller(name: "ana", role: .admin)

    private let control = FakeControl(registered: GuardedControlTests.registry)

    private func guarded(_ caller: Caller) -> GuardedControl { GuardedControl(control, for: caller) }

    /// Something that is asked of the mail room.
    struct Wish: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var ask: @Sendable (GuardedControl) async throws -> Void

        init(_ words: String, _ ask: @escaping @Sendable (GuardedControl) async throws -> Void) {
            testDescription = words
            self.ask = ask
        }
    }

    private func refusal(_ wish: Wish, _ caller: Caller) async -> Int? {
        do {
            try await wish.ask(guarded(caller))
            return nil
        } catch { return (error as? Problem)?.status ?? 0 }
    }

    // MARK: - Changes

    static let administration: [Wish] = [
        Wish("apply") { _ = try await $0.apply(.document([], prune: true), dryRun: false) },
        Wish("plan") { _ = try await $0.apply(.document([], prune: true), dryRun: true) },
        Wish("import") { _ = try await $0.document(importing: [], ImportOptions()) },
        Wish("poll") { try await $0.poll("acme-in") },
        Wish("backfill") { _ = try await $0.backfill("acme-in", since: nil, dryRun: true) },
        Wish("test") { _ = try await $0.test("acme-in", roundTrip: nil) },
        Wish("round trip") { _ = try await $0.test("acme-in", roundTrip: RoundTrip(partner: "acme-out")) },
        Wish("authorize") { _ = try await $0.authorize("acme-in") },
        Wish("consent") { _ = try await $0.consent("acme-in", waitSeconds: 0) },
        Wish("accept") { _ = try await $0.authorize("acme-in", refreshToken: Secret("x")) },
        Wish("drill") { _ = try await $0.drill(outbox: "acme-out", fault: .mute, seconds: 1) },
        Wish("erase") { _ = try await $0.erase(contract: "acme", dryRun: false) },
        Wish("count what would be erased") { _ = try await $0.erase(contract: "acme", dryRun: true) },
        Wish("move tickets in") { _ = try await $0.moveIn(contract: "acme", tickets: []) },
        Wish("move events in") { _ = try await $0.moveIn(contract: "acme", events: []) },
        Wish("tokens") { _ = try await $0.accessTokens() },
        Wish("issue") { _ = try await $0.issue(AccessTokenWish(name: "x", role: "admin")) },
        Wish("test alerts") { _ = try await $0.testAlert() },
        Wish("keys") { _ = try await $0.keys() },
        Wish("rotate the key") { _ = try await $0.rotateKey() },
        Wish("backup") { _ = try await $0.backup() },
        Wish("revoke") { try await $0.revoke(accessToken: "x") },
    ]

    @Test(arguments: administration)
    func onlyAnAdminDoesWhatIsEverybodys(_ wish: Wish) async {
        for caller in [Self.contract, Self.reader, Self.narrow] { #expect(await refusal(wish, caller) == 403) }
        #expect(control.calls.isEmpty)
        let own = await refusal(wish, Self.admin)
        #expect(own == nil || wish.testDescription == "drill")
        #expect(!control.calls.isEmpty)
    }

    static let work: [Wish] = [
        Wish("send") { _ = try await $0.send(SendRequest(contract: "acme", to: [], subject: "", text: "")) },
        Wish("trigger") { _ = try await $0.trigger(TriggerRequest(contract: "acme", on: "x")) },
        Wish("queue") { _ = try await $0.changeQueue(.retry, QueueQuery(outbox: "acme-out")) },
        Wish("suppress") { _ = try await $0.suppress(contract: "acme", address: "a@b", reason: "") },
        Wish("unsuppress") { try await $0.unsuppress(contract: "acme", address: "a@b") },
        Wish("replay") { _ = try await $0.replay(QuarantineQuery(), passingRules: false, dryRun: false) },
        Wish("link") { _ = try await $0.link(ticket: "ACME-1", contract: nil, external: "1") },
        Wish("close") { _ = try await $0.turn(ticket: "ACME-1", contract: nil, TicketTurn(isClosed: true)) },
        Wish("cancel an approval") { _ = try await $0.cancel(approval: 7) },
        Wish("vote") { _ = try await $0.vote(OperatorVote(approval: 7, voter: "a@b", choice: .approve)) },
        Wish("call a step off") { _ = try await $0.cancel(plannedStep: 5) },
        Wish("enable") { _ = try await $0.setEndpoint("acme", isEnabled: true) },
        Wish("retry events") { _ = try await $0.retryEndpoint("acme") },
        Wish("replay events") {
            _ = try await $0.replay(ReplayWish(contract: "acme", point: .after(event: "1")), dryRun: false)
        },
        Wish("drop dead letters") { _ = try await $0.changeDeadEvents(.drop, contract: "acme", event: nil) },
        Wish("acknowledge") { _ = try await $0.acknowledge(contract: "acme", event: "1") },
        Wish("send a preview") {
            _ = try await $0.sendPreview(PreviewWish(template: "opened"), to: ["a@b"], outbox: nil)
        },
    ]

    @Test(arguments: work)
    func aReaderChangesNothing(_ wish: Wish) async {
        for caller in [Self.reader, Self.narrow] { #expect(await refusal(wish, caller) == 403) }
        let words = ["approval 7", "planned"]
        #expect(control.calls.allSatisfy { call in words.contains { call.hasPrefix($0) } })
        #expect(control.told.withLock { $0 }.isEmpty)
    }

    @Test(arguments: work)
    func aContractDoesItsOwnWorkAndItIsTold(_ wish: Wish) async {
        #expect(await refusal(wish, Self.contract) == nil)
        let told = control.told.withLock { $0 }
        #expect(told.map(\.who) == ["acme-ci"])
        #expect(told.map(\.place) == ["192.0.2.7"])
        #expect(told.map(\.contract) == ["acme"])
        #expect(told.map(\.outcome) == ["done"])
    }

    // MARK: - Other contracts

    static let foreign: [Wish] = [
        Wish("send") { _ = try await $0.send(SendRequest(contract: "globex", to: [], subject: "", text: "")) },
        Wish("send through another's outbox") {
            _ = try await $0.send(
                SendRequest(contract: "acme", to: [], outbox: "globex-out", subject: "", text: ""))
        },
        Wish("trigger") { _ = try await $0.trigger(TriggerRequest(contract: "globex", on: "x")) },
        Wish("change the queue") { _ = try await $0.changeQueue(.cancel, QueueQuery(contract: "globex")) },
        Wish("queue") { _ = try await $0.queue(QueueQuery(contract: "globex")) },
        Wish("events") { _ = try await $0.events(EventQuery(contract: "globex")) },
        Wish("messages") { _ = try await $0.messages(MessageQuery(contract: "globex")) },
        Wish("message") { _ = try await $0.message("7", contract: "globex") },
        Wish("explain") { _ = try await $0.explain("7", contract: "globex") },
        Wish("raw") { _ = try await $0.raw("7", contract: "globex") },
        Wish("quarantine") { _ = try await $0.quarantine(QuarantineQuery(contract: "globex")) },
        Wish("replay") {
            _ = try await $0.replay(QuarantineQuery(contract: "globex"), passingRules: false, dryRun: true)
        },
        Wish("ticket") { _ = try await $0.ticket("G-1", contract: "globex") },
        Wish("link") { _ = try await $0.link(ticket: "G-1", contract: "globex", external: "1") },
        Wish("close") { _ = try await $0.turn(ticket: "G-1", contract: "globex", TicketTurn(isClosed: true)) },
        Wish("suppressions") { _ = try await $0.suppressions(contract: "globex") },
        Wish("suppress") { _ = try await $0.suppress(contract: "globex", address: "a@b", reason: "") },
        Wish("unsuppress") { try await $0.unsuppress(contract: "globex", address: "a@b") },
        Wish("approvals") { _ = try await $0.approvals(contract: "globex", ticket: nil, state: nil) },
        Wish("triggers") { _ = try await $0.triggers(contract: "globex", ticket: nil, limit: 1) },
        Wish("planned steps") { _ = try await $0.plannedSteps(contract: "globex", flow: nil, ticket: nil) },
        Wish("call off what is not planned") { _ = try await $0.cancel(plannedStep: 6) },
        Wish("tickets") { _ = try await $0.tickets(contract: "globex", after: 0, limit: 1) },
        Wish("notifications") { _ = try await $0.notifications(contract: "globex", after: 0, limit: 1) },
        // The fake's queue is empty: it is nobody's.
        Wish("content") { _ = try await $0.content(notification: 7) },
        Wish("export") { _ = try await $0.export(contract: "globex") },
        Wish("preview") { _ = try await $0.preview(PreviewWish(template: "opened", contract: "globex")) },
        Wish("preview of what it does not use") { _ = try await $0.preview(PreviewWish(template: "unused")) },
        Wish("versions") { _ = try await $0.templateVersions("unused", language: nil) },
        Wish("version") { _ = try await $0.templateVersion("unused", language: nil, number: 1) },
        Wish("endpoints") { _ = try await $0.endpoints(contract: "globex") },
        Wish("endpoint") { _ = try await $0.endpoint("globex") },
        Wish("enable") { _ = try await $0.setEndpoint("globex", isEnabled: true) },
        Wish("retry events") { _ = try await $0.retryEndpoint("globex") },
        Wish("replay events") {
            _ = try await $0.replay(ReplayWish(contract: "globex", point: .after(event: "1")), dryRun: true)
        },
        Wish("refused events") { _ = try await $0.refusedEvents(contract: "globex", state: nil, limit: 1) },
        Wish("drop dead letters") { _ = try await $0.changeDeadEvents(.drop, contract: "globex", event: nil) },
        Wish("acknowledge") { _ = try await $0.acknowledge(contract: "globex", event: "1") },
        Wish("list of tickets") { _ = try await $0.tickets(TicketQuery(contract: "globex")) },
        Wish("reading") { _ = try await $0.reading("7", contract: "globex") },
        Wish("images") { _ = try await $0.images(of: "7", contract: "globex") },
        Wish("file") { _ = try await $0.file(of: "7", contract: "globex", place: 1) },
        Wish("event log") { _ = try await $0.eventLog(EventLogQuery(contract: "globex")) },
        Wish("event") { _ = try await $0.event("1", contract: "globex") },
        Wish("count of the queue") { _ = try await $0.queueCount(.retry, QueueQuery(contract: "globex")) },
        Wish("audit") { _ = try await $0.audit(AuditQuery(contract: "globex")) },
        Wish("course") { _ = try await $0.course(contract: "globex", hours: 1) },
    ]

    @Test(arguments: foreign)
    func anotherContractIsNotThere(_ wish: Wish) async {
        #expect(await refusal(wish, Self.contract) == 404)
        #expect(control.calls.allSatisfy { $0.hasPrefix("queue acme") || $0.hasPrefix("planned acme") })
    }

    @Test func whatIsAskedWithoutAContractIsAskedOfTheOwn() async throws {
        let own = guarded(Self.narrow)
        _ = try await own.events(EventQuery())
        _ = try await own.queue(QueueQuery())
        _ = try await own.messages(MessageQuery())
        _ = try await own.message("7", contract: nil)
        _ = try await own.quarantine(QuarantineQuery(id: "7"))
        _ = try await own.ticket("ACME-1", contract: nil)
        _ = try await own.suppressions(contract: nil)
        _ = try await own.approvals(contract: nil, ticket: nil, state: nil)
        _ = try await own.audit(AuditQuery())
        #expect(control.calls.count == 9)
        for call in control.calls { #expect(call.contains(" acme")) }
    }

    /// The fake's approval is of contract acme.
    @Test func anApprovalOfAnotherContractIsNotThere() async throws {
        let globex = Caller(name: "g", role: .contract(Sample.name("globex")))
        let wishes = [
            Wish("show") { _ = try await $0.approval(7) }, Wish("cancel") { _ = try await $0.cancel(approval: 7) },
            Wish("vote") { _ = try await $0.vote(OperatorVote(approval: 7, voter: "a@b", choice: .approve)) },
        ]
        for wish in wishes { #expect(await refusal(wish, globex) == 404) }
        #expect(Set(control.calls) == ["approval 7"])
    }

    @Test func theRegistryIsNarrowedToTheOwnContract() async throws {
        let part = await guarded(Self.contract).registry()
        #expect(part.contracts.map(\.name.text) == ["acme"])
        #expect(part.mailboxes.map(\.name.text) == ["acme-in", "acme-out"])
        #expect(part.templates.map(\.name.text) == ["opened", "opened"])
        #expect(part.systemOutbox == nil)
        #expect(await guarded(Self.reader).registry() == Self.registry)
        // A contract that is gone has nothing.
        let gone = await guarded(Caller(name: "x", role: .contract(Sample.name("gone")))).registry()
        #expect(gone == Registry())
    }

    // MARK: - Audit log

    @Test func aRefusedChangeIsToldAndWhatIsNotAllowedIsNot() async throws {
        let refusing = FakeControl(refusing: Problem(status: 422, title: "Invalid document", detail: ""))
        let guarded = GuardedControl(refusing, for: Self.admin)
        await #expect(throws: Problem.self) {
            _ = try await guarded.apply(.delete(.mailboxes, name: "acme-in"), dryRun: false)
        }
        await #expect(throws: Problem.self) {
            _ = try await guarded.apply(.delete(.mailboxes, name: "acme-in"), dryRun: true)
        }
        let told = refusing.told.withLock { $0 }
        #expect(told.map(\.outcome) == ["422 Invalid document"])
        #expect(told.map(\.subject) == ["mailbox acme-in"])
        #expect(told.map(\.action) == ["registry.delete"])
    }

    @Test func aVoteByLinkIsToldAndALookIsNot() async throws {
        let open = guarded(Caller(name: "a voter's link", role: .reader(nil)))
        _ = try await open.look(at: "view")
        _ = try await open.answer("forged", .approve, comment: "")
        #expect(control.told.withLock { $0 }.isEmpty)
        _ = try await open.answer("view", .approve, comment: "")
        #expect(control.told.withLock { $0 }.map(\.subject) == ["ticket ACME-1 by Bia: approve"])
    }
}
