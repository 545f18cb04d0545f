// What -ERR replies mean for the operator.

import MaloteCore
import MaloteWire
import Testing

@Suite struct POP3VerdictTests {
    struct Verdict: Sendable, CustomTestStringConvertible {
        var line: String
        var kind: Failure.Kind
        var cause: Failure.Cause

        init(_ line: String, _ kind: Failure.Kind, _ cause: Failure.Cause) {
            self.line = line
            self.kind = kind
            self.cause = cause
        }

        var testDescription: String { line }
    }

    static let always = [
        Verdict("-ERR [AUTH] no", .operatorNeeded, .authRefused),
        Verdict("-ERR [IN-USE] busy", .transient, .mailboxLocked),
        Verdict("-ERR [LOGIN-DELAY] wait", .transient, .throttled),
        Verdict("-ERR [SYS/TEMP] disk", .transient, .authTemporary),
        Verdict("-ERR [SYS/PERM] mailbox damaged", .operatorNeeded, .rejected),
        Verdict("-ERR maildrop already locked", .transient, .mailboxLocked),
        Verdict("-ERR unable to lock maildrop", .transient, .mailboxLocked),
        Verdict("-ERR mailbox in use", .transient, .mailboxLocked),
        Verdict("-ERR Mailbox is in use by another session", .transient, .mailboxLocked),
        Verdict("-ERR maildrop busy", .transient, .mailboxLocked),
        Verdict("-ERR Too many connections", .transient, .throttled),
        Verdict("-ERR logins too fast", .transient, .throttled),
    ]
    static let commands = [
        Verdict("-ERR no such message", .transient, .rejected), Verdict("-ERR", .transient, .rejected),
    ]
    static let logins = [
        Verdict("-ERR invalid password", .operatorNeeded, .authRefused),
        Verdict("-ERR", .operatorNeeded, .authRefused),
        Verdict("-ERR Your account is blocked", .operatorNeeded, .authRefused),
        Verdict("-ERR Account locked after too few payments", .operatorNeeded, .authRefused),
    ]

    private func reply(_ line: String) throws -> POP3Conversation.Reply {
        var conversation = POP3Conversation()
        conversation.expectGreeting()
        conversation.feed(wire(line))
        return try #require(try conversation.next())
    }

    @Test(arguments: always + commands)
    func command(_ verdict: Verdict) throws {
        let failure = POP3Verdict.failure(try reply(verdict.line), command: "RETR")
        #expect(failure.kind == verdict.kind)
        #expect(failure.cause == verdict.cause)
        #expect(failure.detail.hasPrefix("The server answered RETR with \(verdict.line)"))
        #expect(failure.reply?.command == "RETR")
    }

    @Test(arguments: always + logins)
    func login(_ verdict: Verdict) throws {
        let failure = POP3Verdict.loginFailure(try reply(verdict.line), user: "ana")
        #expect(failure.kind == verdict.kind)
        #expect(failure.cause == verdict.cause)
        #expect(failure.detail.hasPrefix("The server refused the login of ana:"))
        #expect(failure.kind != .operatorNeeded || !failure.remedy.isEmpty)
    }

    /// RFC 3206 §6: a server that marks refusals means something else by an answer without the mark.
    @Test(arguments: [
        ("-ERR [AUTH] no", "auth-refused"), ("-ERR internal error", "auth-temporary"),
        ("-ERR [IN-USE] x", "mailbox-locked"),
    ])
    func onlyMarkedRefusalsCount(_ line: String, _ cause: String) throws {
        let failure = POP3Verdict.loginFailure(try reply(line), user: "ana", tellsRefusals: true)
        #expect(failure.cause.rawValue == cause)
        #expect((failure.kind == .operatorNeeded) == (cause == "auth-refused"))
    }

    /// RFC 3206: the password is not at fault.
    @Test func aDamagedMailboxIsNoWrongPassword() throws {
        let failure = POP3Verdict.loginFailure(try reply("-ERR [SYS/PERM] mailbox damaged"), user: "ana")
        #expect(!failure.remedy.contains("password"))
    }
}
