// What refusals of IMAP servers mean for the operator.

import MaloteCore
import MaloteWire
import Testing

@Suite struct IMAPVerdictTests {
    struct Verdict: Sendable, CustomTestStringConvertible {
        var status: IMAPStatus
        var kind: Failure.Kind
        var cause: Failure.Cause
        var wait: Int?

        init(
            _ status: IMAPStatus.Kind, _ code: String, _ text: String, _ kind: Failure.Kind, _ cause: Failure.Cause,
            wait: Int? = nil
        ) {
            self.status = IMAPStatus(status, code: code, text: text)
            self.kind = kind
            self.cause = cause
            self.wait = wait
        }

        var testDescription: String { "\(status.kind) [\(status.code)] \(status.text)" }
    }

    static let throttles = [
        Verdict(.no, "LIMIT", "", .transient, .throttled), Verdict(.no, "OVERQUOTA", "x", .transient, .quota),
        Verdict(.no, "INUSE", "", .transient, .mailboxLocked), Verdict(.no, "THROTTLED", "", .transient, .throttled),
        Verdict(
            .bad, "", "Request is throttled. Suggested Backoff Time: 299961 milliseconds", .transient, .throttled,
            wait: 300),
        Verdict(.no, "", "Suggested Backoff Time: 0 milliseconds", .transient, .throttled, wait: 1),
        Verdict(
            .no, "", "Suggested Backoff Time: 99999999999999999999 milliseconds", .transient, .throttled, wait: 86_400),
        Verdict(.no, "", "Request is throttled. Suggested Backoff Time: soon", .transient, .throttled),
        Verdict(.no, "ALERT", "Too many simultaneous connections. (Failure)", .transient, .throttled, wait: 300),
        Verdict(.no, "", "Account exceeded command or bandwidth limits", .transient, .throttled, wait: 3600),
        Verdict(.bye, "", "Too many connections from your IP", .transient, .throttled),
        Verdict(.no, "UNAVAILABLE", "", .transient, .authTemporary),
        Verdict(.no, "CONTACTADMIN", "", .operatorNeeded, .authTemporary),
    ]

    /// All of RFC 5530, and those that came later.
    static let codes = [
        Verdict(.no, "UNAVAILABLE", "", .transient, .authTemporary),
        Verdict(.no, "AUTHENTICATIONFAILED", "", .operatorNeeded, .authRefused),
        Verdict(.no, "AUTHORIZATIONFAILED", "", .operatorNeeded, .authRefused),
        Verdict(.no, "EXPIRED", "", .operatorNeeded, .authRefused),
        Verdict(.no, "PRIVACYREQUIRED", "", .operatorNeeded, .authUnsupported),
        Verdict(.no, "CONTACTADMIN", "", .operatorNeeded, .authTemporary),
        Verdict(.no, "NOPERM", "", .operatorNeeded, .rejected),
        Verdict(.no, "INUSE", "", .transient, .mailboxLocked),
        Verdict(.no, "EXPUNGEISSUED", "", .transient, .rejected),
        Verdict(.no, "CORRUPTION", "", .operatorNeeded, .rejected),
        Verdict(.no, "SERVERBUG", "", .transient, .rejected),
        Verdict(.bad, "CLIENTBUG", "", .transient, .protocolBroken),
        Verdict(.no, "CANNOT", "", .operatorNeeded, .rejected),
        Verdict(.no, "LIMIT", "", .transient, .throttled),
        Verdict(.no, "OVERQUOTA", "", .transient, .quota),
        Verdict(.no, "ALREADYEXISTS", "", .transient, .rejected),
        Verdict(.no, "NONEXISTENT", "", .operatorNeeded, .mailboxMissing),
        Verdict(.no, "TRYCREATE", "", .operatorNeeded, .mailboxMissing),
        Verdict(.no, "REFERRAL", "", .operatorNeeded, .rejected),
        Verdict(.bye, "REFERRAL", "", .operatorNeeded, .rejected),
        Verdict(.no, "MESSAGELIMIT", "", .transient, .throttled),
    ]

    static let commands = [
        Verdict(.no, "", "no", .transient, .rejected), Verdict(.bad, "", "what?", .transient, .protocolBroken),
        Verdict(.bye, "", "Connection closed. 14", .transient, .disconnected),
        Verdict(.no, "NONEXISTENT", "", .operatorNeeded, .mailboxMissing),
        Verdict(.no, "TRYCREATE", "", .operatorNeeded, .mailboxMissing),
        Verdict(.no, "NOPERM", "", .operatorNeeded, .rejected),
        Verdict(.no, "PRIVACYREQUIRED", "", .operatorNeeded, .authUnsupported),
        Verdict(.no, "EXPIRED", "", .operatorNeeded, .authRefused),
    ]

    static let logins = [
        Verdict(.no, "", "LOGIN failed.", .operatorNeeded, .authRefused),
        Verdict(.no, "AUTHENTICATIONFAILED", "", .operatorNeeded, .authRefused),
        Verdict(.bad, "", "Invalid credentials", .operatorNeeded, .authRefused),
        Verdict(.no, "PRIVACYREQUIRED", "", .operatorNeeded, .authUnsupported),
        Verdict(.bye, "", "Idle", .transient, .disconnected),
    ]

    @Test(arguments: throttles + codes + commands)
    func command(_ verdict: Verdict) {
        let failure = IMAPVerdict.failure(verdict.status, command: "UID FETCH")
        #expect(failure.kind == verdict.kind)
        #expect(failure.cause == verdict.cause)
        #expect(failure.retryAfterSeconds == verdict.wait)
        #expect(failure.kind != .operatorNeeded || failure.cause == .authRefused || !failure.remedy.isEmpty)
        #expect(failure.reply?.status == verdict.status.code && failure.reply?.command == "UID FETCH")
    }

    @Test(arguments: throttles + codes + logins)
    func login(_ verdict: Verdict) {
        let failure = IMAPVerdict.loginFailure(verdict.status, user: "ana")
        #expect(failure.kind == verdict.kind)
        #expect(failure.cause == verdict.cause)
        #expect(failure.retryAfterSeconds == verdict.wait)
        #expect(failure.detail.hasPrefix("The server refused the login of ana: "))
        #expect(failure.kind != .operatorNeeded || !failure.remedy.isEmpty)
    }

    @Test func theServersWordsAreShown() {
        let failure = IMAPVerdict.failure(IMAPStatus(.no, code: "LIMIT", text: "slow  down"), command: "SELECT")
        #expect(failure.detail == "The server answered SELECT with NO [LIMIT] slow down")
    }
}
