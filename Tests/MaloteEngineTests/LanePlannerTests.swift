// A lane's window and breaker, and what becomes of a delivery after each kind of answer.

import MaloteCore
import MaloteEngine
import Testing

@Suite struct LanePlannerTests {
    private let start = Timestamp(seconds: 1_000_000)

    private func planner() -> LanePlanner {
        LanePlanner(health: MailboxHealth(mailbox: MailboxID(rawValue: 1)), seed: 1)
    }

    @Test func theWindowStartsAtOneGrowsWithSuccessAndHasAnEnd() {
        var planner = planner()
        #expect(planner.mayStart(now: start, waiting: 5000))
        planner.workerStarted(now: start)
        #expect(!planner.mayStart(now: start, waiting: 5000))
        for _ in 0..<4 { _ = planner.answered(now: start) }
        #expect(planner.window == 2 && planner.mayStart(now: start, waiting: 5000))
        // A short queue is one connection's work.
        #expect(!planner.mayStart(now: start, waiting: LanePlanner.backlogPerConnection - 1))
        for _ in 0..<10_000 { _ = planner.answered(now: start) }
        #expect(planner.window == LanePlanner.widest)
    }

    @Test func aClockThatIsSetBackMakesNoRestLonger() throws {
        var planner = planner()
        planner.lost(sampleFailure(.connect), now: start)
        let rest = try #require(planner.restsUntil) - start
        let later = start + .seconds(-86400)
        planner.clockSetBack(by: .seconds(86400), now: later)
        #expect(planner.restsUntil == later + rest)
    }

    @Test func anOpenBreakerLetsOneProbeThroughWhenItsTimeHasCome() throws {
        var planner = planner()
        planner.workerStarted(now: start)
        planner.lost(sampleFailure(.connect), now: start)
        planner.workerEnded()
        #expect(!planner.mayStart(now: start, waiting: 5000))
        let next = try #require(planner.restsUntil)
        #expect(planner.mayStart(now: next, waiting: 5000))
        planner.workerStarted(now: next)
        #expect(!planner.mayStart(now: next, waiting: 5000))
        let recovered = planner.answered(now: next)
        #expect(recovered)
        #expect(planner.restsUntil == nil)
    }

    @Test func restsFollowTheLanesClock() throws {
        var planner = planner()
        var now = start
        for expected in [5, 15, 30, 60, 120, 300, 300] {
            planner.lost(sampleFailure(.silentPeer), now: now)
            let next = try #require(planner.restsUntil)
            #expect(next - now >= .seconds(expected) * 0.9 && next - now <= .seconds(expected) * 1.1)
            now = next
        }
    }

    @Test func whatFallsWhileTheLaneRestsIsTheSameFault() {
        var planner = planner()
        for _ in 0..<5 { planner.lost(sampleFailure(.disconnected), now: start) }
        #expect(planner.health.consecutiveFailures == 1)
    }

    @Test func moreWorkersMayStartAfterARecoveryOrAFullWindow() {
        var planner = planner()
        planner.lost(sampleFailure(.connect), now: start)
        let news = (1...8).map { _ in planner.answered(now: start) }
        #expect(news == [true, false, false, true, false, false, false, false])
    }

    @Test func anOperatorsRetryProbesAtOnce() {
        var planner = planner()
        for _ in 0..<5 { planner.lost(sampleFailure(.authRefused, .operatorNeeded), now: start) }
        planner.probeNow(now: start)
        #expect(planner.mayStart(now: start, waiting: 5000))
    }
}

@Suite struct OutcomeTests {
    private let now = Timestamp(seconds: 1_000_000)
    private let ok = ProtocolReply(code: 250, text: "2.0.0 queued")

    private func result(_ outcome: Submission.Outcome, _ delivery: Delivery) -> AttemptResult.Outcome {
        var random = SeededRandom(seed: 1)
        return OutcomePlanner.result(of: outcome, for: delivery, now: now, random: &random).outcome
    }

