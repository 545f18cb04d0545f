// Every page, in both languages, in a real browser over a real daemon with real mail.

import Foundation
import MaloteTestKit
import Testing

@Suite(
    .serialized, .enabled(if: RealPostfix.isPossible && RealBrowser.isPossible, "Postfix needs root, pages Chromium"))
struct PageWalkTests {
    /// A desk with mail in every state that pages tell of.
    private func desk(in folder: String) async throws -> (RealDaemon, Customer) {
        let acme = try Customer("acme", in: folder)
        let daemon = try RealDaemon(in: folder + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(
            registry(
                [acme],
                mailboxes: "  - {name: dead-in, type: inbox, server: 127.0.0.1, port: 1, provider: imap, "
                    + "tls: none, user: u, password: p}\n",
                contracts: "  - {name: globex, title: Globex, prefix: GLX, inboxes: [dead-in], outbox: acme-out}\n"))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver(acme.mails(0..<3))
        #expect(try await eventually { try acme.opened(daemon).count == 3 }, "\(daemon.log)")
        return (daemon, acme)
    }

    @Test(
        "pages are whole, labelled, in their language, and ask nobody else",
        arguments: [("en", 1280, false), ("pt-BR", 1280, true), ("pt-BR", 400, false)])
    func walks(language: String, width: Int, isDark: Bool) async throws {
        let folder = try TemporaryFolder()
        let (daemon, acme) = try await desk(in: folder.path)
        let token = try daemon.token()
        let browser = try await RealBrowser(
            in: folder.path + "/browser", language: language, size: (width, 1400), isDark: isDark)
        let base = try daemon.webAddress
        try browser.open(base + "/")
        try browser.type(token, into: "#token")
        try browser.click("form button")
        let pictures = ProcessInfo.processInfo.environment["MALOTE_PICTURES"].map { "\($0)/\(language)-\(width)" }
        var walk = PageWalk(browser, base: base, language: language, pictures: pictures)
        try walk.walk()
        #expect(walk.faults.isEmpty, "\(walk.faults.joined(separator: "\n"))")
        // The menu alone leads to a dozen.
        #expect(walk.seen.count >= 12, "\(walk.seen)")
        acme.stopServers()
        daemon.stop()
    }
}

extension RealDaemon {
    /// Where its pages are, as its log tells.
    var webAddress: String {
        get throws {
            guard let found = log.firstMatch(of: /Pages and API: (http:\/\/[0-9.:]+)/) else {
                throw Program.Failed(description: "the log names no address:\n\(log)")
            }
            return String(found.output.1)
        }
    }

    /// A new access token for an administrator.
    func token() throws -> String {
        let made = try ctl(
            "token", "add", "--name", "walker-\(UInt32.random(in: 0...9999))", "--role", "admin", "--json")
        let answer = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
        guard made.status == 0, let token = answer?["token"] as? String else {
            throw Program.Failed(description: "no token: \(made.errors)\(made.output)")
        }
        return token
    }
}
