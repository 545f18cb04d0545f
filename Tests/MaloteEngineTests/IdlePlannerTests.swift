// What becomes of a connection that waits for news, whatever ends the wait.

import MaloteCore
import MaloteEngine
import Testing

@Suite struct IdlePlannerTests {
    private typealias Next = PollPlanner.Next
    private static let start = Timestamp(seconds: 1_000_000)
    private static let id = MailboxID(rawValue: 1)

    /// An inbox that has been polled once and waits for news until its next poll.
    private final class Plan {
        var planner = PollPlanner(seed: 1)
        let job: PollPlanner.Job

        init(_ mailbox: Mailbox = sampleInbox(1), isStarted: Bool = true) throws {
            planner.follow(sampleRegistry(inboxes: [mailbox]), remembered: [:], now: start)
            job = try #require(planner.due(now: start).first)
            if isStarted { _ = planner.finished(id, nil, hasMore: false, idles: true, now: start) }
        }

        func next(_ wakening: PollPlanner.Wakening, at seconds: Int64 = 10) -> Next {
            planner.next(job, after: wakening, now: start + .seconds(seconds))
        }

        func due(at seconds: Int64) -> Int { planner.due(now: start + .seconds(seconds)).count }
        func pollNow(at seconds: Int64) -> Bool { planner.pollNow(id, now: start + .seconds(seconds)) }
    }

    @Test func itWaitsUntilTheNextPollAndIsNotPolledMeanwhile() throws {
        let plan = try Plan()
        guard case .wait(let limit) = plan.next(.called, at: 0) else { return #expect(Bool(false), "no wait") }
        #expect(limit >= .seconds(54) && limit <= .seconds(66))
        #expect(plan.due(at: 100) == 0)
        #expect(plan.planner.nextDue == nil)
        #expect(plan.planner.idling == [Self.id] && plan.planner.running.isEmpty)
    }

    @Test(arguments: [PollPlanner.Wakening.news, .quiet])
    func newsAndTheEndOfTheWaitArePolledOverTheSameConnection(_ wakening: PollPlanner.Wakening) throws {
        let plan = try Plan()
        #expect(plan.next(wakening) == .poll(plan.job))
        #expect(plan.planner.running == [Self.id] && plan.planner.idling.isEmpty)
        #expect(plan.due(at: 10_000) == 0)
    }

    /// A server that cries news all the time gets a poll a second.
    @Test func newsTooSoonAfterAPollHasToWait() throws {
        let plan = try Plan()
        let soon = Self.start + .milliseconds(300)
        #expect(plan.planner.next(plan.job, after: .news, now: soon) == .pause(.milliseconds(700)))
        #expect(plan.planner.idling == [Self.id])
        #expect(plan.next(.called, at: 1) == .poll(plan.job))
    }

    /// From the server's news to the poll, whatever lay in between; from its time on for a poll that was due.
    @Test func whatANewsWaitsForIsADelay() throws {
        let plan = try Plan()
        _ = plan.planner.started(Self.id, now: Self.start)
        let (heard, begun) = (Self.start + .seconds(10), Self.start + .seconds(15))
        #expect(
            plan.planner.next(plan.job, after: .news, heard: heard, now: heard + .seconds(2)) == .poll(plan.job))
        #expect(plan.planner.started(Self.id, now: begun) == .seconds(5))
        let health = plan.planner.finished(Self.id, nil, hasMore: false, idles: true, now: begun)
        let due = try #require(health?.nextTry)
        #expect(plan.planner.next(plan.job, after: .quiet, now: due + .seconds(3)) == .poll(plan.job))
        #expect(plan.planner.started(Self.id, now: due + .seconds(4)) == .seconds(4))
    }

    /// The pause after news that came too soon is nobody's fault but the server's.
    @Test func aPauseIsNoDelay() throws {
        let plan = try Plan()
        _ = plan.planner.started(Self.id, now: Self.start)
        let soon = Self.start + .milliseconds(300)
        #expect(plan.planner.next(plan.job, after: .news, heard: soon, now: soon) == .pause(.milliseconds(700)))
        #expect(plan.next(.called, at: 1) == .poll(plan.job))
        #expect(plan.planner.started(Self.id, now: Self.start + .seconds(1)) == .zero)
    }

