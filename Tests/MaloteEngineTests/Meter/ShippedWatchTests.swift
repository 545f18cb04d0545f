// What is shipped for Prometheus and Grafana asks only for what there is.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ShippedWatchTests {
    /// Names of samples, as the daemon tells them.
    private static var samples: Set<String> {
        let status = StatusReport(
            version: "", now: Timestamp(seconds: 0), started: Timestamp(seconds: 0), mailboxes: [], lanes: [])
        return Set(
            MetricReport(status: status, registry: Registry()).families.flatMap { family in
                switch family.kind {
                case .counter: [family.name + "_total"]
                case .gauge: [family.name]
                case .histogram: ["_bucket", "_sum", "_count"].map { family.name + $0 }
                }
            })
    }

    private static func text(_ file: String) throws -> String {
        try String(contentsOfFile: "\(projectFolder)/etc/\(file)", encoding: .utf8)
    }

    private static func names(in text: String) -> Set<String> {
        Set(
            text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
                .filter { $0.hasPrefix("malote_") || $0.hasPrefix("process_") })
    }

    @Test(arguments: ["grafana-dashboard.json", "prometheus.rules.yaml"])
    func everyMetricThatIsAskedForIsTold(_ file: String) throws {
        let asked = Self.names(in: try Self.text(file))
        #expect(asked.count >= 10)
        #expect(asked.subtracting(Self.samples).isEmpty, "\(asked.subtracting(Self.samples).sorted())")
    }

    @Test func theDashboardShowsNearlyEverything() throws {
        let asked = Self.names(in: try Self.text("grafana-dashboard.json"))
        let told = Self.samples.filter { !$0.hasSuffix("_sum") && !$0.hasSuffix("_count") }
        let elsewhere: Set = ["process_start_time_seconds", "malote_messages_received_bytes_total", "malote_contracts"]
        #expect(told.subtracting(asked) == elsewhere)
    }

    @Test func theDashboardIsSoundJSONWithPanelsOfItsOwn() throws {
        let data = Data(try Self.text("grafana-dashboard.json").utf8)
        let board = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let panels = try #require(board["panels"] as? [[String: Any]])
        let ids = panels.compactMap { $0["id"] as? Int }
        #expect(panels.count > 20 && Set(ids).count == panels.count)
        #expect(board["schemaVersion"] as? Int == 38 && board["uid"] as? String == "malote")
    }
}
