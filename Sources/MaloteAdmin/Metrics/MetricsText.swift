// Metric families as text for scrapers; pure.

import MaloteCore

/// OpenMetrics 1.0 for whoever asks for it, else the older text format (0.0.4) that every scraper reads.
enum MetricsText: Sendable, CaseIterable {
    case openMetrics, plain

    /// - Parameter accept: the request's header.
    init(accept: String?) {
        self = accept?.lowercased().contains("application/openmetrics-text") == true ? .openMetrics : .plain
    }

    var contentType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .plain: "text/plain; version=0.0.4; charset=utf-8"
        }
    }

    func write(_ families: [MetricFamily]) -> String {
        var lines: [String] = []
        for family in families {
            // In the older format a counter's name is the sample's.
            let name = self == .plain && family.kind == .counter ? family.name + "_total" : family.name
            lines.append("# TYPE \(name) \(family.kind.rawValue)")
            if self == .openMetrics, !family.unit.isEmpty { lines.append("# UNIT \(name) \(family.unit)") }
            lines.append("# HELP \(name) \(escaped(family.help, quotes: self == .openMetrics))")
            for sample in family.samples { lines += write(sample, of: family) }
        }
        if self == .openMetrics { lines.append("# EOF") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func write(_ sample: MetricFamily.Sample, of family: MetricFamily) -> [String] {
        switch sample.value {
        case .number(let number):
            let suffix = family.kind == .counter ? "_total" : ""
            return ["\(family.name)\(suffix)\(labels(sample.labels)) \(Self.text(number))"]
        case .histogram(let histogram):
            var (lines, sum): ([String], UInt64) = ([], 0)
            for (bound, count) in zip(histogram.bounds.map(Self.bound) + ["+Inf"], histogram.counts) {
                sum += count
                lines.append("\(family.name)_bucket\(labels(sample.labels + [.init("le", bound)])) \(sum)")
            }
            return lines + [
                "\(family.name)_count\(labels(sample.labels)) \(sum)",
                "\(family.name)_sum\(labels(sample.labels)) \(Self.text(histogram.sum))",
            ]
        }
    }

    private func labels(_ labels: [MetricFamily.Label]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whole numbers without a point.
    private static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    /// A bucket's bound is a label: always with its point, so that it never changes its form.
    private static func bound(_ number: Double) -> String { "\(number)" }
}
