// What a server of ours wrote counts, what the sender made look like it does not.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct FindingsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Values of X-Spam-Flag, and lines of Received, from the top.
        var lines: [String]
        var trusted: [String] = []
        var counts: [String]
    }

    private static let outside =
        "Received: from mx.example.com (mx.example.com [192.0.2.7]) by MX.Acme.Example with ESMTP"
    private static let filter = "Received: from localhost (localhost [127.0.0.1]) by mx.acme.example with ESMTP"
    private static let local = "Received: by mx.acme.example (Postfix, from userid 112)"
    private static let delivery = "Received: from mx.acme.example (mx.acme.example [192.0.2.1]) by store.acme.example"
    private static let forged = "Received: from a (a [192.0.2.9]) by mx.acme.example with ESMTP"
    private static let ours = ["mx.acme.example"]

    static let cases: [Case] = [
        Case(testDescription: "above the last server", lines: ["1", outside, "2"], counts: ["1"]),
        Case(testDescription: "nothing above", lines: [outside, "2"], counts: []),
        Case(testDescription: "no server at all", lines: ["1", "2"], counts: ["1", "2"]),
        Case(
            testDescription: "behind a filter", lines: ["0", filter, "1", local, "2", outside, "3"],
            counts: ["0", "1", "2"]),
        Case(testDescription: "a further server, not named", lines: ["0", delivery, "1", outside, "2"], counts: ["0"]),
        Case(
            testDescription: "a further server, the border named", lines: ["0", delivery, "1", outside, "2"],
            trusted: ours, counts: ["0", "1"]),
        Case(
            testDescription: "the sender repeats our line", lines: ["0", outside, "1", forged, "2"], trusted: ours,
            counts: ["0"]),
        Case(
            testDescription: "the sender repeats the filter's", lines: [outside, "1", filter, "2"], trusted: ours,
            counts: []),
        Case(
            testDescription: "none of ours", lines: ["0", "Received: from a (a [192.0.2.9]) by b", "1"], trusted: ours,
            counts: []),
        Case(
            testDescription: "a name that is a word",
            lines: ["0", "Received: from by (by [192.0.2.9]) by mx.acme.example", "1"], trusted: ours, counts: ["0"]),
        Case(
            testDescription: "a greeting that names us",
            lines: ["0", "Received: from [127.0.0.1] (a [192.0.2.9]) by mx.acme.example", "1", forged, "2"],
            trusted: ours, counts: ["0"]),
        Case(
            testDescription: "us in a comment", lines: ["0", "Received: from a (by mx.acme.example) by b", "1"],
            trusted: ours, counts: []),
    ]

    @Test(arguments: cases)
    func onlyOurServersFindAnything(_ item: Case) {
        let headers = item.lines.map { line -> MessageView.Header in
            line.hasPrefix("Received: ")
                ? .init(name: "Received", value: String(line.dropFirst(10))) : .init(name: "x-SPAM-flag", value: line)
        }
        let findings = Findings(headers, trusted: item.trusted)
        #expect(findings.values(of: "X-Spam-Flag", anywhere: false) == item.counts)
        #expect(findings.values(of: "X-Spam-Flag", anywhere: true) == item.lines.filter { $0.count == 1 })
    }

    @Test(arguments: [
        ("X-Spam-Flag", true), ("Authentication-Results", true), ("ARC-Seal", true), ("Received-SPF", true),
        ("List-Id", false), ("Precedence", false), ("Subject", false), ("Xylophone", false),
    ])
    func whatASenderWritesCountsAnywhere(_ name: String, _ isFinding: Bool) {
        let headers: [MessageView.Header] = [
            .init(name: "Received", value: "from a (a [192.0.2.9]) by b"), .init(name: name, value: "v"),
        ]
        #expect(Findings(headers, trusted: []).values(of: name, anywhere: false) == (isFinding ? [] : ["v"]))
    }
}
