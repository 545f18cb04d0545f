// How an SMTP session gets in: greeting, EHLO, login, and what a refusal is called.

import MaloteCore
import MaloteTransport
import Testing

struct SMTPLoginTests {
    private static let long = String(repeating: "u", count: 400)
    /// 0, 400 times u, 0, sesame.
    private static let longMessage =
        "AHV1" + String(repeating: "dXV1", count: 132) + "dXUAc2VzYW1l"

    private static func greeted(_ extensions: String...) -> String {
        let lines = ["mail.test"] + extensions
        return "S: 220 hi\nC: EHLO client.test\n"
            + lines.enumerated().map { "S: 250\($0 == lines.count - 1 ? " " : "-")\($1)\n" }.joined()
    }

    private static let logins: [(script: String, user: String)] = [
        (greeted("AUTH LOGIN PLAIN") + "C: AUTH PLAIN AHJlYWRlcgBzZXNhbWU=\nS: 235 in", "reader"),
        (greeted("AUTH=PLAIN") + "C: AUTH PLAIN AHJlYWRlcgBzZXNhbWU=\nS: 235 in", "reader"),
        (
            greeted("AUTH LOGIN")
                + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: cmVhZGVy\nS: 334 UGFzc3dvcmQ6\nC: c2VzYW1l\nS: 235 in",
            "reader"
        ),
        // RFC 4954 §4: what makes the line too long waits for the challenge.
        (greeted("AUTH PLAIN") + "C: AUTH PLAIN\nS: 334\nC: \(longMessage)\nS: 235 in", long),
    ]

    /// RFC 4954 §4: no line of a login is longer than servers must take.
    @Test func aPasswordTooLongForSMTPIsNotSaid() async throws {
        let password = String(repeating: "x", count: 10_000)
        try await play(Self.greeted("AUTH PLAIN") + "C: AUTH PLAIN\nS: 334") { stream in
            let failure = await failure { _ = try await Sample(password: password).openOutbox(stream) }
            #expect(words(failure) == "operator-needed credential")
            #expect(!stream.sent.contains("eHh4"))
        }
    }

    /// What was offered before TLS counts no more, a login least of all.
    @Test func aLoginOfferedOnlyBeforeTLSIsNone() async throws {
        try await play("C: EHLO client.test\nS: 250 hi") { stream in
            let failure = await failure { _ = try await Sample(security: .starttls).openOutbox(stream) }
            #expect(words(failure) == "operator-needed auth-unsupported")
        }
    }

    @Test(arguments: logins)
    func logsIn(script: String, user: String) async throws {
        try await play(script + "\nC: QUIT") { stream in
            let session = try await Sample(user: user).openOutbox(stream)
            await session.close()
            #expect(stream.isClosed)
        }
    }

    @Test(arguments: [
        "S: 220-wait\nS: 220 hi\nC: EHLO client.test\nS: 502 what\nC: HELO client.test\nS: 250 hi",
        greeted("AUTH PLAIN"), "S: 220 hi\nC: EHLO client.test\nS: 250 hi",
    ])
    func needsNoLogin(script: String) async throws {
        try await play(script) { stream in _ = try await Sample(hasLogin: false).openOutbox(stream) }
    }

    @Test func afterSTARTTLSThereIsNoGreeting() async throws {
        let script =
            Self.greeted("AUTH PLAIN").dropFirst("S: 220 hi\n".count) + "C: AUTH PLAIN AHJlYWRlcgBzZXNhbWU=\nS: 235 in"
        try await play(String(script)) { stream in _ = try await Sample(security: .starttls).openOutbox(stream) }
    }

    private static let asked = greeted("AUTH PLAIN") + "C: AUTH PLAIN AHJlYWRlcgBzZXNhbWU=\n"
    private static let hello = "S: 220 hi\nC: EHLO client.test\n"

    private static let refusals: [(script: String, ends: String)] = [
        ("S: 421 too busy", "transient throttled"), ("S: 554 5.7.1 your address is listed", "operator-needed rejected"),
        ("S: +OK POP3", "transient protocol-broken"), ("closes", "transient disconnected"),
        ("\(hello)S: 421 closing", "transient throttled"),
        ("\(hello)S: 550 no\nC: HELO client.test\nS: 550 no", "operator-needed rejected"),
        (greeted("AUTH GSSAPI"), "operator-needed auth-unsupported"), (greeted(), "operator-needed auth-unsupported"),
        ("\(asked)S: 535 5.7.8 no", "operator-needed auth-refused"),
        ("\(asked)S: 454 4.7.0 later", "transient auth-temporary"),
        ("\(asked)S: 421 4.7.0 too many errors", "transient auth-temporary"),
        ("\(asked)S: 504 not this one", "operator-needed auth-unsupported"),
        ("\(asked)closes", "transient disconnected"),
        ("\(asked)S: 334 YQ==\nC: *\nS: 501 called off", "operator-needed auth-refused"),
        ("\(asked)S: 334 YQ==\nC: *\nS: 334 YQ==", "transient protocol-broken"),
    ]

    @Test(arguments: refusals)
    func namesTheRefusal(script: String, ends: String) async throws {
        try await play(script) { stream in
            let failure = await failure { _ = try await Sample().openOutbox(stream) }
            #expect(words(failure) == ends)
            #expect(failure?.description.contains("sesame") == false)
            #expect(stream.isClosed)
        }
    }
}