    @Test func aCallWithoutReasonWaitsOn() throws {
        let plan = try Plan()
        guard case .wait(let limit) = plan.next(.called, at: 10) else { return #expect(Bool(false), "no wait") }
        #expect(limit < .seconds(57))
    }

    @Test func aPollThatIsAskedForComesAtOnce() throws {
        let plan = try Plan()
        #expect(!plan.planner.mustWake(plan.job, now: Self.start + .seconds(10)))
        #expect(plan.pollNow(at: 10))
        #expect(plan.planner.mustWake(plan.job, now: Self.start + .seconds(10)))
        #expect(plan.next(.called) == .poll(plan.job))
    }

    @Test func aPollThatWasAskedForDuringThePollComesAtOnce() throws {
        let plan = try Plan(isStarted: false)
        #expect(plan.pollNow(at: 0))
        _ = plan.planner.finished(Self.id, nil, hasMore: false, idles: true, now: Self.start)
        #expect(plan.next(.called, at: 0) == .poll(plan.job))
    }

    /// What is registered now.
    @Test(arguments: ["changed", "told not to", "gone", "gone and back"])
    func aConnectionOfAnotherRegistrationIsClosed(_ change: String) throws {
        let plan = try Plan()
        var mailbox = sampleInbox(1)
        if change == "changed" { mailbox.port = 143 }
        if change == "told not to" { mailbox.role = .inbox(Inbox(access: .imap, idle: false)) }
        let now = Self.start + .seconds(10)
        if change.hasPrefix("gone") { plan.planner.follow(Registry(), remembered: [:], now: now) }
        if change != "gone" {
            plan.planner.follow(sampleRegistry(inboxes: [mailbox]), remembered: [:], now: now)
        }
        #expect(plan.planner.mustWake(plan.job, now: now))
        #expect(plan.next(.called) == .close)
        #expect(plan.due(at: 10) == (change == "gone" ? 0 : 1))
    }

    @Test func anInboxThatMayNotIdleDoesNot() throws {
        var mailbox = sampleInbox(1)
        mailbox.role = .inbox(Inbox(access: .imap, idle: false))
        let plan = try Plan(mailbox, isStarted: false)
        #expect(!plan.planner.mayIdle(plan.job))
        let other = try Plan(isStarted: false)
        #expect(!other.planner.mayIdle(plan.job))
    }

    /// A server that ends every wait is polled at its interval in the end.
    @Test func lostConnectionsAreOpenedAgainMoreAndMoreRarely() throws {
        var now = Self.start
        var mailbox = sampleInbox(1)
        mailbox.role = .inbox(Inbox(access: .imap, pollSeconds: 600))
        let plan = try Plan(mailbox)
        for expected in [5, 30, 300, 600, 600] {
            #expect(plan.planner.next(plan.job, after: .lost, now: now) == .close)
            let next = try #require(plan.planner.nextDue)
            let rest = next - now
            #expect(rest >= .seconds(expected) * 0.9 && rest <= .seconds(expected) * 1.1, "\(rest)")
            now = next
            #expect(plan.planner.due(now: now).count == 1)
            _ = plan.planner.finished(Self.id, nil, hasMore: false, idles: true, now: now)
        }
        // One good wait makes up for all.
        now = now + .seconds(10)
        #expect(plan.planner.next(plan.job, after: .news, now: now) == .poll(plan.job))
        _ = plan.planner.finished(Self.id, nil, hasMore: false, idles: true, now: now)
        #expect(plan.planner.next(plan.job, after: .lost, now: now) == .close)
        let next = try #require(plan.planner.nextDue)
        #expect(next - now <= .seconds(6))
    }

    @Test func aLossIsNoFailureOfTheInbox() throws {
        let plan = try Plan()
        #expect(plan.next(.lost) == .close)
        #expect(plan.planner.health[Self.id]?.failure == nil)
        #expect(plan.planner.health[Self.id]?.lastGood == Self.start)
    }
}
