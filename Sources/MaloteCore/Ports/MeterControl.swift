// The part of the operators' port that tells numbers, now and over time; knows no format and no chart.

package protocol MeterControl: Sendable {
    /// Everything that is counted or measured, as it is now. Contracts beyond the first 500 by name are taken together
    /// as `other`.
    func metrics() async throws(Problem) -> [MetricFamily]

    /// How contracts have been doing, at most 288 points each: five minutes a point for a day.
    /// - Parameters:
    ///   - contract: `nil` for the first 100 by name.
    ///   - hours: 1 to 168; more or less is taken for that.
    func course(contract: String?, hours: Int) async throws(Problem) -> Course
}
