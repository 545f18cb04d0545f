// What every store promises of transactions: all or nothing, one after the other, readers on a snapshot.

import MaloteCore
import Testing

@Suite struct TransactionConformance {
    @Test(arguments: StoreKind.all)
    func aBodyThatThrowsLeavesNothingBehind(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        await #expect(throws: Sample.Refusal.self) {
            try await store.write { store -> Void in
                try store.append(Sample.event(1))
                try store.want(Sample.keys(1...3))
                _ = try store.enqueue(Sample.notification())
                try store.apply([.putTemplate(RegistrySample.template)])
                throw Sample.Refusal()
            }
        }
        #expect(try await store.events().isEmpty)
        #expect(try await store.deliveries().isEmpty)
        #expect(try await store.read { try $0.wanted(inbox: Sample.inbox, limit: 10) }.isEmpty)
        #expect(try await store.read { try $0.ledgerCounts(inbox: Sample.inbox) }.isEmpty)
        #expect(try await store.read { try $0.lanes() }.isEmpty)
        #expect(try await store.read { try $0.registry() } == Registry())
    }

    /// The bodies wait behind one that stands still, so that they may share a commit.
    @Test(arguments: StoreKind.all, [[2], [1, 5], [1, 2, 3, 4, 5], []] as [Set<Int>])
    func aBodyThatThrowsDoesNotUndoItsNeighbours(_ kind: StoreKind, refused: Set<Int>) async throws {
        let store = try await kind.fresh()
        let gate = Gate()
        let first = Task.immediate { try await store.write { _ in gate.standStill() } }
        let writes = (1...5).map { number in
            Task.immediate {
                try await store.write { store in
                    try store.append(Sample.event(number))
                    if refused.contains(number) { throw Sample.Refusal() }
                }
            }
        }
        gate.open()
        try await first.value
        for (number, write) in zip(1..., writes) {
            let result = await write.result
            #expect((try? result.get()) == nil ? refused.contains(number) : !refused.contains(number))
        }
        let kept = (1...5).filter { !refused.contains($0) }.map { "event-\($0)" }
        #expect(try await store.events() == kept)
    }

    @Test(arguments: StoreKind.all)
    func bodiesRunInTheOrderTheyCame(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let writes = (1...300).map { number in
            Task.immediate { try await store.write { try $0.append(Sample.event(number)) } }
        }
        for write in writes { try await write.value }
        #expect(try await store.events() == (1...300).map { "event-\($0)" })
    }

    @Test(arguments: StoreKind.all)
    func aReaderSeesOneMomentAndHoldsUpNoWriter(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { try $0.append(Sample.event(1)) }
        let gate = Gate()
        let reader = Task.immediate {
            try await store.read { store in
                let before = try store.events(contract: nil, after: nil, limit: 10).count
                gate.standStill()
                return [before, try store.events(contract: nil, after: nil, limit: 10).count]
            }
        }
        await gate.untilReached()
        defer { gate.open() }
        try await store.write { try $0.append(Sample.event(2)) }
        gate.open()
        #expect(try await reader.value == [1, 1])
        #expect(try await store.events().count == 2)
    }

    @Test(arguments: StoreKind.all)
    func readersGoOnWhileAWriteRunsAndDoNotSeeIt(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        try await store.write { try $0.append(Sample.event(1)) }
        let gate = Gate()
        let writer = Task.immediate {
            try await store.write { store in
                try store.append(Sample.event(2))
                gate.standStill()
            }
        }
        await gate.untilReached()
        defer { gate.open() }
        for _ in 1...10 { #expect(try await store.events() == ["event-1"]) }
        gate.open()
        try await writer.value
        #expect(try await store.events() == ["event-1", "event-2"])
    }

    @Test(arguments: StoreKind.all)
    func aBodySeesItsOwnChanges(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let seen = try await store.write { store in
            try store.append(Sample.event(1))
            try store.want(Sample.keys(1...2))
            return (
                try store.events(contract: nil, after: nil, limit: 10).count,
                try store.wanted(inbox: Sample.inbox, limit: 10).count
            )
        }
        #expect(seen == (1, 2))
    }

    @Test(arguments: StoreKind.all)
    func aReadThatThrowsThrowsItsOwnError(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        await #expect(throws: Sample.Refusal.self) { try await store.read { _ -> Void in throw Sample.Refusal() } }
        #expect(try await store.events().isEmpty)
    }
}
