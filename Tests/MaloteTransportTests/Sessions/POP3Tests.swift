// What a POP3 session says and concludes: login, listing, fetching, deleting.

import MaloteCore
import MaloteTransport
import Testing

struct POP3Tests {
    private static func loggedIn(_ capabilities: String...) -> String {
        "S: +OK hi\nC: CAPA\nS: +OK\nS: USER\n" + capabilities.map { "S: \($0)\n" }.joined()
            + "S: .\nC: USER reader\nS: +OK\nC: PASS sesame\nS: +OK in\n"
    }

    // MARK: - Login

    @Test(arguments: [
        "S: +OK hi\nC: CAPA\nS: -ERR what\nC: USER reader\nS: +OK\nC: PASS sesame\nS: +OK in",
        "S: +OK hi\nC: CAPA\nS: +OK\nS: SASL CRAM-MD5\nS: .\nC: USER reader\nS: +OK\nC: PASS sesame\nS: +OK in",
        "S: +OK hi\nC: CAPA\nS: +OK\nS: SASL LOGIN PLAIN\nS: .\nC: AUTH PLAIN\nS: +\nC: AHJlYWRlcgBzZXNhbWU=\nS: +OK in",
        // RFC 6856: whoever can is asked for mail as it is; a no changes nothing.
        "S: +OK hi\nC: CAPA\nS: +OK\nS: UTF8 USER\nS: .\nC: UTF8\nS: +OK\nC: USER reader\nS: +OK\nC: PASS sesame\n"
            + "S: +OK in",
        "S: +OK hi\nC: CAPA\nS: +OK\nS: UTF8\nS: .\nC: UTF8\nS: -ERR\nC: USER reader\nS: +OK\nC: PASS sesame\nS: +OK in",
        "S: +OK hi\nC: CAPA\nS: +OK\nS: sasl login\nS: .\nC: AUTH LOGIN\nS: + VXNlcjo=\nC: cmVhZGVy\nS: + UGFzczo=\n"
            + "C: c2VzYW1l\nS: +OK in",
    ])
    func logsIn(script: String) async throws {
        try await play(script + "\nC: QUIT") { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            #expect(session.folder == OpenFolder(validity: 0, nextUID: nil, messages: 0, isReadOnly: false))
            try await session.close()
            #expect(stream.isClosed)
        }
    }

    @Test func afterSTARTTLSThereIsNoGreeting() async throws {
        try await play(String(Self.loggedIn().dropFirst("S: +OK hi\n".count))) { stream in
            _ = try await Sample(security: .starttls).openInbox(.pop3, stream)
        }
    }

    private static let asked = "S: +OK hi\nC: CAPA\nS: -ERR\nC: USER reader\nS: +OK\nC: PASS sesame\n"
    private static let challenged = "S: +OK hi\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: .\nC: AUTH PLAIN\n"

    private static let refusals: [(script: String, ends: String)] = [
        ("S: -ERR too many connections", "transient throttled"),
        ("S: * OK IMAP4rev1", "transient protocol-broken"),
        ("closes", "transient disconnected"),
        ("\(asked)S: -ERR [AUTH] no", "operator-needed auth-refused"),
        ("\(asked)S: -ERR no", "operator-needed auth-refused"),
        ("\(asked)S: -ERR [IN-USE] locked", "transient mailbox-locked"),
        ("\(asked)S: -ERR maildrop locked by another session", "transient mailbox-locked"),
        ("\(asked)S: -ERR [LOGIN-DELAY] slow down", "transient throttled"),
        ("\(asked)S: -ERR mailbox in use", "transient mailbox-locked"),
        ("\(asked)silent", "transient silent-peer"),
        ("\(asked)S: -ERR [SYS/TEMP] later", "transient auth-temporary"),
        ("\(asked)S: -ERR [SYS/PERM] gone", "operator-needed rejected"),
        ("\(asked)closes", "transient disconnected"),
        ("\(challenged)S: -ERR [AUTH] no", "operator-needed auth-refused"),
        ("\(challenged)S: +\nC: AHJlYWRlcgBzZXNhbWU=\nS: + YQ==\nC: *\nS: -ERR end", "operator-needed auth-refused"),
        ("\(challenged)S: +\nC: AHJlYWRlcgBzZXNhbWU=\nS: +\nC: *\nS: +", "transient protocol-broken"),
    ]

