// When people are told: once a change, daily while it lasts, never a flood.

import MaloteCore
import Testing

@testable import MaloteEngine

@Suite struct AlertPlannerTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    private static func failing(_ subject: String = "acme-in", level: Int = 1) -> Alert {
        Alert(.mailboxFailing, subject, level: level, detail: "It fails.", since: start)
    }

    /// One look a minute.
    private func turns(
        _ looks: [[Alert]], undecided: (Alert) -> Bool = { _ in false }, every: Duration = .seconds(60)
    ) -> [[AlertNews.Turn]] {
        var planner = AlertPlanner()
        var now = Self.start
        return looks.map { findings in
            now = now + every
            return planner.look(findings, undecided: undecided, now: now).map(\.turn)
        }
    }

    @Test func whatBeginsIsToldOnceAndItsEndOnce() {
        let looks = [[], [Self.failing()], [Self.failing()]] + Array(repeating: [Alert](), count: 8)
        #expect(
            turns(looks).enumerated().filter { !$0.element.isEmpty }.map { "\($0.offset) \($0.element)" }
                == ["1 \([AlertNews.Turn.begun])", "8 \([AlertNews.Turn.over])"])
    }

    @Test func whatGetsWorseIsToldAndWhatGetsBetterIsNot() {
        let levels = [1, 2, 1, 2, 3, 1]
        #expect(
            turns(levels.map { [Self.failing(level: $0)] }) == [[.begun], [.worse], [], [], [.worse], []])
    }

    @Test func whatComesAndGoesIsOneAlert() {
        let flapping = (0..<600).map { $0.isMultiple(of: 2) ? [Self.failing()] : [] }
        #expect(turns(flapping).flatMap { $0 } == [.begun])
    }

    @Test func whatLastsIsToldDaily() {
        let hours = Array(repeating: [Self.failing()], count: 60)
        let told = turns(hours, every: .seconds(3600)).enumerated().filter { !$0.element.isEmpty }.map(\.offset)
        #expect(told == [0, 24, 48])
    }

    @Test func whatNobodyCanDecideStays() {
        let looks = [[Self.failing()]] + Array(repeating: [Alert](), count: 30)
        #expect(turns(looks, undecided: { _ in true }).flatMap { $0 } == [.begun])
    }

    @Test func manyAtOnceAreNewsOfOneLook() {
        let many = (0..<200).map { Self.failing("m\($0)") }
        #expect(turns([many, many]).map(\.count) == [200, 0])
    }

    @Test func aRestartTellsNothingAgain() {
        var before = AlertPlanner()
        #expect(before.look([Self.failing()], now: Self.start).count == 1)
        var after = AlertPlanner(before.alerts)
        #expect(after.look([Self.failing()], now: Self.start + .seconds(60)).isEmpty)
        #expect(after.look([], now: Self.start + .seconds(120)).isEmpty)
        #expect(after.look([], now: Self.start + .seconds(420)).map(\.turn) == [.over])
        #expect(after.alerts.isEmpty)
    }

    @Test func aClockThatWasSetBackKeepsNothingForEver() {
        var planner = AlertPlanner()
        _ = planner.look([Self.failing()], now: Self.start)
        _ = planner.look([], now: Self.start + .seconds(60))
        // An hour back: it becomes calm by the new clock.
        let back = Self.start + .seconds(-3600)
        #expect(planner.look([], now: back).isEmpty)
        #expect(planner.look([], now: back + .seconds(300)).map(\.turn) == [.over])
    }
}
