// The poll schedule: fairness, rests by class of fault, and what a changed registry does.

import MaloteCore
import MaloteEngine
import Testing

@Suite struct PollPlannerTests {
    private let start = Timestamp(seconds: 1_000_000)

    /// The planner behind a reference, so that an expectation may move it on.
    private final class Schedule {
        var planner = PollPlanner(seed: 1)

        func due(now: Timestamp) -> [PollPlanner.Job] { planner.due(now: now) }
        func pollNow(_ id: MailboxID, now: Timestamp) -> Bool { planner.pollNow(id, now: now) }
        func finished(_ id: MailboxID, _ failure: Failure?, hasMore: Bool, now: Timestamp) -> MailboxHealth? {
            planner.finished(id, failure, hasMore: hasMore, now: now)
        }
        func follow(_ registry: Registry, remembered: [MailboxID: MailboxHealth], now: Timestamp) {
            planner.follow(registry, remembered: remembered, now: now)
        }
        var running: Set<MailboxID> { planner.running }
        var health: [MailboxID: MailboxHealth] { planner.health }
    }

    private func planner(_ inboxes: [Mailbox], remembered: [MailboxID: MailboxHealth] = [:]) -> Schedule {
        let schedule = Schedule()
        schedule.follow(sampleRegistry(inboxes: inboxes), remembered: remembered, now: start)
        return schedule
    }

    @Test func everyLinkedInboxIsDueAtOnceAndOnlyOnce() {
        let planner = planner([sampleInbox(1), sampleInbox(2)])
        #expect(Set(planner.due(now: start).map(\.mailbox.id.rawValue)) == [1, 2])
        #expect(planner.due(now: start).isEmpty)
        #expect(planner.running.count == 2)
    }

    @Test func anInboxWithoutContractIsNotPolled() {
        let planner = Schedule()
        planner.follow(Registry(mailboxes: [sampleInbox(1)]), remembered: [:], now: start)
        #expect(planner.due(now: start).isEmpty)
        #expect(planner.pollNow(MailboxID(rawValue: 1), now: start) == false)
    }

    @Test func aGoodPollRestsForTheIntervalWithTenPerCentOfJitter() throws {
        let planner = planner([sampleInbox(1, poll: 60)])
        _ = planner.due(now: start)
        let health = try #require(
            planner.finished(MailboxID(rawValue: 1), nil, hasMore: false, now: start))
        let rest = try #require(health.nextTry) - start
        #expect(rest >= .seconds(54) && rest <= .seconds(66))
        #expect(health.lastGood == start)
    }

    @Test(arguments: [3600, 86400]) func aClockThatIsSetBackPutsNoPollOff(seconds: Int) throws {
        let planner = planner([sampleInbox(1, poll: 60)])
        _ = planner.due(now: start)
        _ = planner.finished(MailboxID(rawValue: 1), nil, hasMore: false, now: start)
        let later = start + .seconds(-seconds)
        #expect(planner.due(now: later).isEmpty)
        let next = try #require(planner.health[MailboxID(rawValue: 1)]?.nextTry)
        #expect(next - later <= .seconds(66))
        #expect(planner.due(now: later + .seconds(67)).count == 1)
    }

    @Test func moreToFetchMeansTheNextTurnFollowsAtOnce() {
        let planner = planner([sampleInbox(1)])
        _ = planner.due(now: start)
        _ = planner.finished(MailboxID(rawValue: 1), nil, hasMore: true, now: start)
        #expect(planner.due(now: start).count == 1)
    }

    /// cause, rests in seconds after the 1st, 2nd, ... failure in a row.
    @Test(arguments: [
        (Failure.Cause.authRefused, [60, 300, 3600, 3600]),
        (.connect, [10, 10, 20, 30, 60, 60]),
        (.certificate, [15, 60, 300, 300]),
        (.throttled, [60, 300, 900, 3600]),
    ])
    func restsGrowByClassOfFault(cause: Failure.Cause, seconds: [Int]) throws {
        let planner = planner([sampleInbox(1, poll: 10)])
        var now = start
        for expected in seconds {
            #expect(planner.due(now: now).count == 1)
            let health = try #require(
                planner.finished(MailboxID(rawValue: 1), sampleFailure(cause), hasMore: false, now: now))
            let rest = try #require(health.nextTry) - now
            #expect(rest >= .seconds(expected) * 0.9 && rest <= .seconds(expected) * 1.1)
            now = try #require(health.nextTry)
        }
    }

    @Test func theServersOwnWishIsObeyed() throws {
        let planner = planner([sampleInbox(1)])
        _ = planner.due(now: start)
        var failure = sampleFailure(.throttled)
        failure.retryAfterSeconds = 3000
        let health = try #require(planner.finished(MailboxID(rawValue: 1), failure, hasMore: false, now: start))
        let next = try #require(health.nextTry)
        #expect(next - start >= .seconds(2700))
    }

    @Test func anEditedInboxIsTriedAtOnce() {
        let planner = planner([sampleInbox(1)])
        _ = planner.due(now: start)
        _ = planner.finished(MailboxID(rawValue: 1), sampleFailure(.authRefused), hasMore: false, now: start)
        var mended = sampleInbox(1)
        mended.port = 143
        planner.follow(sampleRegistry(inboxes: [mended]), remembered: [:], now: start)
        #expect(planner.due(now: start).map(\.mailbox.port) == [143])
    }

    @Test func aRememberedRestSurvivesARestartButNotAClockSetBack() {
        var health = MailboxHealth(mailbox: MailboxID(rawValue: 1))
        health.failed(sampleFailure(.authRefused), now: start)
        health.nextTry = start + .seconds(60)
        let resting = planner([sampleInbox(1)], remembered: [health.mailbox: health])
        #expect(resting.due(now: start).isEmpty)
        #expect(resting.due(now: start + .seconds(60)).count == 1)

        health.nextTry = start + .seconds(86_400)
        let setBack = planner([sampleInbox(1)], remembered: [health.mailbox: health])
        #expect(setBack.due(now: start + .seconds(121)).count == 1)
    }

    @Test func oneDeadInboxDoesNotMoveTheOthers() {
        let planner = planner((1...100).map { sampleInbox($0) })
        let jobs = planner.due(now: start)
        for job in jobs {
            let isDead = job.mailbox.id.rawValue % 2 == 0
            _ = planner.finished(job.mailbox.id, isDead ? sampleFailure(.silentPeer) : nil, hasMore: false, now: start)
        }
        let healthy = planner.health.values.filter { $0.failure == nil }
        #expect(healthy.count == 50)
        #expect(healthy.allSatisfy { ($0.nextTry ?? start) - start <= .seconds(66) })
    }

    @Test func aPollAskedForDuringAPollFollowsIt() {
        let planner = planner([sampleInbox(1)])
        _ = planner.due(now: start)
        #expect(planner.pollNow(MailboxID(rawValue: 1), now: start))
        #expect(planner.due(now: start).isEmpty)
        _ = planner.finished(MailboxID(rawValue: 1), nil, hasMore: false, now: start)
        #expect(planner.due(now: start).count == 1)
    }
}