    @Test(arguments: refusals)
    func namesTheRefusal(script: String, ends: String) async throws {
        try await play(script) { stream in
            #expect(words(await failure { _ = try await Sample().openInbox(.pop3, stream) }) == ends)
            #expect(stream.isClosed)
        }
    }

    /// RFC 2449 §6.5: the server has said how long.
    @Test(arguments: [("LOGIN-DELAY 900", 900), ("LOGIN-DELAY 900 USER", 900), ("LOGIN-DELAY", nil), ("USER", nil)])
    func waitsAsLongAsTheServerWishes(capability: String, seconds: Int?) async throws {
        let script =
            "S: +OK hi\nC: CAPA\nS: +OK\nS: \(capability)\nS: .\nC: USER reader\nS: +OK\nC: PASS sesame\n"
            + "S: -ERR [LOGIN-DELAY] slow down"
        try await play(script) { stream in
            let failure = await failure { _ = try await Sample().openInbox(.pop3, stream) }
            #expect(failure?.cause == .throttled && failure?.retryAfterSeconds == seconds)
        }
    }

    /// RFC 3206 §6.
    @Test(arguments: [("[AUTH] no", "operator-needed auth-refused"), ("try later", "transient auth-temporary")])
    func onlyMarkedRefusalsCount(answer: String, ends: String) async throws {
        let script =
            "S: +OK hi\nC: CAPA\nS: +OK\nS: AUTH-RESP-CODE\nS: .\nC: USER reader\nS: +OK\nC: PASS sesame\n"
            + "S: -ERR \(answer)"
        try await play(script) { stream in
            #expect(words(await failure { _ = try await Sample().openInbox(.pop3, stream) }) == ends)
        }
    }

    @Test func aPasswordCannotEndItsLine() async throws {
        try await play("S: +OK hi\nC: CAPA\nS: -ERR\nC: USER reader\nS: +OK") { stream in
            let failure = await failure { _ = try await Sample(password: "a\r\nDELE 1").openInbox(.pop3, stream) }
            #expect(words(failure) == "operator-needed credential")
        }
    }

    // MARK: - Listing

    private static let uidl = "S: +OK\nS: 1 aaa\nS: 2 bbb\nS: rubbish\nS: 4 ddd extra\nS: .\n"
    private static let sizes = "S: +OK 3 messages\nS: 2 2000\nS: 1 30\nS: .\n"
    private static let listing = "C: UIDL\n" + uidl + "C: LIST\n" + sizes
    private static let pipelinedListing = "C: UIDL\nC: LIST\n" + uidl + sizes

    @Test(arguments: [loggedIn() + listing + listing, loggedIn("PIPELINING") + pipelinedListing + pipelinedListing])
    func lists(script: String) async throws {
        let expected = [
            RemoteMessage(uid: "aaa", size: 30), RemoteMessage(uid: "bbb", size: 2000), RemoteMessage(uid: "ddd"),
        ]
        try await play(script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            #expect(try await session.list(.unseen) == expected)
            // A second look shows the same.
            #expect(try await session.list(.all) == expected)
        }
    }

    @Test(arguments: [
        ("C: UIDL\nS: +OK\nS: .\nC: LIST\nS: -ERR no", "transient rejected"),
        ("C: UIDL\nS: -ERR [SYS/TEMP] not now", "transient auth-temporary"),
        ("C: UIDL\nS: -ERR maildrop already locked", "transient mailbox-locked"),
        ("C: UIDL\nS: +OK\nS: 1 a\ncloses", "transient disconnected"),
        ("C: UIDL\nS: +OK\nS: 1 a\nsilent", "transient silent-peer"),
    ])
    func namesWhatKeepsItFromListing(script: String, ends: String) async throws {
        try await play(Self.loggedIn() + script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            #expect(words(await failure { _ = try await session.list(.all) }) == ends)
            try await session.close()
            #expect(stream.isClosed)
        }
    }

    /// A server that has UIDL and cannot use it now must not make every message look new.
    @Test func aPromisedUIDLThatFailsIsNoMissingOne() async throws {
        try await play(Self.loggedIn("UIDL") + "C: UIDL\nS: -ERR what") { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            #expect(words(await failure { _ = try await session.list(.all) }) == "transient rejected")
        }
    }

