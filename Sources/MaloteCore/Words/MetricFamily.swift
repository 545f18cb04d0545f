// One thing that is counted or measured, with its readings; knows neither where they come from nor how they are written.

/// A metric family in the sense of OpenMetrics 1.0: one name, one kind, one sample for each set of labels.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case counter, gauge, histogram }

    package struct Label: Sendable, Hashable {
        package var name: String
        package var value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package enum Value: Sendable, Hashable {
        case number(Double)
        case histogram(Histogram)
    }

    /// How often values of each size came.
    package struct Histogram: Sendable, Hashable {
        /// Upper bounds, rising, without the last, which is infinity.
        package let bounds: [Double]
        /// How many fell into each bucket, not added up; one more than there are bounds.
        package private(set) var counts: [UInt64]
        package private(set) var sum: Double

        package init(bounds: [Double]) {
            self.bounds = bounds
            counts = Array(repeating: 0, count: bounds.count + 1)
            sum = 0
        }

        package mutating func note(_ value: Double) {
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
            sum += value
        }

        package var count: UInt64 { counts.reduce(0, +) }
    }

    package struct Sample: Sendable, Hashable {
        package var labels: [Label]
        package var value: Value

        package init(_ labels: [Label] = [], _ value: Value) {
            self.labels = labels
            self.value = value
        }
    }

    /// Without the suffixes that a kind adds (`_total`, `_bucket`, ...); ends in the unit if there is one.
    package var name: String
    package var kind: Kind
    /// A base unit: `seconds`, `bytes`. Empty for plain counts.
    package var unit: String
    /// One sentence.
    package var help: String
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, unit: String = "", help: String, samples: [Sample] = []) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.samples = samples
    }
}
