// The hostile HTML that is checked in, and what the mail room and its page make of it; knows no rule of either.

import Foundation
import MaloteCore
import MaloteMessage
import MaloteTestKit
import Testing

@testable import MaloteAdmin

/// Tests/Fixtures/html/hostile.txt, one mail a vector.
struct HostileHTML: Sendable, CustomTestStringConvertible {
    var name: String
    var html: String
    var testDescription: String { name }

    static let all: [HostileHTML] = {
        let path = "\(projectFolder)/Tests/Fixtures/html/hostile.txt"
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        return text.components(separatedBy: "\n==== ").dropFirst().map { part in
            let lines = part.split(separator: "\n", maxSplits: 1)
            let html = lines.count > 1 ? String(lines[1]) : ""
            return HostileHTML(
                name: String(lines[0]),
                html: html.replacing(/\\u\{([0-9A-F]+)\}/) { match in
                    UInt32(match.output.1, radix: 16).flatMap(Unicode.Scalar.init).map(String.init) ?? ""
                })
        } + deep
    }()

    /// Whose point is their size.
    private static let deep = [
        HostileHTML(name: "a hundred thousand levels", html: String(repeating: "<div><b><table><td>", count: 25_000)),
        HostileHTML(
            name: "a hundred thousand handlers",
            html: "<p " + (0..<100_000).map { "on\($0)=alert(1) " }.joined() + ">x</p>"),
        HostileHTML(name: "a hundred thousand ends", html: String(repeating: "</p><!---->", count: 100_000)),
        HostileHTML(
            name: "a long address", html: "<a href=\"https://x/\(String(repeating: "a", count: 100_000))\">x</a>"),
    ]

    /// As a whole mail with this HTML.
    var mail: [UInt8] {
        Array(
            """
            From: Eve <eve@probe.example>\r
            To: help@acme.example\r
            Subject: \(name)\r
            MIME-Version: 1.0\r
            Content-Type: text/html; charset=utf-8\r
            Content-Transfer-Encoding: base64\r
            \r
            \(Data(html.utf8).base64EncodedString(options: .lineLength76Characters))\r

            """.utf8)
    }

    /// What the mail room makes of it.
    func reading() throws -> MessageReading {
        let view = try MailCodec(hashing: FakeHashing()).view(RawMessage(mail))
        var line = FakeControl.line
        line.subject = view.subject
        let report = MessageReport(line: line, view: view, attachments: [], reason: nil)
        return MessageReading(report: report, headers: view.headers, html: view.html)
    }
}
