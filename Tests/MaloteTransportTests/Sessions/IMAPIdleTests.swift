// Waiting for news on an open connection: granted, renewed, ended, called off, and given up.

import MaloteCore
import MaloteTransport
import Testing

struct IMAPIdleTests {
    private static let idle = "C: <tag> IDLE\nS: + idling\n"
    private static let done = "C: DONE\nS: <tag> OK done\n"

    private func open(_ stream: ScriptedStream, server: String = "localhost") async throws -> any InboxSession {
        try await Sample(server: server).openInbox(.imap, stream)
    }

    @Test(arguments: [("IDLE", true), ("MOVE", false)])
    func onlyWhereTheServerCan(_ word: String, _ can: Bool) async throws {
        try await play(selected(word)) { stream in
            let session = try await open(stream)
            #expect(session.canIdle == can)
        }
    }

    /// What the server says during the wait, and whether that is news. The folder has 3 messages.
    @Test(arguments: [
        ("S: * 4 EXISTS\n", true), ("S: * OK Still here\nS: * 4 EXISTS\nS: * 1 RECENT\n", true),
        ("S: * 2 EXPUNGE\nS: * 3 EXISTS\n", true), ("silent\n", false), ("S: * OK Still here\nsilent\n", false),
        ("S: * 3 EXISTS\nsilent\n", false), ("S: * 1 EXPUNGE\nS: * 2 EXISTS\nsilent\n", false),
        ("S: * 1 FETCH (FLAGS (\\Seen))\nsilent\n", false),
    ])
    func tellsOfNewMessages(_ said: String, _ isNews: Bool) async throws {
        try await play(selected("IDLE") + Self.idle + said + Self.done) { stream in
            let session = try await open(stream)
            #expect(try await session.idle(atMost: .seconds(60)) == isNews)
        }
    }

    /// What came while the poll was still at work would be found by no wait.
    @Test func newsFromBeforeTheWaitIsNews() async throws {
        let script = selected("IDLE") + "C: <tag> UID STORE 3 +FLAGS.SILENT (\\Seen)\nS: * 4 EXISTS\nS: <tag> OK x\n"
        try await play(script) { stream in
            let session = try await open(stream)
            try await session.settle(["3"], after: .seen)
            #expect(try await session.idle(atMost: .seconds(60)))
        }
    }

    @Test func whatTheNextPollHasSeenIsNoNewsAnyMore() async throws {
        let again =
            "C: <tag> SELECT \"INBOX\"\nS: * 4 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 9] x\nS: <tag> OK x\n"
        let script =
            selected("IDLE") + Self.idle + "S: * 4 EXISTS\n" + Self.done + again + Self.idle + "silent\n" + Self.done
        try await play(script) { stream in
            let session = try await open(stream)
            #expect(try await session.idle(atMost: .seconds(60)))
            let folder = try await session.reopen()
            #expect(folder == OpenFolder(validity: 7, nextUID: 9, messages: 4, isReadOnly: false))
            #expect(try await session.idle(atMost: .seconds(60)) == false)
        }
    }

    /// Host, time to wait, and the waits it is cut into, in seconds.
    @Test(arguments: [
        ("mail.acme.example", 3600, [1440, 1440, 720]), ("imap.gmail.com", 1200, [540, 540, 120]),
        ("mail.acme.example", 60, [60]),
    ])
    func theWaitIsRenewed(_ host: String, _ seconds: Int, _ waits: [Int]) async throws {
        let script = selected("IDLE") + waits.map { _ in Self.idle + "silent\n" + Self.done }.joined()
        try await play(script) { stream in
            let session = try await open(stream, server: host)
            #expect(try await session.idle(atMost: .seconds(seconds)) == false)
            // The clock runs on between two readings.
            #expect(zip(stream.waits, waits).allSatisfy { $0 <= .seconds($1) && $0 > .seconds($1 - 10) })
            #expect(stream.waits.count == waits.count)
        }
    }

    @Test(arguments: [
        ("C: <tag> IDLE\nS: <tag> NO not today", "transient rejected"),
        ("C: <tag> IDLE\nS: <tag> BAD what?", "transient protocol-broken"),
        (idle + "S: <tag> OK enough", "transient rejected"),
        (idle + "S: * BYE Autologout; idle for too long\ncloses", "transient disconnected"),
        (
            idle + "S: * BYE Request is throttled. Suggested Backoff Time: 5000 milliseconds\ncloses",
            "transient throttled"
        ),
        (idle + "closes", "transient disconnected"), (idle + "breaks", "transient disconnected"),
        // A server gone mute is found by what it does not answer to DONE.
        (idle + "silent\nC: DONE\nsilent", "transient silent-peer"), ("C: <tag> IDLE\nsilent", "transient silent-peer"),
        (idle + "S: a1 OK done", "transient protocol-broken"),
    ])
    func namesWhatEndedTheWait(_ script: String, _ ends: String) async throws {
        try await play(selected("IDLE") + script) { stream in
            let session = try await open(stream)
            let failure = await failure { _ = try await session.idle(atMost: .seconds(60)) }
            #expect(words(failure) == ends)
        }
    }

    // MARK: - Called off

    /// A wait that was called off leaves the connection fit for use: DONE comes before anything else.
    @Test(arguments: [idle + "called off\n" + done, "C: <tag> IDLE\ncalled off\nS: + idling\n" + done])
    func afterACallThePollGoesOn(_ wait: String) async throws {
        let script = selected("IDLE") + wait + "C: <tag> UID SEARCH ALL\nS: * SEARCH 3\nS: <tag> OK x\n"
        try await play(script) { stream in
            let session = try await open(stream)
            #expect(
                words(await failure { _ = try await session.idle(atMost: .seconds(60)) }) == "transient shutting-down")
            #expect(try await session.list(.all).map(\.uid) == ["3"])
        }
    }

    @Test func afterACallItCanWaitAgain() async throws {
        let script =
            selected("IDLE") + Self.idle + "called off\n" + Self.done + Self.idle + "S: * 4 EXISTS\n" + Self.done
        try await play(script) { stream in
            let session = try await open(stream)
            _ = await failure { _ = try await session.idle(atMost: .seconds(60)) }
            #expect(try await session.idle(atMost: .seconds(60)))
        }
    }

    @Test func afterACallItSaysGoodbye() async throws {
        let script = selected("IDLE") + Self.idle + "called off\n" + Self.done + "C: <tag> LOGOUT"
        try await play(script) { stream in
            let session = try await open(stream)
            _ = await failure { _ = try await session.idle(atMost: .seconds(60)) }
            try await session.close()
            #expect(stream.isClosed)
        }
    }
}
