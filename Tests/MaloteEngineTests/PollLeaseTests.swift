// How long a slow server keeps a poll, by rule and at work, and that what it keeps is nobody else's.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct PollLeaseTests {
    /// What comes in each minute.
    struct Minute: Sendable {
        var listings = 0
        var messages = 0
        var octets = 0
    }

    private static let start = Timestamp(seconds: 1_000_000)

    /// Minutes until the lease is over; `nil` if it lasts for three days.
    private func life(_ minute: (Int) -> Minute) -> Int? {
        var lease = PollLease(now: Self.start, largest: 50_000_000)
        var progress = PollLease.Progress()
        for number in 0..<4320 {
            let came = minute(number)
            progress.listings += came.listings
            progress.messages += came.messages
            progress.octets += came.octets
            guard lease.look(at: progress, now: Self.start + .seconds(number * 60)) != nil else { return number }
        }
        return nil
    }

    /// what comes in each minute, minutes that the lease lasts.
    @Test(
        arguments: [
            ("nothing", Minute(), 15),
            ("a few octets", Minute(octets: 300), 15),
            ("a message", Minute(messages: 1), 16),
            ("less than it needs", Minute(messages: 6), 30),
            ("enough messages", Minute(messages: 12), nil),
            ("a large mail at a sensible rate", Minute(octets: 60_000), 15 + 50_000_000 / 60_000),
            ("a large mail at half of that", Minute(octets: 30_000), 30),
            ("noise of which no message comes", Minute(octets: 10_000_000), 19),
            ("messages and octets", Minute(messages: 6, octets: 30_000), nil),
        ] as [(String, Minute, Int?)])
    func progressPaysForTime(_ name: String, _ minute: Minute, _ expected: Int?) throws {
        let life = life { _ in minute }
        guard let expected else { return #expect(life == nil, "\(name)") }
        #expect((expected...expected + 1).contains(try #require(life)), "\(name)")
    }

    /// However much came before, the server has one term from its last progress on.
    @Test func nothingIsSavedUp() {
        #expect(life { $0 < 60 ? Minute(messages: 500, octets: 100_000_000) : Minute() } == 59 + 15)
        #expect(life { $0 == 10 ? Minute(listings: 1) : Minute() } == 10 + 15)
    }

    @Test func itIsLookedAtEveryMinuteAndAtItsEnd() {
        var lease = PollLease(now: Self.start, largest: 50_000_000)
        #expect(lease.look(at: .init(), now: Self.start) == .seconds(60))
        #expect(lease.look(at: .init(), now: Self.start + .seconds(899)) == .seconds(1))
        #expect(lease.look(at: .init(), now: Self.start + .seconds(900)) == nil)
    }

    // MARK: - At work

    /// Every answer comes within what a session waits for one.
    @Test(arguments: [Inbox.Access.imap, .pop3])
    func aDrippingServerIsGivenUpAndKeepsNoPlace(access: Inbox.Access) throws {
        let house = House(deskRegistry(1...3, inbox: Inbox(access: access, start: .all)))
        for number in 0..<50 { house.inbox(1).receive(mail("slow-\(number)")) }
        house.inbox(1).change { $0.faults.drip = .seconds(240) }
        let run = Run(house, total: 2).startPolling()
        let health = { house.store.state.health[sampleInbox(1).id] }
        #expect(house.stage.advance(atMost: .seconds(3600)) { health()?.failure != nil })
        let failure = try #require(health()?.failure)
        #expect(failure.kind == .transient && failure.cause == .silentPeer && failure.detail.contains("so slow"))
        #expect(!failure.remedy.isEmpty)
        house.stage.advance(by: .seconds(5 * 3600))
        #expect(house.inbox(1).folder.heldAtMost <= .seconds(1800), "\(house.inbox(1).folder.heldAtMost)")
        #expect(house.inbox(1).folder.heldAtMost > .seconds(900))
        // What had come is stored, the others were polled as ever, and nobody was blamed for good.
        #expect(house.store.state.messages.count > 20)
        #expect(house.store.state.ledger.allSatisfy { $0.state == .stored || $0.state == .wanted })
        for number in 2...3 as ClosedRange<Int64> { #expect(house.inbox(number).folder.sessions > 250) }
        house.inbox(1).change { $0.faults.drip = nil }
        house.stage.advance(by: .seconds(2000))
        #expect(house.store.state.events(.ticketOpened).count == 50)
        #expect(health()?.failure == nil)
        run.askToStop()
        #expect(run.isOver && house.inbox(1).folder.openNow == 0)
        #expect(house.stage.clock.nextWaking == nil)
    }

    /// A message that never gets done is not tried for ever: the others wait behind it.
    @Test func aMessageThatDripsForEverIsQuarantined() throws {
        let house = House()
        house.inbox(1).receive(mail("endless", octets: 90_000))
        house.inbox(1).change { $0.faults.octetsPerSecond = 10 }
        let run = Run(house, messageOctets: 1_000_000).startPolling()
        house.stage.advance(by: .seconds(3 * 1000))
        house.inbox(1).change { $0.faults.octetsPerSecond = nil }
        house.inbox(1).receive(mail("next"))
        house.stage.advance(by: .seconds(300))
        #expect(house.store.state.entry("1")?.state == .quarantined)
        #expect(house.store.state.messages.map(\.subject) == ["next"])
        run.askToStop()
    }

    /// Two hours for one mail, on a line that a telephone would be ashamed of.
    @Test func aLargeMailOverASlowLineSurvives() throws {
        let house = House()
        house.inbox(1).receive(mail("large", octets: 10_000_000))
        house.inbox(1).change { $0.faults.octetsPerSecond = 1400 }
        Run(house, messageOctets: 50_000_000).startPolling()
        house.stage.advance(by: .seconds(7300))
        #expect(house.store.state.messages.map(\.subject) == ["large"])
        #expect(house.inbox(1).folder.sessions == 1 || house.store.state.health[sampleInbox(1).id]?.failure == nil)
    }
}
