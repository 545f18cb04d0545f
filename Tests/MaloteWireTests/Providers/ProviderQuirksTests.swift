// How each kind of server is known, what it bears, and what its own words come to.

import MaloteCore
import Testing

@testable import MaloteWire

@Suite struct ProviderQuirksTests {
    /// Host, name in the ID answer, capability, and who that is.
    @Test(arguments: [
        ("imap.gmail.com", "", "", "Gmail"), ("IMAP.GoogleMail.com", "", "", "Gmail"),
        ("mail.acme.example", "GImap", "", "Gmail"), ("mail.acme.example", "", "X-GM-EXT-1", "Gmail"),
        ("outlook.office365.com", "Microsoft.Exchange.Imap4.Imap4Server", "", "Microsoft 365"),
        ("mail.acme.example", "Microsoft.Exchange.Imap4.Imap4Server", "", "Exchange"),
        ("mail.acme.example", "", "CLIENTACCESSRULES", "Exchange"), ("imap.mail.yahoo.com", "", "", "Yahoo"),
        ("imap.mail.me.com", "", "", "iCloud"), ("mail.acme.example", "", "XAPPLEPUSHSERVICE", "iCloud"),
        ("imap.zoho.eu", "", "", "Zoho"), ("imap.fastmail.com", "Cyrus IMAPD", "", "Fastmail"),
        ("mail.acme.example", "Dovecot", "", "Dovecot"), ("mail.acme.example", "Cyrus IMAPD", "", "Cyrus"),
        ("mail.acme.example", "", "ACL2=UNION", "Courier"), ("mail.acme.example", "Courier-IMAP", "", "Courier"),
        ("mail.acme.example", "Domino", "IDLE", "unknown"), ("evilgmail.com", "", "", "unknown"),
        ("gmail.com.evil.example", "", "", "unknown"),
    ])
    func whoItIs(_ host: String, _ name: String, _ capability: String, _ who: String) {
        let identity = name.isEmpty ? [] : [IMAPIdentityField("name", name), IMAPIdentityField("vendor", "x")]
        #expect(ProviderQuirks.of(host: host, identity: identity, capabilities: ["IMAP4REV1", capability]).name == who)
    }

    /// RFC 2177 wants a renewal within 29 minutes; nobody may be asked for more than a line takes.
    @Test(arguments: ProviderQuirks.all + [.general])
    func boundsAreSound(_ row: ProviderQuirks) {
        #expect(row.idleCycle >= .seconds(60) && row.idleCycle <= .seconds(25 * 60))
        #expect((100...16_000).contains(row.commandOctets) && row.commandUIDs > 0)
        #expect(row.accountConnections.map { $0 > 1 } ?? true)
        #expect(row.remarks.allSatisfy { $0.words == $0.words.lowercased() && $0.kind != .permanent })
        #expect(row.remarks.allSatisfy { $0.kind == .transient || !$0.remedy.isEmpty })
    }

    @Test func gmailForgetsAnIdleAfterTenMinutes() {
        #expect(ProviderQuirks.of(host: "imap.gmail.com").idleCycle == .seconds(540))
        #expect(ProviderQuirks.of(host: "mail.acme.example").idleCycle == .seconds(1440))
    }

    @Test func theServersOwnLimitCounts() {
        let quirks = ProviderQuirks.of(host: "imap.mail.yahoo.com")
        #expect(quirks.batches(1...300, limit: nil) == ["1:200", "201:300"])
        #expect(quirks.batches(1...300, limit: 150) == ["1:150", "151:300"])
    }

    // MARK: - Their words

    struct Words: Sendable, CustomTestStringConvertible {
        var who: String
        var text: String
        var ends: String
        var wait: Int?
        var remedy: String

        init(_ who: String, _ text: String, _ ends: String, wait: Int? = nil, remedy: String = "") {
            (self.who, self.text, self.ends, self.wait, self.remedy) = (who, text, ends, wait, remedy)
        }

        var testDescription: String { "\(who): \(text)" }
    }

