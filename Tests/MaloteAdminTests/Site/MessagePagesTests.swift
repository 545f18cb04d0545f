// What the pages show of mails, and that nothing of a mail gets out of its frame.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteAdmin

struct MessagePagesTests {
    private static func reading(
        _ change: (inout MessageView) -> Void = { _ in }, html: String? = nil, files: [MessageView.Attachment] = []
    ) -> MessageReading {
        var view = MessageView()
        view.subject = "Hi"
        view.from = MailAddress(name: "Ana <b>", address: "ana@x")
        view.text = "My <printer> burns."
        view.attachments = files
        change(&view)
        let report = MessageReport(
            line: FakeControl.line, view: view, attachments: files.map { .init($0, refused: nil) }, reason: "New.")
        return MessageReading(
            report: report, headers: [.init(name: "X-<y>", value: "\u{202E}z")], html: html)
    }

    private static func browser(
        _ reading: MessageReading = reading(), role: Caller.Role = .admin, language: PageLanguage = .english,
        _ change: (inout FakeContent) -> Void = { _ in }
    ) async -> (Browser, FakeControl) {
        var content = FakeContent()
        content.reading = reading
        change(&content)
        let control = FakeControl(content)
        return (await Browser.signedIn(control, role: role, language: language), control)
    }

    @Test("the list asks for what was chosen, and goes on behind its last line", arguments: PageLanguage.allCases)
    func list(language: PageLanguage) async {
        let lines = (0..<50).map { number in
            var line = FakeControl.line
            line.id = MessageID(rawValue: Int64(100 - number))
            line.subject = number == 0 ? " " : "<b>Subject</b>\u{202E}"
            return line
        }
        let (browser, control) = await Self.browser(language: language) { $0.lines = lines }
        let page = await browser.get(
            "/messages?contract=acme&inbox=&fate=opened&search=x+y&since=2026-01-02&ticket=ACME-1")
        #expect(page.status == 200)
        #expect(control.calls.last == "messages acme - ACME-1 opened 2026-01-02 x y 0 50")
        #expect(page.text.contains("&lt;b&gt;Subject&lt;/b&gt;\u{FFFD}</a>"))
        #expect(
            page.text.contains(
                "href=\"/messages?before=51&amp;contract=acme&amp;fate=opened&amp;search=x%20y&amp;since"))
        #expect(page.text.contains("href=\"/tickets/ACME-1?contract=acme\""))
        #expect(page.text.contains(language.words(MessageWords.self).noSubject))
        _ = await browser.get("/messages?before=51")
        #expect(control.calls.last == "messages - - - - - - 51 50")
        #expect(await browser.get("/messages?before=x").status == 422)
    }

    @Test("a caller of one contract is asked for no other")
    func bound() async {
        let (browser, control) = await Self.browser(role: .reader(Sample.name("acme")))
        let page = await browser.get("/messages?contract=other")
        #expect(control.calls.last == "messages acme - - - - - 0 50")
        #expect(!page.text.contains("id=\"f-contract\""))
        _ = await browser.get("/messages/7")
        #expect(control.calls.suffix(2) == ["reading 7 acme", "explain 7 acme"])
    }

    @Test("a message is shown with its text, header and reasons, all escaped", arguments: PageLanguage.allCases)
    func message(language: PageLanguage) async {
        let (browser, _) = await Self.browser(language: language)
        let page = await browser.get("/messages/7")
        #expect(page.status == 200)
        #expect(page.text.contains("<pre>My &lt;printer&gt; burns.</pre>"))
        #expect(page.text.contains("<dt>X-&lt;y&gt;</dt><dd>\u{FFFD}z</dd>"))
        #expect(page.text.contains(">Why.</span>") && page.text.contains("New."))
        #expect(!page.text.contains("<iframe"))
        for path in ["x", "7/x", "7/html", "7/attachments/x", "7/attachments", "7/attachments/1/2", ""] {
            #expect(await browser.get("/messages/\(path)").status == 404)
        }
        #expect(await browser.post("/messages/7").status == 405)
    }

    @Test("the frame is sandboxed from both sides, and its links open nowhere")
    func frame() async throws {
        let html = "<p>a<a href=\"https://x/?a=1&amp;b=&quot;\" rel=\"noopener noreferrer nofollow\">b</a></p>"
        let (browser, _) = await Self.browser(Self.reading(html: html))
        let page = await browser.get("/messages/7")
        #expect(page.text.contains("<iframe class=\"mail short\" sandbox=\"\" referrerpolicy=\"no-referrer\""))
        #expect(page.text.contains("href=\"https://x/?a=1&amp;b=&quot;\" target=\"_blank\" rel=\"noopener noreferrer"))
        let frame = await browser.get("/messages/7/html")
        let policy = try #require(frame.headers["Content-Security-Policy"])
        #expect(policy.hasPrefix("sandbox; default-src 'none'; img-src data:; style-src 'nonce-"))
        #expect(policy.hasSuffix("; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"))
        #expect(frame.headers["X-Frame-Options"] == "SAMEORIGIN" && frame.headers["Referrer-Policy"] == "no-referrer")
        #expect(frame.headers["X-Content-Type-Options"] == "nosniff" && frame.headers["Cache-Control"] == "no-store")
        #expect(frame.text.contains("<p>a<a>b</a> <span class=\"to\">&lt;https://x/?a=1&amp;b=&quot;&gt;</span></p>"))
        #expect(!frame.text.contains("href"))
        // Another answer, another nonce.
        #expect(await browser.get("/messages/7/html").headers["Content-Security-Policy"] != policy)
        #expect(await Browser(FakeControl()).get("/messages/7/html").status == 303)
    }

    @Test(
        "where a link leads is written behind it, once",
        arguments: [
            ("<a href=\"https://x\">https://x</a>", "<a>https://x</a>"),
            ("<a href=\"https://x\">https://y</a>", "<a>https://y</a> <span class=\"to\">&lt;https://x&gt;</span>"),
            ("<a>x</a></a>", "<a>x</a></a>"), ("<a href=\"http://x\">", "<a>"),
            (
                "<a href=\"http://x\">a<a href=\"http://y\">b</a></a>",
                "<a>a<a>b</a> <span class=\"to\">&lt;http://y&gt;</span></a> <span class=\"to\">&lt;http://x&gt;</span>"
            ),
        ])
    func links(html: String, shown: String) {
        #expect(MailMarkup(html)?.markup == shown)
    }

    @Test("images of the mail itself are inside, those that did not come along are not asked for")
    func images() async {
        let html = "<img src=\"cid:a%40b&amp;c\" alt=\"A\"><img src=\"cid:gone\" alt=\"G\"><img src=\"cid:s\">"
        let (browser, _) = await Self.browser(Self.reading(html: html)) { content in
            content.images = [
                MessageFile(name: "a", type: "image/png", contentID: "a@b&c", content: Array("hi".utf8)),
                MessageFile(name: "s", type: "image/svg+xml", contentID: "s", content: Array("<svg/>".utf8)),
            ]
        }
        let frame = await browser.get("/messages/7/html")
        #expect(frame.text.contains("<img src=\"data:image/png;base64,aGk=\" alt=\"A\"><img alt=\"G\"><img>"))
    }

    @Test(
        "HTML that was not made safe is not shown at all",
        arguments: [
            "<script>x</script>", "<p onclick=\"x\">", "<p style=\"x\">", "<a href=\"javascript:x\">",
            "<p title=\"a\"\u{301} x>",
            "<a href='https://x'>", "<P>", "<p title=x>", "<p\ttitle=\"x\">", "<p title=\"x\"class=\"y\">", "a > b",
            "<p",
            "<p title=\"", "<p title=\"<\">", "<!-- -->", "</script>", "</p x>", "<p/>", "<img src=\"https://x\">",
            "<a href=\"https://x\" rel=\"opener\">", "<a href=\"\">", "<>", "<p ><b>", "<iframe>", "<p title>",
        ])
    func secondLock(html: String) async {
        #expect(MailMarkup(html) == nil)
        let (browser, _) = await Self.browser(Self.reading(html: "<p>ok</p>" + html))
        let frame = await browser.get("/messages/7/html")
        #expect(frame.status == 200 && !frame.text.contains("ok</p>"))
        #expect(frame.text.contains(MessageWords.english.htmlRefused))
    }

    // MARK: - Hostile mails

    private static var allowed: Regex<(Substring, Substring?, Substring?)> {
        /<\/?[a-z][a-z0-9]*( (align|alt|border|cellpadding|cellspacing|colspan|dir|class|height|lang|rowspan|title|valign|width)="[^"<>]*")*>/
    }

    @Test(
        "nothing of a hostile mail gets through, and no lock refuses what the other lets pass",
        arguments: HostileHTML.all)
    func hostile(_ vector: HostileHTML) async throws {
        let reading = try vector.reading()
        let html = try #require(reading.html)
        #expect(MailMarkup(html) != nil)
        let (browser, _) = await Self.browser(reading)
        let frame = await browser.get("/messages/7/html")
        let body = try #require(frame.text.components(separatedBy: "</style></head><body>\n").last)
        let content = String(body.dropLast("\n</body></html>\n".count))
        let rest = content.replacing(Self.allowed, with: "")
        #expect(!rest.contains("<") && !rest.contains(">"))
        #expect(Set(content.matches(of: /class="([^"]*)"/).map { String($0.output.1) }).isSubset(of: ["to"]))
        for link in MailMarkup(html)?.links ?? [] {
            #expect(["https:", "http:", "mailto:"].contains(where: link.lowercased().hasPrefix))
        }
        let names = Set(content.matches(of: /<\/?([a-z0-9]+)/).map { String($0.output.1) })
        #expect(
            names.isDisjoint(with: [
                "script", "style", "iframe", "object", "embed", "form", "input", "button", "meta", "base", "link",
                "svg",
                "math", "template", "video", "audio", "source", "frame", "html", "body", "head",
            ]))
        #expect(
            !content.unicodeScalars.contains { $0.value < 0x20 && $0.value != 9 && $0.value != 10 && $0.value != 13 })
        // Neither does its subject, sender or text get out on the message's own page.
        let page = await browser.get("/messages/7")
        #expect(page.status == 200)
        #expect(!page.text.contains("<script") && !page.text.contains("onerror=alert(1)>"))
    }

    // MARK: - Files

    @Test("a file is saved and never shown, under a name that can do no harm")
    func files() async {
        let file = MessageFile(
            name: "../a\u{202E}fdp.\"é\".exe\r\nX: y", type: "text/html", content: Array("<script>".utf8))
        let (browser, control) = await Self.browser { $0.files = [file] }
        let answer = await browser.get("/messages/7/attachments/1")
        #expect(control.calls.last == "file 7 - 1")
        #expect(answer.text == "<script>")
        #expect(answer.type == "application/octet-stream" && answer.headers["X-Content-Type-Options"] == "nosniff")
        #expect(
            answer.headers["Content-Disposition"]
                == "attachment; filename=\"_a_fdp.___.exe__X_ y\"; filename*=UTF-8''_a_fdp._%C3%A9_.exe__X_%20y")
        #expect(answer.headers["Content-Security-Policy"]?.hasPrefix("sandbox; default-src 'none'") == true)
        #expect(await browser.get("/messages/7/attachments/2").status == 404)
    }

    @Test(
        "names of files",
        arguments: [
            ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
            ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
            ("...", "attachment; filename=\"file\"; filename*=UTF-8''file"),
            ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ])
    func names(name: String, expected: String) {
        #expect(FileAnswer.disposition(name) == expected)
        #expect(FileAnswer.disposition(String(repeating: "é", count: 9999)).utf8.count < 2000)
    }

    @Test("the original is saved as it came")
    func raw() async {
        let (browser, control) = await Self.browser()
        let answer = await browser.get("/messages/7/raw")
        #expect(control.calls.last == "raw 7 -")
        #expect(answer.stream?.size == 3 && answer.type == "application/octet-stream")
        #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment; filename=\"message-7.eml\"") == true)
    }
}
