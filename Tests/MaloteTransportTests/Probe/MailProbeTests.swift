// The steps of a mailbox test on servers that play a part: which are taken, which one fails, and how.

import Foundation
import MaloteCore
import Testing

@testable import MaloteTransport

@Suite(.timeLimit(.minutes(2))) struct MailProbeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var part: ProbePart
        var mailbox = ProbeSample()
        /// All steps; of a failing test the last one fails.
        var steps: String
        /// Kind and cause.
        var ends = "fine"
        /// A part of the last step's finding, or of its detail.
        var says: String

        init(
            _ name: String, _ part: ProbePart, _ mailbox: ProbeSample = .init(), steps: String, ends: String = "fine",
            says: String
        ) {
            (testDescription, self.part, self.mailbox, self.steps, self.ends, self.says) =
                (name, part, mailbox, steps, ends, says)
        }
    }

    static let toLogin = "name connection greeting capabilities login"
    static let move = ProbeSample(after: .move(folder: "Done"))

    static let inboxes: [Case] = [
        Case("seen", .imap(), steps: toLogin + " folder rights", says: "\\Seen"),
        Case("leave", .imap(), ProbeSample(after: .leave), steps: toLogin + " folder rights", says: "needs none"),
        Case("move", .imap(), move, steps: toLogin + " folder rights target", says: "Done is there"),
        Case(
            "known by the connection", .imap("* PREAUTH hi\r\n", ["LOGIN": "T NO\r\n"]),
            steps: toLogin + " folder rights", says: "\\Seen"),
        Case(
            "sent away", .imap("* BYE Too many connections\r\n"), steps: "name connection greeting",
            ends: "transient throttled", says: "Too many connections"),
        Case(
            "no IMAP", .imap("220 smtp.test ESMTP\r\n"), steps: "name connection greeting",
            ends: "transient protocol-broken", says: "The server"),
        Case(
            "password", .imap(answers: ["LOGIN": "T NO [AUTHENTICATIONFAILED] no\r\n"]), steps: toLogin,
            ends: "operator-needed auth-refused", says: "login of reader"),
        Case(
            "no login in clear", .imap(answers: ["CAPABILITY": "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nT OK\r\n"]),
            steps: toLogin, ends: "operator-needed auth-unsupported", says: "no login"),
        Case(
            "no secret", .imap(), ProbeSample(password: .file(path: "/nowhere")), steps: toLogin,
            ends: "operator-needed credential", says: "No such secret"),
        Case(
            "folder", .imap(answers: ["SELECT": "T NO no such folder\r\n"]), steps: toLogin + " folder",
            ends: "operator-needed mailbox-missing", says: "The folder INBOX"),
        Case(
            "read-only", .imap(answers: ["SELECT": "* OK [UIDVALIDITY 7] x\r\nT OK [READ-ONLY] x\r\n"]),
            steps: toLogin + " folder rights", ends: "operator-needed rejected", says: "\\Seen"),
        Case(
            "no right to delete",
            .imap(answers: [
                "SELECT": "* OK [UIDVALIDITY 7] x\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\nT OK [READ-WRITE] x\r\n"
            ]), move, steps: toLogin + " folder rights", ends: "operator-needed rejected", says: "\\Deleted"),
        Case(
            "flags not told", .imap(answers: ["SELECT": "* OK [UIDVALIDITY 7] x\r\nT OK [READ-WRITE] x\r\n"]),
            steps: toLogin + " folder rights", says: "\\Seen"),
        Case(
            "target", .imap(answers: ["STATUS": "T NO [NONEXISTENT] no\r\n"]), move,
            steps: toLogin + " folder rights target", ends: "operator-needed mailbox-missing",
            says: "The folder Done, where messages are moved to"),
        Case("maildrop", .pop3(), steps: toLogin + " folder", says: "2 messages"),
        Case(
            "no UIDL", .pop3(answers: ["CAPA": "-ERR\r\n", "UIDL": "-ERR what?\r\n"]), steps: toLogin + " folder",
            says: "2 messages"),
        Case(
            "UIDL that fails", .pop3(answers: ["UIDL": "-ERR what?\r\n"]), steps: toLogin + " folder",
            ends: "transient rejected", says: "UIDL with -ERR what?"),
        Case(
            "POP3 password", .pop3(answers: ["PASS": "-ERR [AUTH] no\r\n"]), steps: toLogin,
            ends: "operator-needed auth-refused", says: "login of reader"),
    ]

    static let outboxes: [Case] = [
        Case("sender", .smtp(), steps: toLogin + " sender", says: "help@acme.example, desk@acme.example"),
        Case("no login", .smtp(), ProbeSample(hasLogin: false), steps: toLogin + " sender", says: "help@acme.example"),
        Case(
            "second sender", .smtp(answers: ["MAIL FROM:<DESK": "553 5.7.1 not yours\r\n"]), steps: toLogin + " sender",
            ends: "operator-needed rejected", says: "The sender desk@acme.example is not taken"),
        Case(
            "no AUTH", .smtp(answers: ["EHLO": "250 here\r\n"]), steps: toLogin,
            ends: "operator-needed auth-unsupported", says: "no login"),
        Case(
            "sent away for good", .smtp("554 5.7.1 go away\r\n"), steps: "name connection greeting",
            ends: "operator-needed rejected", says: "go away"),
        Case(
            "SMTP password", .smtp(answers: ["AUTH": "535 5.7.8 no\r\n"]), steps: toLogin,
            ends: "operator-needed auth-refused", says: "login of reader"),
    ]

    @Test(arguments: inboxes + outboxes)
    func theStepsAreTakenInOrder(_ item: Case) async throws {
        let server = try LoopbackServer { item.part.serve($0) }
        let steps = try await item.mailbox.probe(item.part.greeter, port: server.port)
        #expect(steps.map(\.name.rawValue).joined(separator: " ") == item.steps)
        #expect(steps.dropLast().allSatisfy { $0.failure == nil && !$0.found.isEmpty })
        let last = try #require(steps.last)
        #expect(words(last.failure) == item.ends)
        let said = last.failure?.detail ?? last.found
        #expect(said.contains(item.says), "\(last)")
        // What would touch a message, or begin one. Whole words: a tag is made at random and may spell one.
        let heard = Set(server.heard.flatMap { $0.line.uppercased().split(separator: " ") })
        #expect(heard.isDisjoint(with: ["FETCH", "STORE", "RETR", "DELE", "TOP", "DATA", "RCPT"]), "\(server.heard)")
    }

    @Test func withoutUIDPLUSAnExpungeIsWarnedOf() async throws {
        let part = ProbePart.imap(answers: ["CAPABILITY": "* CAPABILITY IMAP4rev1\r\nT OK\r\n"])
        for (after, count) in [(Inbox.After.seen, 0), (.delete, 1), (.move(folder: "Done"), 1)] {
            let server = try LoopbackServer { part.serve($0) }
            let steps = try await ProbeSample(after: after).probe(.imap, port: server.port)
            #expect(steps.allSatisfy { $0.failure == nil })
            #expect(steps.flatMap(\.warnings).count == count)
        }
    }

    @Test(arguments: [("1 a\r\n2 b\r\n", 0), ("1 a\r\n", 1), ("1 a\r\n2 a\r\n", 1)])
    func messagesWithoutUIDLAreWarnedOf(listing: String, count: Int) async throws {
        let part = ProbePart.pop3(answers: ["UIDL": "+OK\r\n\(listing).\r\n"])
        let server = try LoopbackServer { part.serve($0) }
        let steps = try await ProbeSample().probe(.pop3, port: server.port)
        #expect(steps.last?.failure == nil && steps.last?.found == "the maildrop: 2 messages")
        #expect(steps.last?.warnings.count == count)
    }

    @Test func aClosedPortFailsAtTheConnection() async throws {
        let port = try LoopbackServer { _ in }.port
        let steps = try await ProbeSample().probe(.imap, port: port)
        #expect(steps.map(\.name) == [.name, .connection])
        #expect(words(steps.last?.failure) == "transient connect")
    }

    @Test(arguments: [Endpoint.Greeter.imap, .pop3, .smtp])
    func silenceEndsAtTheDeadline(_ greeter: Endpoint.Greeter) async throws {
        let server = try LoopbackServer { $0.linger() }
        let steps = try await ProbeSample(time: ProbeTime(isOver: true)).probe(greeter, port: server.port)
        let last = try #require(steps.last?.failure)
        #expect(words(last) == "transient silent-peer")
        #expect(last.detail.contains("60 seconds"))
    }

    @Test func whoCallsItOffIsNotToldOfADeadline() async throws {
        let server = try LoopbackServer { $0.linger() }
        let port = server.port
        let test = Task { try await ProbeSample().probe(.imap, port: port) }
        test.cancel()
        #expect(words(try await test.value.last?.failure) == "transient shutting-down")
    }
}