    /// What servers have really sent.
    static let words = [
        Words("Gmail", "NO [ALERT] Too many simultaneous connections. (Failure)", "transient throttled", wait: 300),
        Words(
            "Gmail", "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", "transient throttled",
            wait: 3600),
        Words(
            "Gmail",
            "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
            "operator-needed auth-refused", remedy: "app password"),
        Words(
            "Gmail", "NO [WEBALERT https://accounts.google.com/signin/continue] Web login required.",
            "operator-needed auth-refused", remedy: "browser"),
        Words(
            "Gmail", "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "operator-needed auth-refused",
            remedy: "Check the user and password"),
        Words(
            "Microsoft 365", "BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds",
            "transient throttled", wait: 300),
        Words(
            "Microsoft 365", "BAD User is authenticated but not connected.", "transient auth-temporary",
            remedy: "IMAP is on"),
        Words(
            "Microsoft 365", "NO Basic authentication is not supported.", "operator-needed auth-unsupported",
            remedy: "OAuth"),
        Words("Exchange", "BYE Connection closed. 14", "transient disconnected"),
        Words("Exchange", "NO Server Unavailable. 15", "transient auth-temporary"),
        Words("Yahoo", "NO [LIMIT] CAPABILITY Rate limit hit.", "transient throttled", wait: 600),
        Words("Yahoo", "NO [SERVERBUG] LOGIN Server error - Please try again later", "transient auth-temporary"),
        Words(
            "Yahoo", "NO [UNAVAILABLE] UID FETCH Service is temporarily not available", "transient auth-temporary"),
        Words(
            "Zoho",
            "NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)",
            "operator-needed auth-unsupported", remedy: "Switch IMAP"),
        Words(
            "Dovecot",
            "NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=16)",
            "transient throttled", wait: 60, remedy: "mail_max_userip_connections"),
        Words("Dovecot", "NO [UNAVAILABLE] Temporary authentication failure.", "transient auth-temporary"),
        Words(
            "Dovecot", "NO [AUTHENTICATIONFAILED] Authentication failed.", "operator-needed auth-refused",
            remedy: "Check the user and password"),
        Words("Cyrus", "NO Login failed: authentication failure", "operator-needed auth-refused"),
        Words("Cyrus", "BYE Too many open connections", "transient throttled"),
        Words("Courier", "BYE Temporary problem, please try again later", "transient auth-temporary"),
        Words("Courier", "NO Login failed.", "operator-needed auth-refused"),
    ]

    @Test(arguments: words)
    func aLoginIsRefused(_ said: Words) throws {
        var conversation = try conversation()
        conversation.feed(wire((said.text.hasPrefix("BYE") ? "* " : "t1 ") + said.text))
        let status: IMAPStatus
        switch try conversation.next() {
        case .completed(let end)?, .untagged(.status(let end))?: status = end
        default: return #expect(Bool(false), "no status")
        }
        let failure = IMAPVerdict.loginFailure(status, user: "ana")
        #expect("\(failure.kind.rawValue) \(failure.cause.rawValue)" == said.ends)
        #expect(failure.retryAfterSeconds == said.wait)
        #expect(failure.remedy.contains(said.remedy))
    }

    /// What is true of a provider is true whatever it speaks.
    @Test(arguments: [
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", "operator-needed auth-unsupported"),
        (
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            "operator-needed auth-unsupported"
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            "operator-needed auth-unsupported"
        ),
        ("534 5.7.9 Application-specific password required.", "operator-needed auth-refused"),
        ("432 4.3.2 Concurrent connections limit exceeded.", "transient throttled"),
    ])
    func overSMTP(_ line: String, _ ends: String) throws {
        var parser = SMTPReplyParser()
        parser.feed(wire(line))
        let failure = SMTPVerdict.loginFailure(try #require(try parser.next()), user: "ana")
        #expect("\(failure.kind.rawValue) \(failure.cause.rawValue)" == ends)
    }

    @Test func overPOP3() throws {
        var conversation = POP3Conversation()
        conversation.expectGreeting()
        conversation.feed(wire("-ERR [AUTH] Application-specific password required"))
        let failure = POP3Verdict.loginFailure(try #require(try conversation.next()), user: "ana")
        #expect(failure.cause == .authRefused && failure.remedy.contains("app password"))
    }
}