    @Test func aDeferredDeliveryFollowsTheSchedule() {
        for (attempts, minutes) in [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 120), (7, 240), (50, 240)] {
            let delivery = sampleDelivery(attempts: attempts, created: now)
            guard case .deferred(_, let until) = result(.refused(sampleFailure(.greylisted)), delivery) else {
                Issue.record("not deferred")
                continue
            }
            let rest = until - now
            #expect(rest >= .seconds(minutes * 60) * 0.9 && rest <= .seconds(minutes * 60) * 1.1)
        }
    }

    @Test func aRefusalForGoodIsFinal() {
        let failure = sampleFailure(.rejected, .permanent)
        #expect(result(.refused(failure), sampleDelivery(created: now)) == .failed(failure))
    }

    @Test func afterFiveDaysADeliveryIsGivenUp() {
        let delivery = sampleDelivery(attempts: 30, created: now + .seconds(-6 * 86_400))
        guard case .failed(let failure) = result(.refused(sampleFailure(.greylisted)), delivery) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.kind == .permanent && failure.detail.contains("5 days"))
    }

    @Test func aLostAnswerIsResentOnceAndThenLeftToAPerson() {
        let lost = sampleFailure(.unknownOutcome)
        guard case .unknown(_, .some) = result(.refused(lost), sampleDelivery(created: now)) else {
            Issue.record("not resent")
            return
        }
        #expect(
            result(.refused(lost), sampleDelivery(attempts: 2, created: now, failure: lost))
                == .unknown(lost, until: nil))
    }

    /// Only the first message on a connection can be the reason that it broke.
    @Test(arguments: [
        (true, Failure.Cause.disconnected, 54), (true, .silentPeer, 54), (false, .disconnected, 0), (true, .storage, 0),
        (true, .shuttingDown, 0),
    ])
    func aBrokenConnectionPutsOffOnlyASuspect(isFirst: Bool, cause: Failure.Cause, seconds: Int) throws {
        var random = SeededRandom(seed: 1)
        let result = OutcomePlanner.broken(
            sampleDelivery(created: now), sampleFailure(cause), isFirst: isFirst, now: now, random: &random)
        guard case .deferred(_, let until) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(seconds == 0 ? until == now : until - now >= .seconds(seconds))
    }

    @Test func aDeadServerDoesNotUseUpTheDeliverysSchedule() {
        let failure = sampleFailure(.connect)
        let result = OutcomePlanner.returned(sampleDelivery(attempts: 9, created: now), failure, now: now)
        #expect(result.outcome == .deferred(failure, until: now))
    }
}

@Suite struct RecoveryTests {
    private let now = Timestamp(seconds: 1_000_000)

    private func outcome(
        sameBoot: Bool = true, dot: Bool = false, answer: ProtocolReply? = nil
    ) -> AttemptResult.Outcome {
        let delivery = sampleDelivery(created: now)
        let journal = JournalLeftover(
            isSameBoot: sameBoot, finalDots: dot ? [delivery.attempt] : [],
            answers: answer.map { [delivery.attempt: $0] } ?? [:])
        var random = SeededRandom(seed: 1)
        return Recovery.outcome(of: delivery, journal: journal, now: now, random: &random).outcome
    }

    @Test func killedBeforeTheDotMeansDueAtOnce() {
        guard case .deferred(_, until: now) = outcome() else {
            Issue.record("not due at once")
            return
        }
    }

    @Test func anAnswerInTheJournalIsTheTruth() {
        let ok = ProtocolReply(code: 250, text: "queued")
        #expect(outcome(dot: true, answer: ok) == .sent(ok))
        guard case .failed = outcome(dot: true, answer: ProtocolReply(code: 550, text: "no")) else {
            Issue.record("a 550 must be final")
            return
        }
        guard case .deferred = outcome(dot: true, answer: ProtocolReply(code: 451, text: "later")) else {
            Issue.record("a 451 must be tried again")
            return
        }
    }

    @Test(arguments: [(true, true), (false, false), (false, true)])
    func aDotWithoutAnswerAndEveryAttemptBeforeAPowerCutAreUnknown(sameBoot: Bool, dot: Bool) {
        guard case .unknown(_, .some) = outcome(sameBoot: sameBoot, dot: dot) else {
            Issue.record("not unknown")
            return
        }
    }

    @Test func afterAPowerCutTheJournalProvesNothing() {
        guard case .unknown = outcome(sameBoot: false, dot: true, answer: ProtocolReply(code: 250, text: "ok")) else {
            Issue.record("a stale journal was believed")
            return
        }
    }

    @Test func whatIsNotedOfAnEarlierAttemptSaysNothingOfThisOne() {
        let delivery = sampleDelivery(created: now)
        let earlier = Attempt(delivery: delivery.id, number: delivery.attempts - 1)
        let refused = ProtocolReply(code: 550, text: "no")
        let journal = JournalLeftover(isSameBoot: true, finalDots: [earlier], answers: [earlier: refused])
        var random = SeededRandom(seed: 1)
        let outcome = Recovery.outcome(of: delivery, journal: journal, now: now, random: &random).outcome
        guard case .deferred(_, until: now) = outcome else {
            Issue.record("\(outcome): the message was not handed over")
            return
        }
    }
}
