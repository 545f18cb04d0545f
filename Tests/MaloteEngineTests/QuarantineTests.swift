// What waits for a person is listed, and becomes the event that it should have been, once.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct QuarantineTests {
    /// Keeps mails from being filed whose subject says so, for as long as it is in force.
    private func house(_ registry: Registry = deskRegistry(answers: true), mails: [[UInt8]]) throws -> House {
        let house = House(registry)
        house.store.object { before, after in
            after.messages.dropFirst(before.messages.count).contains {
                $0.subject.hasPrefix("bad") && $0.fate != .quarantined
            }
                || zip(before.messages, after.messages).contains { $0.fate == .quarantined && $1.fate != .quarantined }
                ? Failure(.transient, .defect, "It cannot be filed.") : nil
        }
        for mail in mails { house.inbox(1).receive(mail) }
        try house.poll()
        return house
    }

    private func ask<T: Sendable>(
        _ house: House, _ question: @escaping @Sendable (MailRoom) async throws -> T
    ) throws -> T {
        let room = Run(house).room()
        return try house.stage.run { try await question(room) }
    }

    private func list(_ house: House, _ query: QuarantineQuery = .init()) throws -> [QuarantineLine] {
        try ask(house) { try await $0.quarantine(query) }
    }

    private func replay(
        _ house: House, _ query: QuarantineQuery = .init(), passingRules: Bool = false, dryRun: Bool = false
    ) throws -> [ReplayResult] {
        try ask(house) { try await $0.replay(query, passingRules: passingRules, dryRun: dryRun) }
    }

    @Test func aReplayedMessageBecomesItsEventOnce() throws {
        let house = try house(mails: [mail("bad"), mail("good")])
        let line = try #require(list(house).first)
        #expect(line.id == "1" && line.reason == "It cannot be filed." && line.contracts == ["c-1"] && line.uid == "1")
        house.store.object(nil)
        let result = try #require(replay(house, .init(id: "1")).first)
        #expect(result.outcome == .filed && result.fate == .opened && result.ticket == "C1-2")
        #expect(result.events.count == 1 && result.notifications.map(\.to) == [["ana@customer.example"]])
        let state = house.store.state
        #expect(state.events.map(\.kind) == [.messageQuarantined, .ticketOpened, .ticketOpened])
        #expect(state.events.last?.json == result.events.first)
        #expect(state.messages.map(\.fate) == [.opened, .opened])
        #expect(state.messages[0].history.decisions.map(\.step).contains(.replayed))
        #expect(state.messages[0].history.last(.quarantined) != nil, "history is kept")
        #expect(state.ledger.map(\.state) == [.stored, .stored])
        #expect(try list(house).isEmpty)
        #expect(try replay(house, .init(id: "1")).map(\.outcome) == [.closed])
        #expect(try replay(house).isEmpty)
        #expect(house.store.state.events.count == 3)
        #expect(try house.poll().seen == 0)
    }

    @Test func aDryRunTellsAndChangesNothing() throws {
        let house = try house(mails: [mail("bad")])
        house.store.object(nil)
        let before = house.store.commits
        let result = try #require(replay(house, dryRun: true).first)
        #expect(result.outcome == .filed && result.ticket == "C1-1" && result.events.count == 1)
        #expect(result.notifications.map(\.subject) == ["[C1-1] Received"])
        #expect(house.store.commits == before)
        #expect(try list(house).count == 1)
        #expect(try replay(house).first?.ticket == "C1-1")
    }

    @Test func whatFailsAgainStaysAndSaysSo() throws {
        let house = try house(mails: [mail("bad"), mail("bad too")])
        let results = try replay(house)
        #expect(results.map(\.outcome) == [.kept, .kept])
        #expect(results.map(\.id) == ["1", "2"], "oldest first")
        #expect(results.allSatisfy { $0.reason == "It cannot be filed." && $0.events.isEmpty })
        let state = house.store.state
        #expect(state.events.count == 2)
        #expect(state.messages[0].history.last(.replayed)?.reason.contains("It cannot be filed.") == true)
    }

    @Test func oneContractOfASharedInboxIsReplayedAlone() throws {
        let house = House(
            deskRegistry(1...2, answers: true) { $0.contracts[1].inboxes = [sampleInbox(1).name] })
        let store = house.store
        try house.stage.run {
            try await store.write { store in
                let two = ContractID(rawValue: 2)
                _ = try store.insert(Ticket(contract: two, number: 1, key: "C2-1", requester: nil, subject: "x"))
            }
        }
        house.inbox(1).receive(mail("one"))
        try house.poll()
        // The number is taken: the first try fails, and takes no number either.
        #expect(try replay(house, dryRun: true).map(\.outcome) == [.kept])
        #expect(try replay(house).map(\.outcome) == [.kept])
        #expect(house.store.state.messages[1].history.decisions.count { $0.step == .replayed } == 1)
        try house.stage.run { try await store.write { _ = try $0.nextTicketNumber(contract: ContractID(rawValue: 2)) } }
        let result = try #require(replay(house).first)
        #expect(result.contract == "c-2" && result.ticket == "C2-2")
        #expect(house.store.state.events(.ticketOpened).map(\.contract.rawValue) == [1, 2])
        #expect(house.store.state.ledger.map(\.state) == [.stored])
    }

    // MARK: - Rules

    private func ruled(_ action: MailRule.Action) -> Registry {
        deskRegistry(1...2, answers: true) { registry in
            registry.contracts[0].rules = [MailRule(name: "r", when: [.subject([.init(.is, "one")])], action: action)]
        }
    }

    @Test func aRuleThatHoldsAMessageHoldsItAgain() throws {
        let house = try house(ruled(.quarantine), mails: [mail("one")])
        house.store.object(nil)
        #expect(try list(house).map(\.reason) == ["Rule r of contract c-1 says quarantine."])
        #expect(try replay(house).map(\.outcome) == [.kept])
        #expect(house.store.state.events.count == 1, "no second event for the same fate")
        let result = try #require(replay(house, passingRules: true).first)
        #expect(result.outcome == .filed && result.ticket == "C1-1")
    }

    /// The operator has mended the rules meanwhile.
    @Test(arguments: [
        (MailRule.Action.ignore, StoredMessage.Fate.ignored, "c-1"), (.set(["a": "b"]), .opened, "c-1"),
        (.contract(name("c-2")), .opened, "c-2"),
    ])
    func thePresentRulesCount(action: MailRule.Action, fate: StoredMessage.Fate, contract: String) throws {
        let house = try house(ruled(.quarantine), mails: [mail("one")])
        house.store.object(nil)
        let mended = ruled(action).contracts[0]
        let store = house.store
        try house.stage.run { try await store.write { try $0.apply([.putContract(mended)]) } }
        let result = try #require(replay(house).first)
        #expect(result.outcome == .filed && result.fate == fate && result.contract == contract)
        #expect(house.store.state.messages.map(\.fate) == [fate])
        #expect(house.registry.name(of: house.store.state.messages[0].contract) == contract)
    }

    @Test func whatAnotherContractHasAlreadyIsNoSecondEvent() throws {
        let house = try house(ruled(.quarantine), mails: [mail("one")])
        house.inbox(2).receive(mail("one"))
        house.store.object(nil)
        try house.poll(2)
        let (mended, store) = (ruled(.contract(name("c-2"))).contracts[0], house.store)
        try house.stage.run { try await store.write { try $0.apply([.putContract(mended)]) } }
        let result = try #require(replay(house).first)
        #expect(result.fate == .duplicate && result.reason.contains("as message 2"))
        #expect(house.store.state.events(.ticketOpened).count == 1)
        #expect(try list(house).isEmpty)
    }

    // MARK: - What could not be fetched

    @Test func whatCouldNotBeFetchedIsAskedForAgain() throws {
        let house = House()
        house.inbox(1).change { $0.faults.poison = [1] }
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("two"))
        house.polls(4)
        let line = try #require(list(house).first)
        #expect(line.id == "u1" && line.message == nil && line.attempts == 3 && line.contracts == ["c-1"])
        #expect(line.reason.hasPrefix("It could not be fetched 3 times: The server closed"))
        #expect(try replay(house, .init(id: "u1"), dryRun: true).map(\.outcome) == [.wanted])
        #expect(house.store.state.ledger.map(\.state) == [.quarantined, .stored])
        house.inbox(1).change { $0.faults.poison = [] }
        let result = try #require(replay(house, .init(id: "u1")).first)
        #expect(result.outcome == .wanted && result.reason.contains("asked for it again"))
        #expect(try house.poll().new == 1)
        #expect(house.store.state.events(.ticketOpened).count == 2)
        #expect(try list(house).isEmpty)
        let steps = house.store.state.ledger[0].history.decisions.map(\.step)
        #expect(steps == [.seen, .fetchFailed, .fetchFailed, .fetchFailed, .quarantined, .wantedAgain, .settled])
        #expect(try replay(house, .init(id: "u1")).map(\.outcome) == [.closed])
    }

    // MARK: - Choosing

    @Test func filtersChoose() throws {
        let registry = deskRegistry(1...2)
        let house = try house(registry, mails: [mail("bad one"), mail("bad two", from: "bia@customer.example")])
        let queries: [(QuarantineQuery, [String])] = [
            (.init(), ["bad two", "bad one"]), (.init(limit: 1), ["bad two"]),
            (.init(contract: "c-1"), ["bad two", "bad one"]),
            (.init(contract: "c-2"), []), (.init(inbox: "in-1"), ["bad two", "bad one"]), (.init(inbox: "in-2"), []),
            (.init(search: "BIA@"), ["bad two"]), (.init(search: "one"), ["bad one"]),
            (.init(search: "cannot be"), ["bad two", "bad one"]),
            (.init(since: "2999-01-01"), []), (.init(id: "2"), ["bad two"]),
        ]
        for (query, subjects) in queries {
            let found = try list(house, query).map { $0.message?.subject ?? "-" }
            #expect(Set(found) == Set(subjects), "\(query)")
        }
    }

    @Test(arguments: [("9", 404), ("u9", 404), ("abc", 422), ("", 422), ("2", 404)])
    func whatIsNotThereIsNamed(_ id: String, _ status: Int) throws {
        let house = try house(mails: [mail("bad"), mail("good")])
        let shown = #expect(throws: Problem.self) { try list(house, .init(id: id)) }
        #expect(shown?.status == status)
        guard id != "2" else { return }
        let replayed = #expect(throws: Problem.self) { try replay(house, .init(id: id)) }
        #expect(replayed?.status == status)
    }
}
