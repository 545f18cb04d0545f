// The text of metrics: a strict reader finds what was written, and who may ask for it.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct MetricsTextTests {
    private static let nasty = "a\"b\\c\nd é"

    private var families: [MetricFamily] {
        var histogram = MetricFamily.Histogram(bounds: [0.1, 1])
        for value in [0.05, 0.5, 0.6, 4] { histogram.note(value) }
        return [
            MetricFamily(
                "x_messages", .counter, help: "What \"is\" \\ it?\nTwo lines.",
                samples: [
                    .init([.init("contract", Self.nasty)], .number(3)),
                    .init([.init("contract", "b"), .init("kind", "k")], .number(0.5)),
                ]),
            MetricFamily("x_age_seconds", .gauge, unit: "seconds", help: "Age.", samples: [.init([], .number(1e9))]),
            MetricFamily("x_none", .gauge, help: "None."),
            MetricFamily(
                "x_took_seconds", .histogram, unit: "seconds", help: "Took.",
                samples: [.init([.init("door", "tcp")], .histogram(histogram))]),
        ]
    }

    @Test func whatIsWrittenReadsBackStrictly() throws {
        let reader = try OpenMetricsReader(MetricsText.openMetrics.write(families))
        #expect(
            reader.families == [
                "x_messages": "counter", "x_age_seconds": "gauge", "x_none": "gauge", "x_took_seconds": "histogram",
            ])
        #expect(
            reader.samples == [
                .init(name: "x_messages_total", labels: ["contract": Self.nasty], value: 3),
                .init(name: "x_messages_total", labels: ["contract": "b", "kind": "k"], value: 0.5),
                .init(name: "x_age_seconds", labels: [:], value: 1e9),
                .init(name: "x_took_seconds_bucket", labels: ["door": "tcp", "le": "0.1"], value: 1),
                .init(name: "x_took_seconds_bucket", labels: ["door": "tcp", "le": "1.0"], value: 3),
                .init(name: "x_took_seconds_bucket", labels: ["door": "tcp", "le": "+Inf"], value: 4),
                .init(name: "x_took_seconds_count", labels: ["door": "tcp"], value: 4),
                .init(name: "x_took_seconds_sum", labels: ["door": "tcp"], value: 5.15),
            ])
    }

    @Test(arguments: [
        "# TYPE x counter\n# HELP x H.\nx 1\n# EOF\n", "# TYPE x counter\n# HELP x H.\nx_total 1\n",
        "# TYPE x gauge\nx 1\n# EOF\n", "# TYPE x gauge\n# HELP x H.\nx{a=\"\\q\"} 1\n# EOF\n",
        "# TYPE x gauge\n# UNIT x bytes\n# HELP x H.\nx 1\n# EOF\n", "# TYPE x gauge\n# HELP x H.\nx 1\nx 2\n# EOF\n",
    ])
    func theReaderIsStrict(_ text: String) {
        #expect(throws: OpenMetricsReader.Wrong.self) { try OpenMetricsReader(text) }
    }

    @Test func theOlderFormatHasTheSamplesNamesAndNoEnd() {
        let text = MetricsText.plain.write(families)
        #expect(text.contains("# TYPE x_messages_total counter\n"))
        #expect(text.contains("x_messages_total{contract=\"a\\\"b\\\\c\\nd é\"} 3\n"))
        #expect(!text.contains("# EOF") && !text.contains("# UNIT"))
    }

    @Test(
        arguments: [
            (nil, "text/plain; version=0.0.4; charset=utf-8"), ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
            (
                "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            ),
        ] as [(String?, String)])
    func whoAsksForItGetsOpenMetrics(_ accept: String?, type: String) async {
        let router = AdminRouter(control: FakeControl(), door: .controlSocket) { true }
        let response = await router.respond(
            to: HTTPRequest("GET", "/metrics", headers: accept.map { ["accept": $0] } ?? [:]))
        #expect(response.status == 200 && response.headers["Content-Type"] == type)
    }

    @Test(
        arguments: [
            ("127.0.0.1", [:], 200), ("::", [:], 200), ("192.0.2.1", [:], 401), ("", [:], 401),
            ("127.0.0.1", ["x-forwarded-for": "192.0.2.1"], 401), ("127.0.0.1", ["forwarded": "for=192.0.2.1"], 401),
        ] as [(String, [String: String], Int)])
    func onTCPOnlyThisMachineMayAsk(_ client: String, headers: [String: String], status: Int) async {
        let router = AdminRouter(control: FakeControl(), door: .tcp) { true }
        let request = HTTPRequest("GET", "/metrics", headers: headers, client: client)
        #expect(await router.respond(to: request).status == status)
    }

    @Test(
        arguments: [("wrong", 401), ("acme", 403), ("eye", 200), ("good", 200)])
    func fromElsewhereATokenThatSeesEverythingIsAskedFor(_ token: String, status: Int) async {
        let callers = [
            "good": GuardedControlTests.admin, "eye": GuardedControlTests.reader, "acme": GuardedControlTests.narrow,
        ]
        let router = AdminRouter(control: FakeControl(callers: callers), door: .tcp) { true }
        let headers = ["authorization": "Bearer \(token)"]
        let request = HTTPRequest("GET", "/metrics", headers: headers, client: "192.0.2.1")
        #expect(await router.respond(to: request).status == status)
    }

    @Test(
        arguments: [
            ("GET", "/v1/course", [:], 200, "course - 24"),
            ("GET", "/v1/course", ["contract": "a", "hours": "3"], 200, "course a 3"),
            ("GET", "/v1/course", ["hours": "x"], 422, ""), ("POST", "/v1/course", [:], 405, ""),
            ("GET", "/v1/alerts", [:], 200, "alerts"), ("POST", "/v1/alerts/test", [:], 201, "test alert"),
            ("DELETE", "/v1/alerts", [:], 405, ""), ("GET", "/v1/alerts/test", [:], 405, ""),
            ("GET", "/v1/alerts/x", [:], 404, ""),
        ] as [(String, String, [String: String], Int, String)])
    func numbersAndAlertsHaveTheirRoutes(
        _ method: String, path: String, query: [String: String], status: Int, call: String
    ) async {
        let control = FakeControl()
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        #expect(await router.respond(to: HTTPRequest(method, path, query: query)).status == status)
        #expect(control.calls == (call.isEmpty ? [] : [call]))
    }
}
