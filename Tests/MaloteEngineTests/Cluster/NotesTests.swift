// What a node shows of mailboxes that others work on: nearly as they are, at next to no cost.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct NotesTests {
    private static let registry = deskRegistry(
        1...3, inbox: Inbox(access: .imap, pollSeconds: 60, start: .all, idle: false))

    private func status(_ node: NodeRun, _ house: ClusterHouse) throws -> StatusReport {
        let room = node.run.room(keeper: node.keeper)
        return try house.house.stage.run { try await room.status() }
    }

    @Test func othersMailboxesAreShownAsTheyAre() throws {
        let house = ClusterHouse(Self.registry)
        for name in ["a", "b"] { house.start(name, engine: true) }
        house.advance(120)
        for _ in 1...20 {
            house.advance(37)
            let now = house.house.now
            for node in house.alive {
                let lines = try status(node, house).mailboxes.filter { $0.type == "inbox" }
                #expect(lines.count == 3 && Set(lines.map(\.node)).count == 2)
                for line in lines {
                    // A poll each minute, a note each half of one, and what it takes to renew a lease.
                    #expect(line.lastGood.map { now - $0 < .seconds(105) } ?? false, "\(line)")
                    #expect(line.nextTry.map { $0 >= now } ?? true)
                    #expect(line.state == .ok)
                }
            }
        }
    }

    @Test func whoeverIdlesIsSeenToDoSo() throws {
        let house = ClusterHouse(deskRegistry(1...2))
        for number in Int64(1)...2 { house.house.inbox(number).change { $0.faults.tellsNews = true } }
        for name in ["a", "b"] { house.start(name, engine: true) }
        house.advance(120)
        for node in house.alive {
            let lines = try status(node, house).mailboxes.filter { $0.type == "inbox" }
            #expect(lines.map(\.idling) == [true, true], "\(lines)")
        }
    }

    @Test func aNodeAloneNotesNothing() throws {
        let house = ClusterHouse(Self.registry)
        house.start("a", engine: true)
        house.advance(1000)
        #expect(house.cluster.now.notes.isEmpty)
        house.start("b", engine: true)
        house.advance(60)
        #expect(house.cluster.now.notes.count == 2)
    }

    // MARK: - Stored and noted

    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let (mine, theirs) = (NodeToken(rawValue: 1), NodeToken(rawValue: 2))
    private static let inbox = MailboxID(rawValue: 7)

    private static func others(stored: MailboxHealth?, _ notes: [NodeToken: [MailboxNote]]) -> OthersHealth {
        var map = ClusterMap()
        let share = HeldShare(share: .mailbox(inbox), owner: theirs, since: now, isWanted: true)
        map.add(ClusterView(time: now, nodes: [], changes: [share], generation: 1), at: .zero)
        return OthersHealth(stored: stored.map { [$0] } ?? [], notes: notes, map: map, now: now)
    }

    private static func at(_ seconds: Int64) -> Timestamp { now + .seconds(seconds) }

    @Test func theLaterWordCounts() throws {
        let note = MailboxNote(mailbox: Self.inbox, lastGood: Self.at(-20), nextTry: Self.at(40), idling: true)
        let old = MailboxHealth(mailbox: Self.inbox, lastGood: Self.at(-250), nextTry: Self.at(-190))
        let failing = MailboxHealth(
            mailbox: Self.inbox, failure: sampleFailure(.connect), lastGood: Self.at(-90), nextTry: Self.at(5))
        let cases: [(MailboxHealth?, [MailboxNote], lastGood: Int64?, nextTry: Int64?)] = [
            (old, [note], -20, 40), (nil, [note], -20, 40), (old, [], -250, nil),
            // Its clock is what was stored with the fault.
            (failing, [note], -20, 5),
            (old, [MailboxNote(mailbox: Self.inbox, lastGood: Self.at(-300), nextTry: Self.at(-1))], -250, nil),
            (old, [MailboxNote(mailbox: Self.inbox)], -250, nil),
        ]
        for (stored, notes, lastGood, nextTry) in cases {
            let health = try #require(Self.others(stored: stored, [Self.theirs: notes]).health[Self.inbox])
            #expect(health.lastGood == lastGood.map(Self.at) && health.nextTry == nextTry.map(Self.at), "\(health)")
            #expect(health.failure == stored?.failure)
        }
    }

    @Test func onlyItsHoldersNoteOnAMailboxCounts() {
        let note = MailboxNote(mailbox: Self.inbox, lastGood: Self.at(-20), idling: true)
        let others = Self.others(stored: nil, [Self.mine: [note], NodeToken(rawValue: 3): [note]])
        #expect(others.health.isEmpty && others.idling.isEmpty)
        #expect(Self.others(stored: nil, [Self.theirs: [note]]).idling == [Self.inbox])
    }
}
