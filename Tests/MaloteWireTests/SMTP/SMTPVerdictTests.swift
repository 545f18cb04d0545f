// What refusals of SMTP servers mean for the sender.

import MaloteCore
import MaloteWire
import Testing

@Suite struct SMTPVerdictTests {
    struct Verdict: Sendable, CustomTestStringConvertible {
        var reply: SMTPReply
        var command: String
        var kind: Failure.Kind
        var cause: Failure.Cause

        init(_ line: String, _ command: String, _ kind: Failure.Kind, _ cause: Failure.Cause) {
            var parser = SMTPReplyParser()
            parser.feed(wire(line))
            reply = (try? parser.next()) ?? SMTPReply(code: 0)
            self.command = command
            self.kind = kind
            self.cause = cause
        }

        var testDescription: String { "\(command) \(reply.code) \(reply.status) \(reply.text)" }
    }

    @Test(arguments: [
        Verdict("450 4.2.0 Greylisted", "RCPT", .transient, .greylisted),
        Verdict("451 try again", "RCPT", .transient, .greylisted),
        Verdict("421 4.7.0 closing", "DATA", .transient, .throttled),
        Verdict("450 4.7.28 rate", "DATA", .transient, .throttled),
        Verdict("452 4.5.3 Too many recipients", "RCPT", .transient, .throttled),
        Verdict("432 4.3.2 STOREDRV; concurrent connections limit", "MAIL", .transient, .throttled),
        Verdict("451 Too many messages", "MAIL", .transient, .throttled),
        Verdict("550 5.4.5 Daily user sending limit exceeded", "DATA", .transient, .throttled),
        Verdict("550 5.7.28 mail flood", "DATA", .transient, .throttled),
        Verdict("452 4.2.2 full", "RCPT", .transient, .quota), Verdict("552 5.2.2 full", "RCPT", .permanent, .quota),
        Verdict("552 5.3.4 too big", "DATA", .permanent, .tooLarge),
        Verdict("552 too big", "MAIL", .permanent, .tooLarge), Verdict("554 5.2.3 big", "DATA", .permanent, .tooLarge),
        Verdict("550 5.1.1 unknown", "RCPT", .permanent, .rejected), Verdict("554 spam", "DATA", .permanent, .rejected),
        Verdict("554 5.4.6 Too many hops", "DATA", .permanent, .rejected),
        Verdict("550 5.7.1 not yours", "MAIL", .operatorNeeded, .rejected),
        Verdict("530 5.7.0 Authentication required", "MAIL", .operatorNeeded, .authRefused),
        Verdict("530 5.7.57 not authenticated", "RCPT", .operatorNeeded, .authRefused),
    ])
    func message(_ verdict: Verdict) {
        let failure = SMTPVerdict.failure(verdict.reply, command: verdict.command)
        #expect(failure.kind == verdict.kind)
        #expect(failure.cause == verdict.cause)
        #expect(failure.kind != .operatorNeeded || !failure.remedy.isEmpty)
        #expect(failure.reply?.code == verdict.reply.code && failure.reply?.status == verdict.reply.status)
        #expect(failure.reply?.command == verdict.command)
        #expect(failure.detail.hasPrefix("The server answered \(verdict.command) with \(verdict.reply.code)"))
    }

    @Test(arguments: [
        Verdict("535 5.7.8 bad credentials", "AUTH", .operatorNeeded, .authRefused),
        Verdict("501 what?", "AUTH", .operatorNeeded, .authRefused),
        Verdict("454 4.7.0 Temporary authentication failure", "AUTH", .transient, .authTemporary),
        Verdict("432 4.7.12 transition", "AUTH", .transient, .authTemporary),
        Verdict("421 bye", "AUTH", .transient, .authTemporary),
        Verdict("450 later", "AUTH", .transient, .authTemporary),
        Verdict("504 5.5.4 mechanism", "AUTH", .operatorNeeded, .authUnsupported),
        Verdict("534 5.7.9 too weak", "AUTH", .operatorNeeded, .authUnsupported),
        Verdict("538 5.7.11 encrypt", "AUTH", .operatorNeeded, .authUnsupported),
        Verdict("550 5.7.30 Basic authentication is not supported", "AUTH", .operatorNeeded, .authUnsupported),
    ])
    func login(_ verdict: Verdict) {
        let failure = SMTPVerdict.loginFailure(verdict.reply, user: "ana")
        #expect(failure.kind == verdict.kind)
        #expect(failure.cause == verdict.cause)
        #expect(failure.kind != .operatorNeeded || !failure.remedy.isEmpty)
        #expect(failure.reply?.command == "AUTH")
        #expect(failure.detail.hasPrefix("The server refused the login of ana: \(verdict.reply.code)"))
    }
}
