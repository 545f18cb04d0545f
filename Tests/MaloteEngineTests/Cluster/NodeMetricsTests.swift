// What nodes tell at /metrics adds up: everything once, whichever node is scraped, killed or asked to stop.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct NodeMetricsTests {
    private let house: ClusterHouse
    /// One for each life, as it remembers what it has counted.
    private var rooms: [ObjectIdentifier: MailRoom] = [:]

    init() {
        house = ClusterHouse(deskRegistry(1...4, inbox: Inbox(access: .imap, start: .all, idle: false), answers: true))
        for name in ["a", "b", "c"] { start(name) }
        house.advance(90)
    }

    private mutating func start(_ name: String) {
        let node = house.start(name, engine: true)
        let room = node.run.room(keeper: node.keeper)
        rooms[ObjectIdentifier(node)] = room
        node.run.follow(house.house.stage.start { await room.keepLookout() })
    }

    /// The sum over all nodes of what has these labels.
    private func sum(_ name: String, _ labels: [String] = []) throws -> Double {
        try house.alive.reduce(0) { sum, node in
            let room = try #require(rooms[ObjectIdentifier(node)])
            let families = try house.house.stage.run { try await room.metrics() }
            let family = try #require(families.first { $0.name == name })
            return family.samples.reduce(sum) { sum, sample in
                guard Set(sample.labels.map(\.value)).isSuperset(of: labels), case .number(let value) = sample.value
                else { return sum }
                return sum + value
            }
        }
    }

    private func holder(_ share: Share) throws -> NodeRun { house[try #require(house.holders(share).first)] }

    private func receive(_ names: String...) {
        for name in names {
            for number in Int64(1)...4 { house.house.inbox(number).receive(mail("\(name) \(number)")) }
        }
    }

    @Test func everythingIsToldOnce() throws {
        #expect(try sum("malote_mailboxes") == 8)
        #expect(try sum("malote_mailboxes", ["inbox", "ok"]) == 4)
        #expect(try sum("malote_contracts") == 4)
        #expect(try sum("malote_contract_deliveries") == 0)
        house.house.outbox(2).change { $0.faults.open = sampleFailure(.connect) }
        receive("one", "two")
        house.advance(120)
        #expect(try sum("malote_messages_received") == 8)
        #expect(try sum("malote_events", ["ticket.opened"]) == 8)
        #expect(try sum("malote_contract_deliveries", ["c-2"]) == 2)
        #expect(try sum("malote_contract_mailboxes_unwell") == 1)
    }

    @Test func whatALostNodeHadIsToldByWhoeverHasTheChores() throws {
        let chores = try holder(.chores)
        try #require(house.alive.first { $0.name != chores.name }).kill()
        // Until its lease is over nobody knows that it is lost.
        #expect(try sum("malote_mailboxes") < 8)
        house.advance(16)
        #expect(try sum("malote_mailboxes") == 8)
        house.advance(30)
        #expect(try sum("malote_mailboxes") == 8)
    }

    /// Asks any node to have another drain, or work again.
    private func set(_ states: [String: ClusterNode.State]) throws {
        let keeper = try #require(house.alive.first).keeper
        for (name, state) in states {
            _ = try house.house.stage.run { try await keeper.parts.cluster.setState(state, of: name) }
        }
        house.advance(60)
    }

    @Test func whoeverCountsCountsWhatNobodyElseDid() throws {
        receive("one")
        house.advance(70)
        #expect(try sum("malote_messages_received") == 4)
        let first = try holder(.chores).name
        try set([first: .draining])
        #expect(try holder(.chores).name != first)
        receive("two")
        house.advance(70)
        #expect(try sum("malote_messages_received") == 8)
        // It counts again, and does not add what the others have counted meanwhile.
        try set(["a": .draining, "b": .draining, "c": .draining].merging([first: .active]) { $1 })
        #expect(try holder(.chores).name == first)
        receive("three")
        house.advance(70)
        #expect(try sum("malote_messages_received") == 12)
    }
}
