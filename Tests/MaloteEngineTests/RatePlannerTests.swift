// Rates: never more than was agreed in any minute or day, and everybody gets a turn.

import MaloteCore
import Testing

@testable import MaloteEngine

@Suite struct RatePlannerTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    /// Whoever takes what it is granted, as often as it likes, at random times.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func noMinuteAndNoDayTakesMoreThanAgreed(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let rate = SendingRate(minute: 7, day: 300)
        var planner = RatePlanner(rate: rate)
        var (now, sent) = (start, [Timestamp]())
        while now < start + .seconds(3 * 86_400) {
            let granted = planner.grant(lane(1, 1), rivals: [], now: now) ?? 1000
            let used = granted > 0 ? Int.random(in: 0...granted, using: &random) : 0
            planner.giveBack(granted - used, granted: now)
            sent += Array(repeating: now, count: used)
            now = now + .milliseconds(Int64.random(in: 1...400_000, using: &random))
        }
        for (span, limit) in [(Duration.seconds(60), 7), (.seconds(86_400), 300)] {
            for place in sent.indices.dropFirst(limit) {
                #expect(sent[place] - sent[place - limit] >= span)
            }
        }
        // It is a limit, not a stop.
        #expect(sent.count > 600)
    }

    @Test func itSaysWhenTheNextMayLeave() throws {
        var planner = RatePlanner(rate: SendingRate(minute: 2))
        #expect(planner.opens(now: start) == nil)
        #expect(planner.grant(lane(1, 1), rivals: [], now: start) == 2)
        #expect(planner.grant(lane(1, 1), rivals: [], now: start) == 0)
        let opens = try #require(planner.opens(now: start))
        #expect(opens - start >= .seconds(60) && opens - start <= .seconds(65))
        #expect(planner.left(now: opens) == 2)
        #expect(planner.opens(now: opens) == nil)
    }

    @Test func withoutARateNothingIsLimited() {
        var planner = RatePlanner(rate: SendingRate())
        #expect(planner.grant(lane(1, 1), rivals: [], now: start) == nil)
        #expect(planner.left(now: start) == nil && planner.opens(now: start) == nil)
    }

    @Test func whatEarlierRunsHandedOverCounts() {
        let first = RatePlanner(rate: SendingRate(minute: 5, day: 9))
        let kept = first.entries(4, now: start)
        #expect(kept.map(\.span) == [.minute, .day])
        let next = RatePlanner(rate: SendingRate(minute: 5, day: 9), counted: kept)
        #expect(next.left(now: start) == 1)
        #expect(next.left(now: start + .seconds(70)) == 5)
    }

    /// One message a minute and three lanes: each has every third.
    @Test func lanesTakeTurns() {
        var planner = RatePlanner(rate: SendingRate(minute: 1))
        let lanes = (1...3 as ClosedRange<Int64>).map { lane($0, 1) }
        var (now, order) = (start, [Int64]())
        for _ in 0..<9 {
            for lane in lanes {
                let granted = planner.grant(lane, rivals: lanes.filter { $0 != lane }, now: now) ?? 0
                if granted > 0 { order.append(lane.contract.rawValue) }
            }
            now = planner.opens(now: now) ?? now
        }
        #expect(order == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }

    /// After a clock was set back nothing waits for the future to come.
    @Test func aClockThatWasSetBackDoesNotStopTheOutbox() {
        var planner = RatePlanner(rate: SendingRate(minute: 1, day: 1))
        _ = planner.grant(lane(1, 1), rivals: [], now: start + .seconds(30 * 86_400))
        #expect(planner.left(now: start) == 1)
    }
}

@Suite struct DelayBookTests {
    @Test func theWorstOfTheLastHourIsKept() {
        var book = DelayBook()
        let (contract, start) = (ContractID(rawValue: 1), Timestamp(seconds: 1_800_000_000))
        book.note(contract, .zero, now: start)
        #expect(book.worst(contract, now: start) == nil)
        book.note(contract, .seconds(9), now: start)
        book.note(contract, .seconds(3), now: start + .seconds(1800))
        #expect(book.worst(contract, now: start + .seconds(1800)) == .init(delay: .seconds(9), time: start))
        #expect(book.worst(contract, now: start + .seconds(4000))?.delay == .seconds(3))
        #expect(book.worst(contract, now: start + .seconds(8000)) == nil)
        #expect(book.worst(ContractID(rawValue: 2), now: start) == nil)
    }
}
