// What answers mean and when an endpoint is tried again, as values.

import MaloteCore
import Testing

@testable import MaloteEngine

@Suite struct EndpointPlannerTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    @Test(arguments: [
        (200, "taken"), (202, "taken"), (204, "taken"), (301, "unusable"), (302, "unusable"), (304, "unusable"),
        (307, "unusable"), (400, "refused"), (401, "doubtful"), (403, "doubtful"), (404, "doubtful"), (405, "doubtful"),
        (408, "unusable"),
        (409, "refused"), (410, "gone"), (413, "refused"), (422, "refused"), (425, "unusable"), (429, "unusable"),
        (500, "doubtful"), (501, "doubtful"), (502, "unusable"), (503, "unusable"), (504, "unusable"),
        (599, "doubtful"), (100, "unusable"), (0, "unusable"), (999, "unusable"),
        (-1, "unusable"),
    ])
    func answers(_ status: Int, _ meaning: String) {
        let verdict = EndpointVerdict(WebhookReply(status: status), host: "desk.example", now: Self.now)
        let word =
            switch verdict {
            case .taken: "taken"
            case .refused: "refused"
            case .doubtful: "doubtful"
            case .unusable: "unusable"
            case .gone: "gone"
            }
        #expect(word == meaning)
    }

    @Test func aRedirectIsNamedAndItsWordsAreHarmless() {
        let reply = WebhookReply(
            status: 302, location: "http://169.254.169.254/\u{1B}[2J" + String(repeating: "x", count: 999))
        guard case .unusable(let failure) = EndpointVerdict(reply, host: "desk.example", now: Self.now) else {
            Issue.record("a redirect is no answer")
            return
        }
        #expect(failure.detail.contains("http://169.254.169.254/") && failure.detail.contains("302"))
        #expect(!failure.detail.hasControlCharacter && failure.detail.utf8.count < 400)
    }

    @Test(arguments: [
        ("120", 120...132), ("0", 5...6), ("999999999", 86_400...95_040), ("Fri, 15 Jan 2027 08:01:40 GMT", 100...110),
        ("soon", 4...6), ("-5", 4...6),
    ])
    func patience(_ text: String, _ seconds: ClosedRange<Int64>) {
        let reply = WebhookReply(status: 503, retryAfter: text)
        guard case .unusable(let failure) = EndpointVerdict(reply, host: "x", now: Self.now) else { return }
        var random = SeededRandom(seed: 7)
        for _ in 0..<50 {
            let next = EndpointClock.next(after: failure, tries: 1, now: Self.now, random: &random)
            #expect(seconds.contains((next - Self.now).milliseconds / 1000), "\(text)")
        }
    }

    private func planner(_ change: (inout EndpointPlanner) -> Void = { _ in }) -> EndpointPlanner {
        var planner = EndpointPlanner(EndpointState(contract: ContractID(rawValue: 1), position: .unsaved))
        change(&planner)
        return planner
    }

    private static let failure = Failure(.transient, .connect, "It does not accept connections.")

    @Test func anOpenBreakerLetsOneThroughAtItsTime() {
        var random = SeededRandom(seed: 1)
        var planner = planner { $0.unusable(Self.failure, now: Self.now, random: &random) }
        let work = EndpointPlanner.Work(hasNext: true, nextAgain: Self.now)
        guard let until = planner.restsUntil else {
            Issue.record("it does not rest")
            return
        }
        #expect(planner.step(work, isPaused: false, now: Self.now) == .rest(until: until))
        #expect(planner.step(work, isPaused: false, now: until) != .rest(until: until))
        #expect(planner.state.failingSince == Self.now && planner.state.consecutiveFailures == 1)
        let wasFailing = planner.taken(status: 200, now: until)
        #expect(wasFailing)
        #expect(planner.restsUntil == nil && planner.state.failingSince == nil && planner.state.delivered == 1)
    }

    @Test func aClockThatWasSetBackProlongsNoRest() {
        var random = SeededRandom(seed: 1)
        let planner = planner { $0.unusable(Self.failure, now: Self.now, random: &random) }
        let step = planner.step(.init(hasNext: true), isPaused: false, now: Self.now + .seconds(-86_400))
        #expect(step == .next)
    }

    @Test func refusedEventsTakeTurnsWithNewOnes() {
        let planner = planner()
        func step(_ hasNext: Bool, _ again: Timestamp?, _ wasAgain: Bool) -> EndpointPlanner.Step {
            planner.step(.init(hasNext: hasNext, nextAgain: again, wasAgain: wasAgain), isPaused: false, now: Self.now)
        }
        let later = Self.now + .seconds(60)
        #expect(step(true, Self.now, false) == .again && step(true, Self.now, true) == .next)
        #expect(step(false, Self.now, true) == .again && step(true, later, false) == .next)
        #expect(step(false, later, false) == .rest(until: later) && step(false, nil, false) == .rest(until: nil))
        #expect(planner.step(.init(hasNext: true), isPaused: true, now: Self.now) == .rest(until: nil))
    }

    @Test func whatOperatorsDo() {
        var random = SeededRandom(seed: 1)
        var planner = planner { $0.gone(Self.failure, now: Self.now) }
        #expect(planner.state.disabledBy == .receiver)
        #expect(planner.step(.init(hasNext: true), isPaused: false, now: Self.now) == .rest(until: nil))
        planner.moved()
        #expect(!planner.state.isDisabled && planner.state.failure == nil)
        planner.disable(now: Self.now)
        planner.moved()
        #expect(planner.state.disabledBy == .operator)
        planner.enable()
        planner.unusable(Self.failure, now: Self.now, random: &random)
        planner.tryNow()
        #expect(planner.step(.init(hasNext: true), isPaused: false, now: Self.now) == .next)
        // It is still failing until it has answered.
        #expect(planner.state.failure != nil)
    }

    @Test func aRefusedEventHasTenTries() {
        var random = SeededRandom(seed: 1)
        var kept: RefusedEvent?
        for attempt in 1...10 {
            kept = EndpointPlanner.refused(
                Self.failure, at: EventPlace(rawValue: 3), of: ContractID(rawValue: 1), before: kept,
                now: Self.now + .seconds(attempt), random: &random)
            #expect(kept?.attempts == attempt && kept?.state == (attempt == 10 ? .dead : .waiting))
        }
        #expect(kept?.firstRefused == Self.now + .seconds(1) && kept?.lastRefused == Self.now + .seconds(10))
    }
}
