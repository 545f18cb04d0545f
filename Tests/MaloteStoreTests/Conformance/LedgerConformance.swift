// What every store promises of the ledger: one row a message on its server, in order, counted.

import MaloteCore
import Testing

@Suite struct LedgerConformance {
    @Test(arguments: StoreKind.all)
    func wantingTwiceIsWantingOnce(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let added = try await store.write { store in
            [
                try store.want(Sample.keys(1...3)), try store.want(Sample.keys(2...5)),
                try store.want(Sample.keys(9...9) + Sample.keys(9...9)),
            ]
        }
        #expect(added == [3, 2, 1])
        let wanted = try await store.read { try $0.wanted(inbox: Sample.inbox, limit: 100) }
        #expect(
            wanted.map(\.plain)
                == (Sample.keys(1...5) + Sample.keys(9...9)).map { LedgerEntry(key: $0, state: .wanted) })
    }

    @Test(arguments: StoreKind.all)
    func wantingDoesNotBringBackWhatIsFinal(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let key = Sample.keys(1...1)[0]
        let added = try await store.write { store in
            try store.record([LedgerEntry(key: key, state: .stored, attempts: 1, settled: true)])
            return try store.want([key])
        }
        #expect(added == 0)
        #expect(try await store.read { try $0.wanted(inbox: Sample.inbox, limit: 10) }.isEmpty)
    }

    /// Neither the numbers nor their text decide the order, but who came first.
    @Test(arguments: StoreKind.all)
    func wantedComesOldestFirstAndNoMoreThanAsked(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let uids = [10, 9, 100, 1, 55]
        try await store.write { store in
            for uid in uids { try store.want(Sample.keys(uid...uid)) }
            try store.want(Sample.keys(1...9, inbox: Sample.otherInbox))
            // A failed fetch does not lose its place.
            try store.record([LedgerEntry(key: Sample.keys(9...9)[0], state: .wanted, attempts: 1)])
        }
        for limit in [0, 1, 3, 5, 50] {
            let wanted = try await store.read { try $0.wanted(inbox: Sample.inbox, limit: limit) }
            #expect(wanted.map(\.key.uid) == uids.prefix(limit).map(String.init))
        }
    }

    /// What was there before waits for what is new, however much it is and whatever happened to it meanwhile.
    @Test(arguments: StoreKind.all)
    func theBacklogComesLast(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let at = Sample.at(0)
        let (added, uids) = try await store.write { store in
            try store.want(Sample.keys(7...8), isBacklog: true, reason: "Old.", at: at)
            try store.want(Sample.keys(20...20), at: at)
            let added = try store.want(Sample.keys(7...9), isBacklog: true, reason: "Old.", at: at)
            try store.want(Sample.keys(8...8) + Sample.keys(3...3), at: at)
            var entry = try #require(try store.wanted(inbox: Sample.inbox, limit: 9).first { $0.key.uid == "7" })
            entry.attempts = 1
            try store.record([entry])
            return (added, try [1, 3, 9].map { try store.wanted(inbox: Sample.inbox, limit: $0).map(\.key.uid) })
        }
        #expect(added == 1)
        #expect(uids == [["20"], ["20", "3", "7"], ["20", "3", "7", "8", "9"]])
        #expect(try await store.read { try $0.ledgerCounts(inbox: Sample.inbox) } == [.wanted: 5])
    }

    @Test(arguments: StoreKind.all)
    func whatWasPassedOverCanBeWanted(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let at = Sample.at(0)
        let added = try await store.write { store in
            try store.record(
                Sample.keys(1...2).map { LedgerEntry(key: $0, state: .passedOver, settled: true) }
                    + Sample.keys(3...3).map { LedgerEntry(key: $0, state: .vanished, settled: true) })
            return try store.want(Sample.keys(1...3), isBacklog: true, reason: "Old.", at: at)
        }
        #expect(added == 2)
        let wanted = try await store.read { try $0.wanted(inbox: Sample.inbox, limit: 9) }
        #expect(wanted.map(\.key.uid) == ["1", "2"] && wanted.allSatisfy { $0.isBacklog && !$0.settled })
        #expect(wanted.allSatisfy { $0.history.decisions.map(\.reason) == ["Old."] })
        #expect(try await store.read { try $0.ledgerCounts(inbox: Sample.inbox) } == [.wanted: 2, .vanished: 1])
    }

    /// The same number in another inbox, folder or numbering is another message.
    @Test(
        arguments: StoreKind.all,
        [
            Sample.keys(1...1, inbox: Sample.otherInbox), Sample.keys(1...1, folder: "Spam"),
            Sample.keys(1...1, validity: .max),
            [LedgerKey(inbox: Sample.inbox, folder: "INBOX", validity: 7, uid: "01")],
        ])
    func everyPartOfTheKeyCounts(_ kind: StoreKind, others: [LedgerKey]) async throws {
        let store = try await kind.fresh()
        let added = try await store.write { store in try store.want(Sample.keys(1...1)) + store.want(others) }
        #expect(added == 2)
        let other = others[0]
        let known = try await store.read { store in
            try store.known(inbox: other.inbox, folder: other.folder, validity: other.validity, uids: [other.uid, "2"])
        }
        #expect(known == [other.uid])
    }

    @Test(arguments: StoreKind.all, LedgerEntry.State.allCases)
    func aRecordedRowReadsBackInEveryState(_ kind: StoreKind, state: LedgerEntry.State) async throws {
        let store = try await kind.fresh()
        let entry = LedgerEntry(key: Sample.keys(1...1)[0], state: state, attempts: 2)
        try await store.write { store in
            try store.want([entry.key])
            try store.record([entry])
        }
        let (wanted, unsettled, counts) = try await store.read { store in
            (
                try store.wanted(inbox: Sample.inbox, limit: 5), try store.unsettled(inbox: Sample.inbox, limit: 5),
                try store.ledgerCounts(inbox: Sample.inbox)
            )
        }
        #expect(wanted == (state == .wanted ? [entry] : []))
        #expect(unsettled == (state == .wanted ? [] : [entry]))
        #expect(counts == [state: 1])
    }

    @Test(arguments: StoreKind.all)
    func settlingEndsARow(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let keys = Sample.keys(1...4)
        try await store.write { store in
            try store.record(keys.reversed().map { LedgerEntry(key: $0, state: .stored) })
            try store.settle([keys[2]])
        }
        let uids = try await store.read { try $0.unsettled(inbox: Sample.inbox, limit: 2).map(\.key.uid) }
        #expect(uids == ["4", "2"])
        #expect(try await store.read { try $0.ledgerCounts(inbox: Sample.inbox) } == [.stored: 4])
        await store.expectDefect { try $0.settle(Sample.keys(5...5)) }
    }

    @Test(arguments: StoreKind.all)
    func aCursorIsKeptForEachFolder(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        #expect(try await store.read { try $0.cursor(inbox: Sample.inbox, folder: "INBOX") } == nil)
        let cursors = [
            FolderCursor(inbox: Sample.inbox, folder: "INBOX", validity: .max, lastUID: .max),
            FolderCursor(inbox: Sample.inbox, folder: "Entrada/Ação", validity: 1, lastUID: 2),
            FolderCursor(inbox: Sample.otherInbox, folder: "INBOX", validity: 0, lastUID: 0),
        ]
        try await store.write { store in
            try store.setCursor(FolderCursor(inbox: Sample.inbox, folder: "INBOX", validity: 1, lastUID: 1))
            for cursor in cursors { try store.setCursor(cursor) }
        }
        for cursor in cursors {
            #expect(try await store.read { try $0.cursor(inbox: cursor.inbox, folder: cursor.folder) } == cursor)
        }
    }

    /// Whatever happens to rows, in whatever order, the lists and the running counts tell the same story as a plain
    /// array would.
    @Test(arguments: StoreKind.all, 1...5 as ClosedRange<UInt64>)
    func theLedgerAgreesWithAPlainArray(_ kind: StoreKind, seed: UInt64) async throws {
        let store = try await kind.fresh()
        let model = try await store.write { store in
            var dice = Dice(seed: seed)
            var rows: [LedgerEntry] = []
            for _ in 0..<300 {
                let start = 1 + dice.roll(40)
                let keys = Sample.keys(start...start + dice.roll(4))
                switch dice.roll(3) {
                case 0:
                    let isOld = dice.roll(2) == 0
                    try store.want(keys, isBacklog: isOld, reason: "It is there.", at: Sample.at(0))
                    for key in keys {
                        let entry = LedgerEntry(key: key, state: .wanted, isBacklog: isOld)
                        let place = rows.firstIndex { $0.key == key }
                        if place == nil { rows.append(entry) }
                        if let place, rows[place].state == .passedOver { rows[place] = entry }
                    }
                case 1:
                    let state = dice.pick(LedgerEntry.State.allCases)
                    let entries = keys.map {
                        LedgerEntry(key: $0, state: state, attempts: dice.roll(3), settled: dice.roll(2) == 0)
                    }
                    try store.record(entries)
                    for entry in entries {
                        if let index = rows.firstIndex(where: { $0.key == entry.key }) {
                            rows[index] = entry
                        } else {
                            rows.append(entry)
                        }
                    }
                default:
                    let known = keys.filter { key in rows.contains { $0.key == key } }
                    try store.settle(known)
                    for index in rows.indices where known.contains(rows[index].key) { rows[index].settled = true }
                }
            }
            return rows
        }
        let (wanted, unsettled, counts) = try await store.read { store in
            (
                try store.wanted(inbox: Sample.inbox, limit: 100), try store.unsettled(inbox: Sample.inbox, limit: 100),
                try store.ledgerCounts(inbox: Sample.inbox)
            )
        }
        let open = model.filter { $0.state == .wanted }
        #expect(wanted.map(\.plain) == open.filter { !$0.isBacklog } + open.filter(\.isBacklog))
        #expect(unsettled.map(\.plain) == model.filter { $0.state != .wanted && !$0.settled })
        #expect(counts == Dictionary(grouping: model, by: \.state).mapValues(\.count))
    }
}
