// The poll schedule: fairness, rests by class of fault, and what a changed registry does.

import MaloteCore
import MaloteEngine
import Testing

@Suite struct PollPlannerTests {
    private let start = Timestamp(seconds: 1_000_000)

    private func planner(_ inboxes: [Mailbox], remembered: [MailboxID: MailboxHealth] = [:]) -> PollPlanner {
        var planner = PollPlanner(seed: 1)
        planner.follow(sampleRegistry(inboxes: inboxes), remembered: remembered, now: start)
        return planner
    }

    @Test func everyLinkedInboxIsDueAtOnceAndOnlyOnce() {
        var planner = planner([sampleInbox(1), sampleInbox(2)])
        #expect(Set(planner.due(now: start).map(\.mailbox.id.rawValue)) == [1, 2])
        #expect(planner.due(now: start).isEmpty)
        #expect(planner.running.count == 2)
    }

    @Test func anInboxWithoutContractIsNotPolled() {
        var planner = PollPlanner(seed: 1)
        planner.follow(Registry(mailboxes: [sampleInbox(1)]), remembered: [:], now: start)
        #expect(planner.due(now: start).isEmpty)
        #expect(planner.pollNow(MailboxID(rawValue: 1), now: start) == false)
    }

    @Test func aGoodPollRestsForTheIntervalWithTenPerCentOfJitter() throws {
        var planner = planner([sampleInbox(1, poll: 60)])
        _ = planner.due(now: start)
        let health = try #require(
            planner.finished(MailboxID(rawValue: 1), nil, hasMore: false, now: start))
        let rest = try #require(health.nextTry) - start
        #expect(rest >= .seconds(54) && rest <= .seconds(66))
        #expect(health.lastGood == start)
    }

    @Test func moreToFetchMeansTheNextTurnFollowsAtOnce() {
        var planner = planner([sampleInbox(1)])
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
        var planner = planner([sampleInbox(1, poll: 10)])
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
        var planner = planner([sampleInbox(1)])
        _ = planner.due(now: start)
        var failure = sampleFailure(.throttled)
        failure.retryAfterSeconds = 3000
        let health = try #require(planner.finished(MailboxID(rawValue: 1), failure, hasMore: false, now: start))
        #expect(try #require(health.nextTry) - start >= .seconds(2700))
    }

    @Test func anEditedInboxIsTriedAtOnce() {
        var planner = planner([sampleInbox(1)])
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
        var resting = planner([sampleInbox(1)], remembered: [health.mailbox: health])
        #expect(resting.due(now: start).isEmpty)
        #expect(resting.due(now: start + .seconds(60)).count == 1)

        health.nextTry = start + .seconds(86_400)
        var setBack = planner([sampleInbox(1)], remembered: [health.mailbox: health])
        #expect(setBack.due(now: start + .seconds(121)).count == 1)
    }

    @Test func oneDeadInboxDoesNotMoveTheOthers() {
        var planner = planner((1...100).map { sampleInbox($0) })
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
        var planner = planner([sampleInbox(1)])
        _ = planner.due(now: start)
        #expect(planner.pollNow(MailboxID(rawValue: 1), now: start))
        #expect(planner.due(now: start).isEmpty)
        _ = planner.finished(MailboxID(rawValue: 1), nil, hasMore: false, now: start)
        #expect(planner.due(now: start).count == 1)
    }
}
