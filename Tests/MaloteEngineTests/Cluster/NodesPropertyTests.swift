// Random lives of a cluster: whatever happens, nobody works on what another works on, and it comes to rest.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct NodesPropertyTests {
    /// One random life, and what was seen of it.
    private final class Life {
        let house: ClusterHouse
        var chance: Chance
        /// Who works on what, by what it was allowed to begin.
        var work: [Share: String] = [:]
        var story: [String] = []
        var faults: [String] = []
        var numbers: Int64 = 4

        init(seed: UInt64) {
            chance = Chance(seed: seed)
            house = ClusterHouse(Life.registry(4), perHost: 3)
            for name in ["a", "b"] { house.start(name) }
        }

        /// Half of the mailboxes are at one host that bears three connections.
        static func registry(_ numbers: Int64) -> Registry {
            deskRegistry(1...numbers) { registry in
                for place in registry.mailboxes.indices where place % 4 < 2 {
                    registry.mailboxes[place].server = "shared.example"
                }
            }
        }

        func step() {
            let names = ["a", "b", "c", "d"]
            let name = names[Int.random(in: 0..<names.count, using: &chance)]
            let node = house.nodes[name]
            switch Int.random(in: 0..<14, using: &chance) {
            case 0,
                1 where node?.isAlive != true:
                story.append("start \(name)")
                house.cluster.cut(name, false)
                work = work.filter { $0.value != name }
                house.start(name)
            case 2 where node?.isAlive == true:
                story.append("kill \(name)")
                node?.kill()
            case 3 where node?.isAlive == true:
                story.append("stop \(name)")
                node?.stop()
            case 4, 5:
                story.append("cut \(name)")
                house.cluster.cut(name)
            case 6, 7:
                story.append("heal \(name)")
                house.cluster.cut(name, false)
            case 8:
                story.append("mute \(name)")
                house.cluster.loseAnswer(to: name, after: Int.random(in: 0...6, using: &chance))
            case 9:
                let state: ClusterNode.State = Bool.random(using: &chance) ? .active : .draining
                story.append("\(state) \(name)")
                setState(state, name)
            case 10:
                numbers = Int64.random(in: 1...6, using: &chance)
                story.append("registry \(numbers)")
                house.change(Life.registry(numbers))
            default: break
            }
            forgetTheDead()
            workABit()
            house.advance(Int64.random(in: 0...6, using: &chance)) { self.look() }
            forgetTheDead()
        }

        func setState(_ state: ClusterNode.State, _ name: String) {
            guard let keeper = house.alive.first?.keeper else { return }
            _ = try? house.house.stage.run { try await keeper.parts.cluster.setState(state, of: name) }
        }

        /// A process that is gone works on nothing.
        private func forgetTheDead() {
            let alive = Set(house.alive.map(\.name))
            work = work.filter { alive.contains($0.value) }
        }

        /// Works on what may be begun, and ends some of what was.
        private func workABit() {
            for (share, name) in work.sorted(by: { $0.key < $1.key }) where Bool.random(using: &chance) {
                house.nodes[name]?.book.end(share)
                work[share] = nil
            }
            for node in house.alive {
                for share in wanted where share.host == nil && Int.random(in: 0..<3, using: &chance) == 0 {
                    guard work[share] != node.name, node.book.begin(share) else { continue }
                    if let other = work[share] { faults.append("\(share): begun by \(node.name) while \(other) works") }
                    work[share] = node.name
                }
            }
        }

        var wanted: [Share] { ShareWish(house.house.registry, perHost: 3).shares.sorted() }

        /// Of nodes whose processes live, never two may work on the same.
        private func look() {
            for share in wanted where share.host == nil {
                let holders = house.holders(share)
                if holders.count > 1 { faults.append("\(share): held by \(holders)") }
                if let worker = work[share], house.alive.contains(where: { $0.name == worker }),
                    let holder = holders.first, holder != worker
                {
                    faults.append("\(share): held by \(holder) while \(worker) works")
                }
            }
        }
    }

    @Test(arguments: UInt64(1)...150)
    func nobodyWorksOnWhatAnotherWorksOn(seed: UInt64) {
        let life = Life(seed: seed)
        for _ in 0..<60 { life.step() }
        #expect(life.faults.isEmpty, "\(life.story)")
        comesToRest(life)
    }

    /// Left alone it shares everything out evenly, and then nothing moves any more.
    private func comesToRest(_ life: Life) {
        let house = life.house
        for name in ["a", "b", "c", "d"] {
            house.cluster.cut(name, false)
            if house.nodes[name]?.isAlive != true, name < "c" { house.start(name) }
        }
        house.advance(5)
        for node in house.alive { life.setState(.active, node.name) }
        for (share, name) in life.work { house.nodes[name]?.book.end(share) }
        house.advance(150)
        let wish = ShareWish(house.house.registry, perHost: 3)
        for share in wish.shares where share.host == nil {
            #expect(house.holders(share).count == 1, "\(share) \(life.story)")
        }
        for group in [wish.inboxes, wish.outboxes] {
            let counts = house.counts(group).values
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts) \(life.story)")
        }
        let before = house.cluster.now.history.count
        house.advance(120)
        #expect(house.cluster.now.history.count == before, "\(life.story)")
        expectNoOverlap(house.cluster.now.history)
    }

    private func expectNoOverlap(_ history: [LeaseSpan]) {
        for (share, spans) in Dictionary(grouping: history, by: \.share) {
            for (one, next) in zip(spans, spans.dropFirst()) {
                #expect(one.until.map { $0 <= next.from } ?? false, "\(share)")
            }
        }
    }
}
