// What every store promises of histories, of looking for messages, and of counted answers.

import MaloteCore
import Testing

@Suite struct HistoryConformance {
    private static func decision(_ text: String, _ step: Decision.Step = .filed) -> Decision {
        Decision(step, at: Sample.at(1), reference: "7", text)
    }

    // MARK: - Histories

    @Test(arguments: StoreKind.withFake)
    func aMessagesHistoryIsKeptReplacedAndAddedTo(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var message = Sample.message()
        message.history.add(Self.decision("one"))
        let inserted = message
        message.id = try await store.write { try $0.insert(inserted, raw: RawMessage([1]), ledger: nil) }
        let id = message.id
        #expect(try await store.read { try $0.message(id) } == message)
        try await store.write { try $0.note(Self.decision("two\nlines"), on: id) }
        #expect(try await store.read { try $0.message(id)?.history.decisions.map(\.reason) } == ["one", "two lines"])
        (message.contract, message.fate, message.ticket) = (Sample.globex, .duplicate, TicketID(rawValue: 9))
        message.history.add(Self.decision("three"))
        let changed = message
        try await store.write { try $0.update(changed) }
        #expect(try await store.read { try $0.message(id) } == changed)
        await store.expectDefect { try $0.note(Self.decision("x"), on: MessageID(rawValue: 99)) }
        await store.expectDefect { store in
            var nobody = changed
            nobody.id = MessageID(rawValue: 99)
            try store.update(nobody)
        }
    }

    @Test(arguments: StoreKind.withFake)
    func aHistoryDoesNotGrowForEver(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { store in
            let id = try store.insert(Sample.message(), raw: RawMessage([]), ledger: nil)
            for number in 0..<2000 { try store.note(Self.decision("\(number)"), on: id) }
            return id
        }
        let history = try #require(try await store.read { try $0.message(id)?.history })
        #expect(history.text.utf8.count < History.limit + 100)
    }