    // MARK: - Fetching

    private static let stuffed = "S: +OK\nS: A: 1\nS:\nS: ..dot\nS: +OK no\nS: -ERR no\nS: .\n"
    private static let four = "S: +OK\nS: four\nS: .\n"
    private static let top = "C: TOP 2 0\nS: +OK\nS: A: 2\nS:\nS: .\n"

    @Test(arguments: [
        loggedIn() + listing + "C: RETR 1\n" + stuffed + "C: RETR 4\n" + four + top,
        loggedIn("PIPELINING") + pipelinedListing + "C: RETR 1\nC: RETR 4\n" + stuffed + four + top,
    ])
    func fetches(script: String) async throws {
        try await play(script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            let came = try await session.fetchAll("aaa", "bbb", "ddd", "unknown")
            #expect(came == ["aaa: A: 1\n\n.dot\n+OK no\n-ERR no\n", "ddd: four\n", "bbb of 2000: A: 2\n\n"])
        }
    }

    @Test func aRefusedMessageIsLeftOutAndATooLargeOneGivesItsHeader() async throws {
        let long = "S: +OK\n" + String(repeating: "S: 0123456789\n", count: 100) + "S: .\n"
        let script =
            Self.loggedIn("PIPELINING") + Self.pipelinedListing + "C: RETR 1\nC: RETR 4\nS: -ERR no such message\n"
            + long
            + "C: TOP 4 0\nS: -ERR no TOP here"
        try await play(script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            #expect(try await session.fetchAll("aaa", "ddd") == ["ddd of 1200: "])
        }
    }

    // MARK: - Deleting

    private static let deleting = loggedIn() + listing + "C: DELE 1\nS: +OK\nC: DELE 4\nS: -ERR not this one\n"
    private static let deletingAtOnce =
        loggedIn("PIPELINING") + pipelinedListing + "C: DELE 1\nC: DELE 4\nS: +OK\nS: -ERR not this one\n"

    private static let goodbyes = [
        ("C: QUIT\nS: +OK bye", "fine"), ("C: QUIT\nS: -ERR some deleted messages not removed", "transient rejected"),
        ("C: QUIT\nS: -ERR [SYS/TEMP] not removed", "transient auth-temporary"),
        ("C: QUIT\ncloses", "transient disconnected"), ("C: QUIT\nbreaks", "transient disconnected"),
        ("C: QUIT\nsilent", "transient silent-peer"),
    ]

    /// Each message has its own answer, and QUIT's is the last word on all of them.
    @Test(arguments: [deleting, deletingAtOnce], goodbyes)
    func deletionsCountWhenTheyAndQUITAreAnswered(start: String, end: (script: String, ends: String)) async throws {
        try await play(start + end.script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            let refused = try await session.settle(["aaa", "ddd", "unknown"], after: .delete)
            #expect(refused.mapValues { words($0) } == ["ddd": "transient rejected"])
            #expect(refused["ddd"]?.detail == "The server answered DELE with -ERR not this one")
            #expect(words(await failure { try await session.close() }) == end.ends)
            #expect(stream.isClosed)
        }
    }

    /// No QUIT: the server forgets the marks (RFC 1939 §6).
    @Test func afterAFailureNothingIsDeleted() async throws {
        try await play(Self.deleting + "C: RETR 1\nS: * rubbish") { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            try await session.settle(["aaa", "ddd"], after: .delete)
            #expect(words(await failure { _ = try await session.fetchAll("aaa") }) == "transient protocol-broken")
            #expect(words(await failure { try await session.close() }) == "transient disconnected")
            #expect(stream.isClosed)
        }
    }

    @Test func whoGivesUpSaysNoQUIT() async throws {
        try await play(Self.deleting) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            try await session.settle(["aaa", "ddd"], after: .delete)
            await session.abandon()
            #expect(stream.isClosed)
        }
    }

    @Test(arguments: [Inbox.After.seen, .leave, .move(folder: "Done")])
    func onlyDeleteChangesAnything(after: Inbox.After) async throws {
        try await play(Self.loggedIn() + Self.listing + "C: QUIT") { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            try await session.settle(["aaa"], after: after)
            try await session.close()
        }
    }
}
