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

    @Test func aPasswordCannotEndItsLine() async throws {
        try await play("S: +OK hi\nC: CAPA\nS: -ERR\nC: USER reader\nS: +OK") { stream in
            let failure = await failure { _ = try await Sample(password: "a\r\nDELE 1").openInbox(.pop3, stream) }
            #expect(words(failure) == "operator-needed credential")
        }
    }

    // MARK: - Listing

    private static let listing = """
        C: UIDL
        S: +OK
        S: 1 aaa
        S: 2 bbb
        S: rubbish
        S: 3 aaa
        S: 4 ddd extra
        S: .
        C: LIST
        S: +OK 3 messages
        S: 2 2000
        S: 1 30
        S: 77 1
        S: .

        """

    @Test func lists() async throws {
        let expected = [
            RemoteMessage(uid: "aaa", size: 30), RemoteMessage(uid: "bbb", size: 2000), RemoteMessage(uid: "ddd"),
        ]
        try await play(Self.loggedIn() + Self.listing + Self.listing) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            #expect(try await session.list(.unseen) == expected)
            // A second look shows the same.
            #expect(try await session.list(.all) == expected)
        }
    }

    @Test(arguments: [
        ("C: UIDL\nS: -ERR what", "operator-needed protocol-broken"),
        ("C: UIDL\nS: +OK\nS: .\nC: LIST\nS: -ERR no", "transient rejected"),
        ("C: UIDL\nS: +OK\nS: 1 a\ncloses", "transient disconnected"),
    ])
    func namesWhatKeepsItFromListing(script: String, ends: String) async throws {
        try await play(Self.loggedIn() + script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            #expect(words(await failure { _ = try await session.list(.all) }) == ends)
            try await session.close()
            #expect(stream.isClosed)
        }
    }

    // MARK: - Fetching

    private static let stuffed = "S: +OK\nS: A: 1\nS:\nS: ..dot\nS: +OK no\nS: -ERR no\nS: .\n"
    private static let four = "S: +OK\nS: four\nS: .\n"
    private static let top = "C: TOP 2 0\nS: +OK\nS: A: 2\nS:\nS: .\n"

    @Test(arguments: [
        loggedIn() + listing + "C: RETR 1\n" + stuffed + "C: RETR 4\n" + four + top,
        loggedIn("PIPELINING") + listing + "C: RETR 1\nC: RETR 4\n" + stuffed + four + top,
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
            Self.loggedIn("PIPELINING") + Self.listing + "C: RETR 1\nC: RETR 4\nS: -ERR no such message\n" + long
            + "C: TOP 4 0\nS: -ERR no TOP here"
        try await play(script) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            #expect(try await session.fetchAll("aaa", "ddd") == ["ddd of 1200: "])
        }
    }

    // MARK: - Deleting

    private static let deleting = loggedIn() + listing + "C: DELE 1\nS: +OK\nC: DELE 4\nS: -ERR gone\n"

    @Test(arguments: [
        ("C: QUIT\nS: +OK bye", "fine"), ("C: QUIT\nS: -ERR some deleted messages not removed", "transient rejected"),
        ("C: QUIT\ncloses", "transient disconnected"), ("C: QUIT\nbreaks", "transient disconnected"),
    ])
    func deletionsCountWhenQUITIsAnswered(end: String, ends: String) async throws {
        try await play(Self.deleting + end) { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            try await session.settle(["aaa", "ddd", "unknown"], after: .delete)
            #expect(words(await failure { try await session.close() }) == ends)
            #expect(stream.isClosed)
        }
    }

    @Test func afterAFailureNothingIsDeleted() async throws {
        // No QUIT: the server forgets the marks (RFC 1939 §6).
        try await play(Self.deleting + "C: RETR 1\nS: * rubbish") { stream in
            let session = try await Sample().openInbox(.pop3, stream)
            _ = try await session.list(.all)
            try await session.settle(["aaa", "ddd"], after: .delete)
            #expect(words(await failure { _ = try await session.fetchAll("aaa") }) == "transient protocol-broken")
            #expect(words(await failure { try await session.close() }) == "transient disconnected")
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
