// Numbers over time as a picture; pure: the same numbers make the same picture, and it knows nothing of their meaning.

import MaloteCore

/// A line chart as inline SVG. Lines differ in dashes, too: nobody must tell colours apart.
struct Chart {
    struct Series {
        var name: String
        /// In the order of `times`.
        var values: [Int]
    }

    private static let (width, height) = (720.0, 220.0)
    private static let (left, right, top, bottom) = (64.0, 8.0, 10.0, 24.0)

    /// What is said to those who do not see it.
    var spoken: String
    var from: Timestamp
    var until: Timestamp
    /// Seconds from one point to the next; where more are missing, the line has a gap.
    var step: Int
    var times: [Timestamp]
    var series: [Series]
    /// What the axis is divided into: 60 for minutes of a value in seconds.
    var unit = 1
    /// How a value is written beside the axis.
    var label: (Int) -> String
    var timeLabel: (Timestamp) -> String

    var html: HTMLText {
        let most = most
        let lines = series.enumerated().map { index, one -> HTMLText in
            "<path class=\"line line-\(String(index + 1))\" d=\"\(path(one.values, most))\"/>"
        }
        let keys = series.enumerated().map { index, one -> HTMLText in
            """
            <li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line line-\(String(index + 1))" d="M0 4H28"/></svg>
            \(one.name)</li>
            """
        }
        return """
            <svg class="chart" viewBox="0 0 \(Self.text(Self.width)) \(Self.text(Self.height))" role="img" aria-label="\(spoken)">
            \(rows(most))\(columns)\(lines)</svg><ul class="keys">\(keys)</ul>
            """
    }

    /// Where the axis ends: four times a number that is easily read, and not below the value; at least 4.
    static func ceiling(_ value: Int) -> Int {
        var unit = 1
        while unit < Int.max / 1000 {
            for tenths in [10, 15, 20, 25, 30, 40, 50] where unit * tenths % 10 == 0 {
                let quarter = unit * tenths / 10
                if quarter * 4 >= value { return quarter * 4 }
            }
            unit *= 10
        }
        return value
    }

    /// The same in whole units.
    private var most: Int {
        let value = max(0, series.flatMap(\.values).max() ?? 0)
        let (units, rest) = value.quotientAndRemainder(dividingBy: max(1, unit))
        let (most, isTooMuch) = Self.ceiling(units + (rest > 0 ? 1 : 0)).multipliedReportingOverflow(by: max(1, unit))
        return isTooMuch ? value : most
    }

    // MARK: - Places

    private func x(_ time: Timestamp) -> Double {
        let span = max(1, Double((until - from).milliseconds))
        let part = min(1, max(0, Double((time - from).milliseconds) / span))
        return Self.left + part * (Self.width - Self.left - Self.right)
    }

    private func y(_ value: Int, _ most: Int) -> Double {
        let part = min(1, max(0, Double(value) / Double(most)))
        return Self.height - Self.bottom - part * (Self.height - Self.top - Self.bottom)
    }

    /// Tenths are enough.
    private static func text(_ place: Double) -> String {
        let tenths = Int((place * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// Stairs: a value stands for all of its step.
    private func path(_ values: [Int], _ most: Int) -> String {
        var path = ""
        var last: Timestamp?
        for (time, value) in zip(times, values) {
            let isGap = last.map { (time - $0).milliseconds > Int64(step) * 1500 } ?? true
            let end = x(time + .seconds(step))
            path += "\(isGap ? "M" : "L")\(Self.text(x(time))) \(Self.text(y(value, most)))H\(Self.text(end))"
            last = time
        }
        return path
    }

    // MARK: - Axes

    private func rows(_ most: Int) -> HTMLText {
        let lines = (0...4).map { quarter -> HTMLText in
            let value = most / 4 * quarter + most % 4 * quarter / 4
            let place = y(value, most)
            return """
                <path class="rule" d="M\(Self.text(Self.left)) \(Self.text(place))H\(Self.text(Self.width - Self.right))"/>
                <text x="\(Self.text(Self.left - 6))" y="\(Self.text(place + 4))" text-anchor="end">\(label(value))</text>
                """
        }
        return "\(lines)"
    }

    private var columns: HTMLText {
        let parts = 6
        let span = (until - from).milliseconds
        let labels = (0...parts).map { part -> HTMLText in
            let time = from + .milliseconds(span * Int64(part) / Int64(parts))
            let anchor = part == 0 ? "start" : part == parts ? "end" : "middle"
            return """
                <text x="\(Self.text(x(time)))" y="\(Self.text(Self.height - 6))" text-anchor="\(anchor)">\(timeLabel(time))</text>
                """
        }
        return "\(labels)"
    }
}
