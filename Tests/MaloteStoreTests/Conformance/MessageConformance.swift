// What every store promises of messages, tickets and threads: kept as they came, and never found across contracts.

import MaloteCore
import Testing

@Suite struct MessageConformance {
    @Test(arguments: StoreKind.all, StoredMessage.Fate.allCases)
    func aMessageAndItsSourceReadBack(_ kind: StoreKind, fate: StoredMessage.Fate) async throws {
        let store = try await kind.fresh()
        let raw = Array(UInt8.min...UInt8.max) + Array("\r\n.\r\n".utf8)
        let (message, source) = try await store.write { store in
            try store.want(Sample.keys(1...1))
            let ticket = try store.insert(Sample.ticket(1))
            var message = Sample.message(fate: fate, ticket: ticket)
            message.id = try store.insert(message, raw: RawMessage(raw), ledger: Sample.keys(1...1)[0])
            return (message, try store.rawSource(of: message.id))
        }
        #expect(source == raw)
        #expect(try await store.read { try $0.message(message.id) } == message)
        let next = MessageID(rawValue: message.id.rawValue + 1)
        #expect(try await store.read { try $0.message(next) } == nil)
        #expect(try await store.read { try $0.rawSource(of: next) } == nil)
    }

    @Test(arguments: StoreKind.all)
    func anEmptySourceIsNotAMissingOne(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { try $0.insert(Sample.message(), raw: RawMessage([]), ledger: nil) }
        #expect(try await store.read { try $0.rawSource(of: id) } == [])
    }

    @Test(arguments: StoreKind.all)
    func aMessageOfAMissingLedgerRowIsRefused(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        await store.expectDefect { store in
            _ = try store.insert(Sample.message(), raw: RawMessage([]), ledger: Sample.keys(1...1)[0])
        }
        #expect(try await store.read { try $0.message(MessageID(rawValue: 1)) } == nil)
    }

    struct Lookup: Sendable {
        var messageID: String?
        var digest: UInt8
        var contract = Sample.acme
        /// Which of the inserted messages is found.
        var finds: Int?
    }

    static let lookups = [
        Lookup(messageID: "<a@x>", digest: 1, finds: 0), Lookup(messageID: "<b@x>", digest: 1, finds: 2),
        Lookup(messageID: "<a@x>", digest: 2), Lookup(messageID: "<A@x>", digest: 1),
        Lookup(messageID: nil, digest: 1), Lookup(messageID: nil, digest: 3, finds: 3),
        Lookup(messageID: "<a@x>", digest: 3), Lookup(messageID: nil, digest: 9),
        Lookup(messageID: "<a@x>", digest: 1, contract: Sample.globex, finds: 4),
        Lookup(messageID: "<b@x>", digest: 1, contract: Sample.globex),
    ]

    /// Both must agree, the earliest counts, and another contract's message is none of ours.
    @Test(arguments: StoreKind.all, lookups)
    func aDuplicateIsTheSameMessageIDAndDigestInOneContract(_ kind: StoreKind, lookup: Lookup) async throws {
        let store = try await kind.fresh()
        let (ids, found) = try await store.write { store in
            let ids = try [
                Sample.message("<a@x>"), Sample.message("<a@x>"), Sample.message("<b@x>"),
                Sample.message(nil, sha256: Sample.digest(3)), Sample.message("<a@x>", contract: Sample.globex),
            ].map { try store.insert($0, raw: RawMessage([1]), ledger: nil) }
            let found = try store.message(
                contract: lookup.contract, messageID: lookup.messageID, sha256: Sample.digest(lookup.digest))
            return (ids, found)
        }
        #expect(found?.id == lookup.finds.map { ids[$0] })
    }

    /// The latest counts, within one contract.
    @Test(arguments: StoreKind.all)
    func aMessageIsFoundByItsMessageID(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let found = try await store.write { store in
            let ids = try [
                Sample.message("<a@x>"), Sample.message("<b@x>"), Sample.message("<a@x>"),
                Sample.message("<c@x>", contract: Sample.globex), Sample.message(nil),
            ].map { try store.insert($0, raw: RawMessage([1]), ledger: nil) }
            return try ["<a@x>", "<b@x>", "<A@x>", "<c@x>"].map { text in
                try store.message(contract: Sample.acme, messageID: text).map { ids.firstIndex(of: $0.id) }
            }
        }
        #expect(found == [2, 1, nil, nil])
    }

    // MARK: - Tickets

    @Test(arguments: StoreKind.all)
    func aTicketReadsBackByIDAndByKey(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var nobody = Sample.ticket(2)
        (nobody.requester, nobody.external) = (nil, "INC-9")
        var plain = Sample.ticket(1, contract: Sample.globex)
        plain.requester = MailAddress(address: "ze@globex.example")
        for var ticket in [Sample.ticket(1), nobody, plain] {
            let saved = ticket
            ticket.id = try await store.write { try $0.insert(saved) }
            let (id, key, contract) = (ticket.id, ticket.key, ticket.contract)
            #expect(try await store.read { try $0.ticket(id) } == ticket)
            #expect(try await store.read { try $0.ticket(contract: contract, key: key) } == ticket)
        }
        #expect(try await store.read { try $0.ticket(contract: Sample.globex, key: "ACME-2") } == nil)
    }

