// The walk itself must be able to fail: pages with every fault that it looks for.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealBrowser.isPossible, "pages need Chromium"))
struct PageWalkFaultTests {
    private static let whole = """
        <!DOCTYPE html><html lang="en"><head><title>x</title><link rel="icon" href="data:,"></head>
        <body><main><h1>x</h1>BODY</main></body></html>
        """

    /// What stands in the body, and what the walk must say of it.
    private static let cases: [(body: String, fault: String)] = [
        ("<h1>again</h1>", "2 headings of the first order"), ("<script></script>", "has a script"),
        ("<p style=\"color:red\">x</p>", "has styles of its own"),
        ("<p id=\"a\"></p><p id=\"a\"></p>", "twice the id a"),
        ("<input name=\"n\">", "no label for n"), ("<a href=\"#\"></a>", "a link or button without words"),
        ("<input aria-label=\"x\" aria-describedby=\"gone\">", "nothing has the id gone"),
        ("<table><tr><td>x</td></tr></table>", "a table without a caption"),
        ("<svg width=\"5\" height=\"5\"></svg>", "a picture without words"),
        ("<form method=\"post\"></form>", "a form without its key"), ("<h3>x</h3>", "a heading leaps to H3"),
        ("<img alt=\"x\" src=\"http://tracker.example/x.png\">", "asks for http://tracker.example/x.png"),
        ("<pre>" + String(repeating: "x", count: 3000) + "</pre>", "is wider than the window"),
        ("<p>{name} of Optional(3)</p>", "prints something unfinished"),
        ("<a href=\"/gone.html\">x</a>", "answers 404"),
    ]

    @Test func eachFaultIsSeen() async throws {
        let folder = try TemporaryFolder()
        for (number, item) in Self.cases.enumerated() {
            let page = Self.whole.replacingOccurrences(of: "BODY", with: item.body)
            try page.write(toFile: "\(folder.path)/\(number).html", atomically: true, encoding: .utf8)
        }
        let log = folder.path + "/server.log"
        let server = try Child(
            "/usr/bin/python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder.path],
            output: log, errors: log)
        defer {
            server.signal(SIGTERM)
            _ = server.wait(within: .seconds(5))
        }
        var port = ""
        #expect(
            try await eventually {
                let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
                port = text.firstMatch(of: /port ([0-9]+)/).map { String($0.output.1) } ?? ""
                return !port.isEmpty
            })
        let browser = try await RealBrowser(in: folder.path + "/browser")
        for (number, item) in Self.cases.enumerated() {
            var walk = PageWalk(browser, base: "http://127.0.0.1:\(port)", language: "en")
            try walk.walk(from: "/\(number).html")
            #expect(walk.faults.contains { $0.contains(item.fault) }, "\(item.body): \(walk.faults)")
        }
        try Self.whole.write(toFile: folder.path + "/whole.html", atomically: true, encoding: .utf8)
        var walk = PageWalk(browser, base: "http://127.0.0.1:\(port)", language: "en")
        try walk.walk(from: "/whole.html")
        #expect(walk.faults.isEmpty && walk.seen == ["/whole.html"], "\(walk.faults)")
    }
}
