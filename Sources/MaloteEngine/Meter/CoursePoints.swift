// Turns kept samples into the points of a chart; pure.

import MaloteCore

/// A span of time, cut into at most 288 steps of whole slots.
package struct CoursePoints: Sendable {
    private static let mostPoints: Int64 = 288
    private static let slotsOfHour: Int64 = 12

    /// Slots of one point.
    let stride: Int64
    package let first: Int64
    private let last: Int64

    /// - Parameter hours: 1 to 168; more or less is taken for that.
    package init(hours: Int, now: Timestamp) {
        let slots = Int64(min(max(hours, 1), 168)) * Self.slotsOfHour
        stride = (slots + Self.mostPoints - 1) / Self.mostPoints
        last = CourseSample.slot(of: now)
        // Points begin at the same times whenever they are asked for.
        first = (last - slots + 1).flooredDivision(by: stride).quotient * stride
    }

    package var step: Int { Int(stride * CourseSample.slotMilliseconds / 1000) }
    package var from: Timestamp { time(of: first) }

    /// - Parameter worked: slots in which the daemon worked: there a missing sample stands for nothing to tell.
    package func points(_ samples: [CourseSample], worked: Set<Int64>) -> [Course.Point] {
        var sums: [Int64: CourseSample] = [:]
        let none = CourseSample(contract: samples.first?.contract ?? CourseSample.daemon, slot: 0)
        for slot in worked where slot >= first { sums[place(of: slot), default: none].add(none) }
        for sample in samples where sample.slot >= first { sums[place(of: sample.slot), default: none].add(sample) }
        return sums.sorted { $0.key < $1.key }.map { place, sum in
            Course.Point(sum, time: time(of: first + place * stride))
        }
    }

    private func place(of slot: Int64) -> Int64 { (slot - first) / stride }
    private func time(of slot: Int64) -> Timestamp { Timestamp(milliseconds: slot * CourseSample.slotMilliseconds) }
}
