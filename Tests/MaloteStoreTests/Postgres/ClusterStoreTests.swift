// Nodes, shares and leases in a real PostgreSQL: whoever is expelled writes nothing any more.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct ClusterStoreTests {
    private let schema = SharedPostgres.freshSchema()

    private func node(_ name: String) throws -> PostgresStore { try SharedPostgres.store(name, schema: schema) }

    private func sql(_ text: String) throws {
        try RealPostgres.shared.get().sql("SET search_path = \(schema); \(text)")
    }

    /// As if it had not been heard of for long.
    private func silence(_ name: String) throws { try sql("UPDATE nodes SET lease_ends = 0 WHERE name = '\(name)'") }

    private let shares: [Share] = [
        .mailbox(MailboxID(rawValue: 1)), .mailbox(MailboxID(rawValue: 2)), .endpoint(ContractID(rawValue: 1)),
        .place(host: "mail.example", number: 1),
    ]

    @Test func whatIsClaimedByOneIsNotGivenToAnother() async throws {
        let (one, two) = (try node("one"), try node("two"))
        try await one.cluster.want(adding: shares, dropping: [])
        let first = try await one.cluster.claim(shares)
        #expect(Set(first.map(\.share)) == Set(shares))
        #expect(try await two.cluster.claim(shares).isEmpty)
        try await one.cluster.release([shares[0]])
        #expect(try await two.cluster.claim(shares) == [ClaimedShare(share: shares[0], lostBy: nil)])
        #expect(try await two.cluster.claim([.mailbox(MailboxID(rawValue: 99))]).isEmpty, "it is not wanted")
    }

    @Test func aRenewalTellsWhatHasChanged() async throws {
        let (one, two) = (try node("one"), try node("two"))
        try await one.cluster.want(adding: shares, dropping: [])
        let before = try await two.cluster.renew(after: 0, waiting: ["mail.example"])
        #expect(before.nodes.map(\.name) == ["one", "two"])
        #expect(before.nodes[1].waiting == ["mail.example"])
        #expect(Set(before.changes.map(\.share)) == Set(shares + [.chores]))
        #expect(before.nodes[1].leaseEnds - before.time == ClusterTerms.lease)
        _ = try await one.cluster.claim([shares[1]])
        let after = try await two.cluster.renew(after: before.generation, waiting: [])
        #expect(after.changes.map(\.share) == [shares[1]])
        #expect(after.changes[0].owner == before.nodes[0].token)
        try await one.cluster.want(adding: [], dropping: [shares[0]])
        let last = try await two.cluster.renew(after: after.generation, waiting: [])
        #expect(last.changes.map(\.isWanted) == [false])
        #expect(try await two.cluster.claim([shares[0]]).isEmpty)
    }

    @Test func nobodyWithAGoodLeaseIsExpelled() async throws {
        let (one, two) = (try node("one"), try node("two"))
        let tokens = try await two.cluster.renew(after: 0, waiting: []).nodes.map(\.token)
        #expect(try await two.cluster.expel(tokens).isEmpty)
        try await one.write { try $0.append(Sample.event(1)) }
    }

    @Test func whoeverIsExpelledWritesNothing() async throws {
        let (one, two) = (try node("one"), try node("two"))
        try await one.cluster.want(adding: shares, dropping: [])
        _ = try await one.cluster.claim(shares)
        try await one.write { try $0.append(Sample.event(1)) }
        try silence("one")
        let token = try await two.cluster.renew(after: 0, waiting: []).nodes[0].token
        #expect(try await two.cluster.expel([token]) == [token])
        await #expect { try await one.write { try $0.append(Sample.event(2)) } } throws: {
            ($0 as? Failure)?.cause == .lease
        }
        #expect(one.end?.cause == .lease)
        await #expect(throws: Failure.self) { try await one.cluster.renew(after: 0, waiting: []) }
        await #expect(throws: Failure.self) { try await one.cluster.claim(shares) }
        #expect(try await two.read { try $0.events(contract: nil, after: nil, limit: 9).count } == 1)
        let claimed = try await two.cluster.claim(shares)
        #expect(claimed.allSatisfy { $0.lostBy == token } && claimed.count == shares.count)
    }

    @Test func aNewLifeTakesOverFromTheOneBefore() async throws {
        let before = try node("one")
        try await before.cluster.want(adding: shares, dropping: [])
        _ = try await before.cluster.claim(shares)
        let old = try await before.cluster.join(SharedPostgres.introduction("one"))
        let after = try node("one")
        let new = try await after.cluster.join(SharedPostgres.introduction("one"))
        #expect(new.former == old.token && Set(new.inherited) == Set(shares))
        await #expect(throws: Failure.self) { try await before.write { try $0.append(Sample.event(1)) } }
        try await after.write { try $0.append(Sample.event(1)) }
        let spans = try await after.cluster.history(LeaseHistoryFilter(share: shares[0]))
        #expect(spans.map(\.end) == [nil, .inherited])
        #expect(try #require(spans[1].until) <= spans[0].from)
    }

    @Test func aNameIsOneHomes() async throws {
        let here = try node("one")
        #expect(throws: Failure.self) {
            try PostgresStore(
                SharedPostgres.settings(schema: schema), node: SharedPostgres.introduction("one", home: "elsewhere"),
                vault: Vault(key: [UInt8](repeating: 7, count: 32)))
        }
        try await here.write { try $0.append(Sample.event(1)) }
    }

    @Test func whoeverHasLeftHoldsNothing() async throws {
        let (one, two) = (try node("one"), try node("two"))
        try await one.cluster.want(adding: shares, dropping: [])
        _ = try await one.cluster.claim(shares)
        let old = try await one.cluster.join(SharedPostgres.introduction("one")).token
        try await one.cluster.leave()
        await #expect(throws: Failure.self) { try await one.write { try $0.append(Sample.event(1)) } }
        #expect(try await two.cluster.claim(shares).allSatisfy { $0.lostBy == nil })
        #expect(try await two.cluster.renew(after: 0, waiting: []).nodes.map(\.name) == ["two"])
        let again = try await node("one").cluster.join(SharedPostgres.introduction("one"))
        #expect(again.former == old && again.inherited.isEmpty && again.token > old)
    }

    @Test func wishesReachWhoeverHoldsTheShare() async throws {
        let (one, two) = (try node("one"), try node("two"))
        try await one.cluster.want(adding: shares, dropping: [])
        _ = try await two.cluster.claim([shares[0]])
        for _ in 0..<2 { try await one.cluster.wish(Wish(.poll, shares[0])) }
        #expect(try await one.cluster.takeWishes().isEmpty)
        #expect(try await two.cluster.takeWishes() == [Wish(.poll, shares[0])])
        #expect(try await two.cluster.takeWishes().isEmpty)
    }

    @Test func aNodeIsAskedToDrain() async throws {
        let (one, two) = (try node("one"), try node("two"))
        #expect(try await one.cluster.setState(.draining, of: "two"))
        #expect(try await !one.cluster.setState(.draining, of: "three"))
        #expect(try await two.cluster.renew(after: 0, waiting: []).nodes.map(\.state) == [.active, .draining])
    }

    @Test func newsComesFromOthersOnly() async throws {
        let (one, two) = (try node("one"), try node("two"))
        #expect(await two.news.next(atMost: .seconds(5)) == Set(NewsTopic.allCases), "it has just begun to listen")
        #expect(await one.news.next(atMost: .seconds(5)) == Set(NewsTopic.allCases))
        try await one.write { try $0.append(Sample.event(1)) }
        #expect(await two.news.next(atMost: .seconds(20)) == [.events])
        #expect(await one.news.next(atMost: .milliseconds(300)).isEmpty)
    }
}
