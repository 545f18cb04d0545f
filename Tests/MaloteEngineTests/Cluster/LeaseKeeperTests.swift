// What becomes of shares as nodes come, go, die and lose their database: one holder at a time, and soon one for each.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct LeaseKeeperTests {
    private static let all = (Int64(1)...6).flatMap { [Share.inbox($0), .outbox($0)] } + [.chores]

    private func house(_ nodes: String...) -> ClusterHouse {
        let house = ClusterHouse(deskRegistry(1...6))
        for name in nodes { house.start(name) }
        house.advance(30)
        return house
    }

    private func expectAllHeld(_ house: ClusterHouse, _ place: SourceLocation = #_sourceLocation) {
        for share in Self.all {
            #expect(house.holders(share).count == 1, "\(share)", sourceLocation: place)
        }
        for group in [Self.all.filter { $0.kind == .mailbox }] {
            let counts = house.counts(group).values
            // Inboxes and outboxes are each within one.
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 2, sourceLocation: place)
        }
    }

    @Test func aNodeAloneHoldsAllAtOnce() {
        let house = ClusterHouse(deskRegistry(1...6))
        house.start("a")
        expectAllHeld(house)
    }

    @Test func aNodeThatJoinsGetsItsPart() {
        let house = house("a")
        house.start("b")
        house.advance(30)
        expectAllHeld(house)
        #expect(house.counts(Self.all.filter { $0.kind == .mailbox }) == ["a": 6, "b": 6])
    }

    @Test func whatADeadNodeHeldGoesOver() {
        let house = house("a", "b")
        let lost = Self.all.filter { house.holders($0) == ["b"] }
        #expect(lost.count >= 6)
        house["b"].kill()
        house.advance(14)
        #expect(lost.allSatisfy { house.holders($0).isEmpty })
        house.advance(6)
        expectAllHeld(house)
    }

    @Test func aNodeThatComesBackGoesOnAtOnce() {
        let house = house("a", "b")
        let held = Self.all.filter { house.holders($0) == ["b"] }
        house["b"].kill()
        let generation = house.cluster.now.history.count
        house.start("b")
        #expect(held.allSatisfy { house.holders($0) == ["b"] })
        house.advance(30)
        expectAllHeld(house)
        #expect(house.cluster.now.history.count == generation + held.count, "nothing else has moved")
        #expect(house.cluster.now.history.suffix(held.count).allSatisfy { $0.node == "b" })
    }

    @Test func twoMachinesOfOneNameAreRefused() {
        let house = house("a")
        let first = house["a"]
        let second = house.start("a", home: "elsewhere")
        #expect(!second.isAlive && first.isAlive && first.book.holds(.chores))
    }

    @Test func aNodeThatDrainsFinishesFirst() throws {
        let house = house("a", "b")
        let busy = try #require(Self.all.first { $0.kind == .mailbox && house.holders($0) == ["b"] })
        #expect(house["b"].book.begin(busy))
        let keeper = house["a"].keeper
        #expect(try house.house.stage.run { try await keeper.parts.cluster.setState(.draining, of: "b") })
        house.advance(15)
        #expect(house.counts(Self.all)["b"] == 0 && house.holders(busy).isEmpty)
        #expect(house.counts(Self.all)["a"] == Self.all.count - 1)
        house["b"].book.end(busy)
        house.advance(4)
        #expect(house.counts(Self.all) == ["a": Self.all.count, "b": 0])
        #expect(try house.house.stage.run { try await keeper.parts.cluster.setState(.active, of: "b") })
        house.advance(30)
        expectAllHeld(house)
    }

    @Test func anOrderlyStopGivesBackWhatIsDone() throws {
        let house = house("a", "b")
        let busy = try #require(Self.all.first { $0.kind == .mailbox && house.holders($0) == ["b"] })
        let node = house["b"]
        #expect(node.book.begin(busy))
        node.stop()
        house.advance(4)
        #expect(!node.isOver && house.counts(Self.all)["a"] == Self.all.count - 1)
        node.book.end(busy)
        house.advance(4)
        #expect(node.isOver && node.failure == nil)
        house.advance(4)
        #expect(house.counts(Self.all) == ["a": Self.all.count])
        #expect(house.cluster.now.nodes.count == 1)
        #expect(house.cluster.now.history.allSatisfy { $0.end != .expelled })
    }

    /// Cut off, it stops by its own clock, before anybody may expel it.
    @Test func aNodeThatIsCutOffStopsInTime() throws {
        let house = house("a", "b")
        let (node, held) = (house["b"], Self.all.filter { house.holders($0) == ["b"] })
        house.cluster.cut("b")
        var stopped: Timestamp?
        let cut = house.house.now
        house.advance(30) {
            if stopped == nil, !node.isAlive { stopped = house.house.now }
            for share in held where node.book.holds(share) { #expect(house.holders(share) == ["b"]) }
        }
        let lived = try #require(stopped) - cut
        #expect(lived <= .seconds(12) && lived > .seconds(8))
        #expect(node.failure?.cause == .lease)
        #expect(house.counts(Self.all) == ["a": Self.all.count])
    }

    @Test func aShortCutCostsNothing() {
        let house = house("a", "b")
        let before = house.cluster.now.history.count
        house.cluster.cut("b")
        house.advance(7)
        house.cluster.cut("b", false)
        house.advance(30)
        expectAllHeld(house)
        #expect(house.cluster.now.history.count == before)
    }

    @Test func aClaimWhoseAnswerIsLostIsTakenUp() {
        let house = ClusterHouse(deskRegistry(1...6))
        house.start("a")
        for round in 0..<16 {
            house.cluster.loseAnswer(to: "a", after: round % 8)
            house.change(deskRegistry(1...(round % 2 == 0 ? 3 : 6)))
            house.advance(4)
        }
        house.advance(10)
        expectAllHeld(house)
    }

    @Test func whatIsRegisteredNoMoreIsLetGo() {
        let house = house("a", "b")
        house.change(deskRegistry(1...2))
        house.advance(15)
        #expect(house.holders(.inbox(5)).isEmpty && house.holders(.inbox(2)).count == 1)
        #expect(house.cluster.now.rows[.inbox(5)]?.isWanted == false)
        house.change(deskRegistry(1...6))
        house.advance(15)
        expectAllHeld(house)
    }

    @Test func aStableClusterIsLeftAsItIs() {
        let house = house("a", "b", "c")
        let (generation, history) = (house.cluster.now.history.count, house.cluster.now.rows.mapValues(\.owner))
        house.advance(600)
        #expect(house.cluster.now.history.count == generation)
        #expect(house.cluster.now.rows.mapValues(\.owner) == history)
    }

    // MARK: - Places

    @Test func aHostsConnectionsAreSharedOut() {
        let registry = deskRegistry(1...6) { registry in
            for place in registry.mailboxes.indices { registry.mailboxes[place].server = "mail.example" }
        }
        let house = ClusterHouse(registry, perHost: 5)
        for name in ["a", "b"] { house.start(name) }
        house.advance(60)
        func enter(_ name: String) -> Int { (0..<10).count { _ in house[name].run.gate.enter("mail.example") } }
        let (first, second) = (enter("a"), enter("b"))
        #expect(first + second == 5 && abs(first - second) == 1)
        // One goes, and the other gets its places only as they are given up.
        house["b"].stop()
        house.advance(30)
        #expect(first + enter("a") == 5)
    }
}