    @Test(arguments: StoreKind.withFake)
    func aNumberIsKnownBeforeItsMessage(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ids = try await store.write { store in
            try (1...3).map { _ in
                var message = Sample.message()
                message.id = try store.newMessageID()
                #expect(try store.insert(message, raw: RawMessage([1]), ledger: nil) == message.id)
                return message.id
            }
        }
        #expect(Set(ids).count == 3)
        for id in ids { #expect(try await store.read { try $0.message(id)?.id } == id) }
    }

    @Test(arguments: StoreKind.withFake)
    func aLedgerRowKnowsItsMessagesAndItsHistory(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let key = Sample.keys(1...1)[0]
        let (one, two, other) = try await store.write { store in
            try store.want([key], at: Sample.at(5))
            var entry = try #require(try store.wanted(inbox: Sample.inbox, limit: 9).first)
            entry.state = .stored
            entry.history.add(Self.decision("a fault", .fetchFailed))
            try store.record([entry])
            let one = try store.insert(Sample.message(), raw: RawMessage([]), ledger: key)
            let two = try store.insert(Sample.message(contract: Sample.globex), raw: RawMessage([]), ledger: key)
            let other = try store.insert(Sample.message(), raw: RawMessage([]), ledger: nil)
            try store.settle([key], at: Sample.at(6))
            return (one, two, other)
        }
        let row = try #require(try await store.read { try $0.ledger(of: one) })
        #expect(row.entry.key == key && row.message == two && row.entry.settled)
        #expect(row.entry.history.decisions.map(\.step) == [.seen, .fetchFailed, .settled])
        #expect(row.entry.history.decisions.first?.time == Sample.at(5))
        #expect(row.entry.history.decisions.last?.time == Sample.at(6))
        #expect(try await store.read { try $0.ledger(of: two) } == row)
        #expect(try await store.read { try $0.ledger(row.id) } == row)
        #expect(try await store.read { try $0.ledger(of: other) } == nil)
        #expect(try await store.read { try $0.ledger(LedgerID(rawValue: 99)) } == nil)
        let filed = try await store.read { try $0.messages(MessageFilter(ledger: row.id)).map(\.id) }
        #expect(filed == [two, one])
    }

    @Test(arguments: StoreKind.withFake)
    func whatCouldNotBeFetchedIsFoundLatestFirst(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let keys = Sample.keys(1...5)
        try await store.write { store in
            try store.want(keys, at: Sample.at(0))
            try store.record([0, 1, 3, 4].map { LedgerEntry(key: keys[$0], state: .quarantined, attempts: 3) })
            _ = try store.insert(Sample.message(fate: .quarantined), raw: RawMessage([]), ledger: keys[3])
        }
        for (limit, uids) in [(9, ["5", "2", "1"]), (2, ["5", "2"]), (0, [])] {
            #expect(try await store.read { try $0.unfetched(limit: limit).map(\.entry.key.uid) } == uids)
        }
    }

    // MARK: - Looking

    struct Search: Sendable {
        var filter: MessageFilter
        /// Places of the messages below.
        var finds: [Int]
    }

    private static func messages() -> [StoredMessage] {
        var messages = [
            Sample.message("<a@x>"), Sample.message("<a@x>", contract: Sample.globex, fate: .quarantined),
            Sample.message("<B_%@x>", fate: .replied, ticket: TicketID(rawValue: 4)),
            Sample.message(nil, fate: .ignored),
        ]
        for place in messages.indices { messages[place].received = Sample.at(Int64(place) * 10) }
        messages[1].inbox = Sample.otherInbox
        messages[3].subject = "100% \\ Sure_"
        messages[3].from = ""
        return messages
    }

    static let searches: [Search] = [
        Search(filter: .init(), finds: [3, 2, 1, 0]), Search(filter: .init(limit: 2), finds: [3, 2]),
        Search(filter: .init(limit: 0), finds: []),
        Search(filter: .init(contract: Sample.globex), finds: [1]),
        Search(filter: .init(inbox: Sample.inbox), finds: [3, 2, 0]),
        Search(filter: .init(ticket: TicketID(rawValue: 4)), finds: [2]),
        Search(filter: .init(ticket: TicketID(rawValue: 5)), finds: []),
        Search(filter: .init(ledger: LedgerID(rawValue: 1)), finds: []),
        Search(filter: .init(messageID: "<a@x>"), finds: [1, 0]), Search(filter: .init(messageID: "<A@x>"), finds: []),
        Search(filter: .init(fates: [.quarantined]), finds: [1]), Search(filter: .init(fates: []), finds: []),
        Search(filter: .init(fates: [.ignored, .opened]), finds: [3, 0]),
        Search(filter: .init(since: Sample.at(10)), finds: [3, 2, 1]),
        Search(filter: .init(since: Sample.at(11)), finds: [3, 2]),
        Search(filter: .init(before: MessageID(rawValue: 3)), finds: [1, 0]),
        Search(filter: .init(before: MessageID(rawValue: 3), limit: 1), finds: [1]),
        Search(filter: .init(search: "IMPRESSORA"), finds: [2, 1, 0]),
        Search(filter: .init(search: "não"), finds: [2, 1, 0]),
        Search(filter: .init(search: "NÃO"), finds: []), Search(filter: .init(search: "ana@acme"), finds: [2, 1, 0]),
        Search(filter: .init(search: "b_%@X"), finds: [2]), Search(filter: .init(search: "%"), finds: [3, 2]),
        Search(filter: .init(search: "_"), finds: [3, 2]), Search(filter: .init(search: "\\ sure"), finds: [3]),
        Search(filter: .init(contract: Sample.acme, fates: [.quarantined]), finds: []),
    ]

    @Test(arguments: StoreKind.withFake, searches.indices)
    func messagesAreFoundLatestFirst(_ kind: StoreKind, index: Int) async throws {
        let store = try await kind.fresh()
        let search = Self.searches[index]
        let (ids, found) = try await store.write { store in
            let ids = try Self.messages().map { try store.insert($0, raw: RawMessage([]), ledger: nil) }
            return (ids, try store.messages(search.filter).map(\.id))
        }
        #expect(found == search.finds.map { ids[$0] }, "\(search.filter)")
    }

    @Test(arguments: StoreKind.withFake)
    func anEventAndATicketsNotificationsAreFound(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (ids, others) = try await store.write { store in
            for number in 1...3 { try store.append(Sample.event(number)) }
            var notification = Sample.notification()
            notification.ticket = TicketID(rawValue: 4)
            let ids = [try store.enqueue(notification), try store.enqueue(notification)]
            return (ids, [try store.enqueue(Sample.notification())])
        }
        #expect(try await store.read { try $0.event(Sample.event(2).id) } == Sample.event(2))
        #expect(try await store.read { try $0.event(EventID(rawValue: "none")) } == nil)
        #expect(try await store.read { try $0.notifications(ticket: TicketID(rawValue: 4)) } == ids)
        #expect(try await store.read { try $0.notifications(ticket: TicketID(rawValue: 5)) }.isEmpty)
        let deliveries = try await store.read { try $0.deliveries(DeliveryFilter(notification: others[0])) }
        #expect(deliveries.map(\.notification) == others)
    }

    // MARK: - Answers

    @Test(arguments: StoreKind.withFake)
    func answersAreCountedByContractScopeAndHour(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let counts = try await store.write { store in
            for hour in [10, 10, 11] as [Int64] {
                try store.countAnswer(contract: Sample.acme, scopes: ["all", "ticket A-1"], hour: hour)
            }
            try store.countAnswer(contract: Sample.globex, scopes: ["all"], hour: 10)
            return [
                try store.answers(contract: Sample.acme, scope: "all", hour: 11),
                try store.answers(contract: Sample.acme, scope: "ticket A-1", hour: 10),
                try store.answers(contract: Sample.acme, scope: "ticket A-2", hour: 10),
                try store.answers(contract: Sample.globex, scope: "all", hour: 10),
                try store.answers(contract: Sample.globex, scope: "all", hour: 12),
            ]
        }
        #expect(counts.map(\.thisHour) == [1, 2, 0, 1, 0])
        #expect(counts.map(\.lastHour) == [2, 0, 0, 0, 0])
        let later = try await store.write { store in
            try store.countAnswer(contract: Sample.acme, scopes: ["all"], hour: 12)
            return [
                try store.answers(contract: Sample.acme, scope: "all", hour: 12),
                try store.answers(contract: Sample.acme, scope: "all", hour: 10),
                try store.answers(contract: Sample.globex, scope: "all", hour: 10),
            ]
        }
        #expect(later.map(\.thisHour) == [1, 0, 1], "only the hour before is remembered, and in one contract only")
        #expect(later.map(\.lastHour) == [1, 0, 0])
    }
}
