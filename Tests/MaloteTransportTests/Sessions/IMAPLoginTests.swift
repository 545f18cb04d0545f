// How an IMAP session gets in: greeting, capabilities, login, and what a refusal is called.

import MaloteCore
import MaloteTransport
import Testing

struct IMAPLoginTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: String
        var ends = "fine"
        var security = Mailbox.Security.implicit
        var password = "sesame"

        init(
            _ name: String, _ script: String, ends: String = "fine", security: Mailbox.Security = .implicit,
            password: String = "sesame"
        ) {
            testDescription = name
            self.script = script
            self.ends = ends
            self.security = security
            self.password = password
        }
    }

    private static let select = """

        C: <tag> SELECT "INBOX"
        S: * 2 EXISTS
        S: * OK [UIDVALIDITY 7] x
        S: <tag> OK [READ-WRITE] x
        """

    static let admitted = [
        Case(
            "nothing told: asked before and after, LOGIN",
            """
            S: * OK hi
            C: <tag> CAPABILITY
            S: * CAPABILITY IMAP4rev1
            S: <tag> OK x
            C: <tag> LOGIN "reader" "sesame"
            S: <tag> OK x
            C: <tag> CAPABILITY
            S: * CAPABILITY IMAP4rev1 MOVE
            S: <tag> OK x
            """),
        Case(
            "AUTH=PLAIN without SASL-IR waits for the challenge",
            """
            S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi
            C: <tag> AUTHENTICATE PLAIN
            S: +
            C: AHJlYWRlcgBzZXNhbWU=
            S: <tag> OK [CAPABILITY IMAP4rev1] x
            """),
        Case(
            "SASL-IR says it at once",
            """
            S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN AUTH=PLAIN SASL-IR] hi
            C: <tag> AUTHENTICATE PLAIN AHJlYWRlcgBzZXNhbWU=
            S: * CAPABILITY IMAP4rev1
            S: <tag> OK x
            """),
        Case(
            "LOGINDISABLED with AUTH=LOGIN",
            """
            S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN LOGINDISABLED SASL-IR] hi
            C: <tag> AUTHENTICATE LOGIN
            S: + VXNlciBOYW1lAA==
            C: cmVhZGVy
            S: + UGFzc3dvcmQA
            C: c2VzYW1l
            S: <tag> OK [CAPABILITY IMAP4rev1] x
            """),
        Case(
            "AUTH=LOGIN where LOGIN is allowed",
            """
            S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN] hi
            C: <tag> LOGIN "reader" "sesame"
            S: <tag> OK [CAPABILITY IMAP4rev1] x
            """),
        Case(
            "PREAUTH needs no login",
            """
            S: * PREAUTH [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi
            """),
        Case(
            "PREAUTH that tells nothing",
            """
            S: * PREAUTH hi
            C: <tag> CAPABILITY
            S: * CAPABILITY IMAP4rev1
            S: <tag> OK x
            """),
        Case(
            "after STARTTLS there is no greeting, and capabilities are asked anew",
            """
            C: <tag> CAPABILITY
            S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR
            S: <tag> OK x
            C: <tag> AUTHENTICATE PLAIN AHJlYWRlcgBzZXNhbWU=
            S: <tag> OK [CAPABILITY IMAP4rev1] x
            """, security: .starttls),
        Case(
            "quoted characters",
            #"""
            S: * OK [CAPABILITY IMAP4rev1] hi
            C: <tag> LOGIN "reader" "a\"b\\c"
            S: <tag> OK [CAPABILITY IMAP4rev1 MOVE] x
            """#, password: #"a"b\c"#),
        Case(
            "a password that cannot be quoted waits for leave",
            """
            S: * OK [CAPABILITY IMAP4rev1] hi
            C: <tag> LOGIN "reader" {7}
            S: + go on
            C: sésame
            S: <tag> OK [CAPABILITY IMAP4rev1 MOVE] x
            """, password: "sésame"),
        Case(
            "LITERAL+ needs no leave",
            """
            S: * OK [CAPABILITY IMAP4rev1 LITERAL+] hi
            C: <tag> LOGIN "reader" {7+}
            C: sésame
            S: <tag> OK [CAPABILITY IMAP4rev1] x
            """, password: "sésame"),
        Case(
            "words between and behind the answers are not lost",
            """
            S: * OK [CAPABILITY IMAP4rev1] hi
            S: * OK still here
            C: <tag> LOGIN "reader" "sesame"
            S: * OK [ALERT] quota
            S: <tag> OK [CAPABILITY IMAP4rev1 MOVE] x
            S: * OK welcome
            """),
    ]

    @Test(arguments: admitted) func admits(_ entry: Case) async throws {
        try await play(entry.script + Self.select) { stream in
            let session = try await Sample(security: entry.security, password: entry.password).openInbox(.imap, stream)
            #expect(session.folder.validity == 7 && session.folder.messages == 2)
            #expect(!stream.isClosed)
        }
    }

    private static let plain = """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi
        C: <tag> AUTHENTICATE PLAIN AHJlYWRlcgBzZXNhbWU=

        """

    static let refused = [
        Case("BYE", "S: * BYE Too many connections from your host", ends: "transient throttled"),
        Case("gone", "closes", ends: "transient disconnected"),
        Case("another protocol", "S: 220 mail.test ESMTP", ends: "transient protocol-broken"),
        Case(
            "no way in", "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] hi",
            ends: "operator-needed auth-unsupported"),
        Case("code", plain + "S: <tag> NO [AUTHENTICATIONFAILED] no", ends: "operator-needed auth-refused"),
        Case("bare NO", plain + "S: <tag> NO no", ends: "operator-needed auth-refused"),
        Case("trouble", plain + "S: <tag> NO [UNAVAILABLE] later", ends: "transient auth-temporary"),
        Case(
            "throttled", plain + "S: <tag> NO Request is throttled. Suggested Backoff Time: 5000 milliseconds",
            ends: "transient throttled"),
        Case("BYE in between", plain + "S: * BYE Try again later\ncloses", ends: "transient throttled"),
        Case("BYE and a reset", plain + "S: * BYE Try again later\nbreaks", ends: "transient throttled"),
        Case("cut off", plain + "closes", ends: "transient disconnected"),
        Case("rubbish challenge", plain + "S: + ***", ends: "transient protocol-broken"),
        Case(
            "one challenge too many", plain + "S: + YQ==\nC: *\nS: <tag> BAD enough",
            ends: "operator-needed auth-refused"
        ),
        Case("challenges without end", plain + "S: + YQ==\nC: *\nS: + YQ==", ends: "transient protocol-broken"),
        Case("another's tag", plain + "S: a1 OK come in", ends: "transient protocol-broken"),
        Case(
            "NUL", "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi", ends: "operator-needed credential",
            password: "a\0b"),
    ]

    @Test(arguments: refused) func namesTheRefusal(_ entry: Case) async throws {
        try await play(entry.script) { stream in
            let failure = await failure { _ = try await Sample(password: entry.password).openInbox(.imap, stream) }
            #expect(words(failure) == entry.ends)
            #expect(stream.isClosed)
            #expect(failure?.description.contains("sesame") == false)
        }
    }

    @Test func theServersWishIsKept() async throws {
        let wish = "S: <tag> NO Request is throttled. Suggested Backoff Time: 5000 milliseconds"
        try await play(Self.plain + wish) { stream in
            let failure = await failure { _ = try await Sample().openInbox(.imap, stream) }
            #expect(failure?.retryAfterSeconds == 6)
        }
    }
}