    @Test(arguments: StoreKind.all)
    func numbersAreGivenWithoutGapsInEachContract(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        for expected in 1...5 {
            let number = try await store.write { try $0.nextTicketNumber(contract: Sample.acme) }
            #expect(number == expected)
            await #expect(throws: Sample.Refusal.self) {
                try await store.write { store -> Void in
                    _ = try store.nextTicketNumber(contract: Sample.acme)
                    throw Sample.Refusal()
                }
            }
        }
        #expect(try await store.write { try $0.nextTicketNumber(contract: Sample.globex) } == 1)
    }

    @Test(arguments: StoreKind.all)
    func theTicketSystemsIDIsKept(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { try $0.insert(Sample.ticket(1)) }
        for external in ["INC-1", "INC-2"] {
            try await store.write { try $0.setExternal(external, ticket: id) }
            #expect(try await store.read { try $0.ticket(id)?.external } == external)
        }
        await store.expectDefect { try $0.setExternal("INC-3", ticket: TicketID(rawValue: 99)) }
    }

    @Test(arguments: StoreKind.all)
    func theSameKeyTwiceInAContractIsRefused(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        _ = try await store.write { try $0.insert(Sample.ticket(1)) }
        await store.expectDefect { _ = try $0.insert(Sample.ticket(1)) }
    }

    // MARK: - Threads

    @Test(arguments: StoreKind.all)
    func theFirstClaimOfAThreadStays(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (one, two) = try await store.write { store in
            let ids = (try store.insert(Sample.ticket(1)), try store.insert(Sample.ticket(2)))
            try store.thread("<a@x>", into: ids.0, contract: Sample.acme)
            try store.thread("<a@x>", into: ids.1, contract: Sample.acme)
            try store.thread("<b@x>", into: ids.1, contract: Sample.acme)
            return ids
        }
        let cases: [([String], TicketID?)] = [
            (["<a@x>"], one), (["<b@x>"], two), (["<none@x>", "<b@x>", "<a@x>"], two), (["<none@x>"], nil), ([], nil),
            (["<B@x>"], nil),
        ]
        for (references, ticket) in cases {
            let found = try await store.read { try $0.ticket(contract: Sample.acme, threadedBy: references) }
            #expect(found?.id == ticket)
        }
    }

    @Test(arguments: StoreKind.all)
    func aThreadIsNeverFoundAcrossContracts(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (ours, theirs) = try await store.write { store in
            let ours = try store.insert(Sample.ticket(1))
            try store.thread("<a@x>", into: ours, contract: Sample.acme)
            let before = try store.ticket(contract: Sample.globex, threadedBy: ["<a@x>"])
            #expect(before == nil)
            let theirs = try store.insert(Sample.ticket(1, contract: Sample.globex, prefix: "GLX"))
            try store.thread("<a@x>", into: theirs, contract: Sample.globex)
            return (ours, theirs)
        }
        #expect(try await store.read { try $0.ticket(contract: Sample.acme, threadedBy: ["<a@x>"])?.id } == ours)
        #expect(try await store.read { try $0.ticket(contract: Sample.globex, threadedBy: ["<a@x>"])?.id } == theirs)
    }

    @Test(arguments: StoreKind.all)
    func aThreadIntoAnotherContractsTicketOrNoneIsRefused(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ticket = try await store.write { try $0.insert(Sample.ticket(1)) }
        await store.expectDefect { try $0.thread("<a@x>", into: ticket, contract: Sample.globex) }
        await store.expectDefect { try $0.thread("<a@x>", into: TicketID(rawValue: 99), contract: Sample.acme) }
    }

    @Test(arguments: StoreKind.withFake)
    func aTicketIsClosedAndOpened(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { store in
            try store.insert(Ticket(contract: Sample.acme, number: 1, key: "ACME-1", requester: nil, subject: "s"))
        }
        #expect(try await store.read { try $0.ticket(id)?.closed } == nil)
        try await store.write { try $0.setClosed(Sample.at(5), ticket: id) }
        #expect(try await store.read { try $0.ticket(contract: Sample.acme, key: "ACME-1")?.closed } == Sample.at(5))
        try await store.write { try $0.setClosed(nil, ticket: id) }
        #expect(try await store.read { try $0.ticket(id)?.closed } == nil)
        await store.expectDefect { try $0.setClosed(nil, ticket: TicketID(rawValue: 99)) }
    }

    @Test(arguments: StoreKind.withFake)
    func whoHasWrittenToATicketIsKnown(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let id = try await store.write { store in
            let id = try store.insert(
                Ticket(contract: Sample.acme, number: 1, key: "ACME-1", requester: nil, subject: "s"))
            for (from, fate) in [("Ana@x.example", StoredMessage.Fate.opened), ("robot@x.example", .ignored)] {
                var message = Sample.message()
                (message.from, message.fate, message.ticket) = (from, fate, id)
                try store.insert(message, raw: RawMessage([1]), ledger: nil)
            }
            return id
        }
        let found = try await store.read { store in
            try ["ana@X.example", "robot@x.example", "bob@x.example"].map { try store.hasMail(from: $0, ticket: id) }
        }
        #expect(found == [true, false, false])
        #expect(try await store.read { try $0.hasMail(from: "ana@x.example", ticket: TicketID(rawValue: 99)) } == false)
    }
}
