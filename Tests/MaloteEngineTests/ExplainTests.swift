// An operator asks what became of a message, and why.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ExplainTests {
    private func ask<T: Sendable>(
        _ house: House, _ question: @escaping @Sendable (MailRoom) async throws -> T
    ) throws -> T {
        let room = Run(house).room()
        return try house.stage.run { try await question(room) }
    }

    private func explain(_ house: House, _ reference: String, _ contract: String? = nil) throws -> Explanation {
        try ask(house) { try await $0.explain(reference, contract: contract) }
    }

    private func problem(_ house: House, _ question: @escaping @Sendable (MailRoom) async throws -> Void) -> Problem? {
        #expect(throws: Problem.self) { try ask(house, question) }
    }

    @Test func theWholeLifeOfAMessageIsToldInOrder() throws {
        let house = House(
            deskRegistry(answers: true) { registry in
                registry.flows.append(Flow(name: name("later"), contract: name("c-1"), trigger: "x", steps: []))
                registry.contracts[0].rules = [
                    MailRule(name: "all", when: [.from([.init(.matches, "*")])], action: .set(["a": "b"]))
                ]
            })
        house.inbox(1).change { $0.faults.omitted = [1] }
        house.inbox(1).receive(mail("one"))
        try house.poll()
        house.stage.advance(by: .seconds(60))
        house.inbox(1).change { $0.faults.omitted = [] }
        try house.poll()
        house.stage.advance(by: .seconds(60))
        let run = Run(house).startSending()
        house.stage.settle()
        run.askToStop()
        let explanation = try explain(house, "1")
        #expect(explanation.line.ticket == "C1-1" && explanation.line.fate == .opened)
        #expect(
            explanation.decisions.map(\.step) == [
                .seen, .gone, .fetched, .rule, .understood, .ticket, .requester, .filed, .event, .notification, .flow,
                .settled, .delivery,
            ])
        let byStep = Dictionary(grouping: explanation.decisions, by: \.step)
        #expect(byStep[.event]?.first?.reference == house.store.state.events.first?.id.rawValue)
        #expect(byStep[.notification]?.first?.reason.contains("Contract c-1 has outbox out-1.") == true)
        #expect(byStep[.delivery]?.first?.reason.hasPrefix("To ana@customer.example: sent after 1 try.") == true)
        #expect(byStep[.flow]?.first?.reason == "Not for ticket.opened: later (x).")
        #expect(byStep[.seen]?.count == 1 && byStep[.settled]?.count == 1 && byStep[.gone]?.count == 1)
        let times = explanation.decisions.map(\.time)
        #expect(times == times.sorted())
        #expect(byStep[.fetched]?.first?.time ?? house.now > byStep[.seen]?.first?.time ?? house.now)
    }

    @Test func aDuplicateIsToldAtTheFirst() throws {
        let house = House()
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("one"))
        try house.poll()
        let duplicates = try explain(house, "1").decisions.filter { $0.step == .duplicate }
        #expect(duplicates.map(\.reason) == ["It came again, from inbox in-1, INBOX 2, and changed nothing."])
        let row = house.store.state.ledger[1]
        #expect(row.history.last(.duplicate)?.reason == "Contract c-1 has it already, as message 1.")
    }

    // MARK: - Names

    @Test func aMessageIsFoundByItsMessageID() throws {
        let house = House(deskRegistry(1...2) { $0.contracts[1].inboxes = [sampleInbox(1).name] })
        house.inbox(1).receive(mail("one", id: "<a/b@x>"))
        house.inbox(1).receive(mail("two", id: "<c@x>"))
        try house.poll()
        #expect(try explain(house, "<a/b@x>", "c-2").line.id.rawValue == 2)
        let several = problem(house) { _ = try await $0.explain("<a/b@x>", contract: nil) }
        #expect(several?.status == 409)
        #expect(several?.detail.contains("2 (c-2, opened), 1 (c-1, opened)") == true)
        let wrong: [(String, String?, Int)] = [
            ("9", nil, 404), ("<none@x>", nil, 404), ("abc", nil, 422), ("1", "c-2", 404), ("1", "none", 404),
            ("", nil, 422),
        ]
        for (reference, contract, status) in wrong {
            #expect(problem(house) { _ = try await $0.message(reference, contract: contract) }?.status == status)
        }
    }

    @Test func messagesAreListedLatestFirst() throws {
        let house = House(deskRegistry(1...2))
        for subject in ["one", "two", "three"] { house.inbox(1).receive(mail(subject)) }
        house.inbox(2).receive(mail("four", headers: ["Precedence": "bulk"]))
        try house.poll()
        try house.poll(2)
        let queries: [(MessageQuery, [String])] = [
            (.init(), ["four", "three", "two", "one"]), (.init(limit: 2), ["four", "three"]),
            (.init(before: 3), ["two", "one"]), (.init(contract: "c-1"), ["three", "two", "one"]),
            (.init(inbox: "in-2"), ["four"]), (.init(fate: "ignored"), ["four"]), (.init(ticket: "C1-2"), ["two"]),
            (.init(contract: "c-2", ticket: "C1-2"), []), (.init(search: "THRE"), ["three"]),
            (.init(since: "2020-01-01"), ["four", "three", "two", "one"]), (.init(since: "2999-01-01"), []),
        ]
        for (query, subjects) in queries {
            #expect(try ask(house) { try await $0.messages(query) }.map(\.subject) == subjects)
        }
        for query in [MessageQuery(fate: "eaten"), MessageQuery(since: "yesterday")] {
            #expect(problem(house) { _ = try await $0.messages(query) }?.status == 422)
        }
    }

    /// In one piece, and in so many that it is read from the spool.
    @Test(arguments: [0, 3 * RawMessage.pieceSize])
    func aMessageIsShownWithItsOctets(octets: Int) async throws {
        let house = House(deskRegistry { $0.contracts[0].attachments.forbid = ["exe"] })
        house.inbox(1).receive(mail("one", headers: ["To": "help@x.example"], octets: octets))
        let run = Run(house, messageOctets: 1_000_000)
        _ = try run.poll()
        let room = run.room()
        let report = try await room.message("1", contract: nil)
        #expect(report.from?.address == "ana@customer.example")
        #expect(report.to.map(\.address) == ["help@x.example"])
        #expect(report.text.contains("My printer burns."))
        #expect(report.reason == "Ticket C1-1 is opened.")
        let copy = try await room.raw("1", contract: nil)
        var gathered: [UInt8] = []
        while gathered.count < copy.size { gathered += try await copy.piece(gathered.count) }
        #expect(try await copy.piece(gathered.count).isEmpty)
        let same = gathered == house.store.state.sources.first
        #expect(same)
    }

    /// Its body stayed on the server.
    @Test func aMessageThatWasTooLargeIsShownByItsHeader() throws {
        let house = House()
        house.inbox(1).receive(mail("one", octets: 20_000))
        try house.poll()
        let report = try ask(house) { try await $0.message("1", contract: nil) }
        #expect(report.line.size > 20_000 && report.line.subject == "one")
        #expect(report.defects.contains { $0.contains("over the limit") })
    }

    // MARK: - Tickets

    @Test func aTicketIsShownAndLinked() throws {
        let house = House(deskRegistry(1...2, answers: true))
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("again", headers: ["References": "<one@customer.example>"]))
        try house.poll()
        let linked = try ask(house) { try await $0.link(ticket: "C1-1", contract: nil, external: "INC 7") }
        #expect(linked.external == "INC 7")
        let report = try ask(house) { try await $0.ticket("C1-1", contract: "c-1") }
        #expect(report == linked)
        #expect(report.messages.map(\.subject) == ["one", "again"])
        #expect(report.events.map(\.kind) == ["ticket.opened", "ticket.replied"])
        #expect(report.deliveries.map(\.recipient) == ["ana@customer.example"])
        // The next event has it.
        house.inbox(1).receive(mail("third", headers: ["References": "<one@customer.example>"]))
        try house.poll()
        #expect(house.store.state.events.last?.json.contains(#""external":"INC 7""#) == true)
        for (key, contract, external, status) in [
            ("C9-1", nil, "x", 404), ("C1-1", "c-2", "x", 404), ("C1-1", nil, "", 422), ("C1-1", nil, "a\nb", 422),
        ] as [(String, String?, String, Int)] {
            let found = problem(house) { _ = try await $0.link(ticket: key, contract: contract, external: external) }
            #expect(found?.status == status)
        }
    }

    @Test func aKeyOfTwoContractsNeedsAName() throws {
        let house = House(deskRegistry(1...2))
        for contract in [1, 2] as [Int64] {
            let store = house.store
            try house.stage.run {
                try await store.write { store in
                    _ = try store.insert(
                        Ticket(
                            contract: ContractID(rawValue: contract), number: 9, key: "OLD-9", requester: nil,
                            subject: "\(contract)"))
                }
            }
        }
        #expect(problem(house) { _ = try await $0.ticket("OLD-9", contract: nil) }?.status == 409)
        #expect(try ask(house) { try await $0.ticket("OLD-9", contract: "c-2") }.subject == "2")
    }
}
