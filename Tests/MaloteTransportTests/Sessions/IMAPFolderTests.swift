// What an open IMAP folder does: opening, listing, settling.

import MaloteCore
import MaloteTransport
import Testing

/// A login that is over in three lines; `extra` is what the server can do.
func loggedIn(_ extra: String = "") -> String {
    """
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi
    C: <tag> AUTHENTICATE PLAIN AHJlYWRlcgBzZXNhbWU=
    S: <tag> OK [CAPABILITY IMAP4rev1 \(extra)] x

    """
}

/// An open INBOX; `end` is the code of the answer to SELECT.
func selected(_ extra: String = "", end: String = "[READ-WRITE]") -> String {
    loggedIn(extra) + """
        C: <tag> SELECT "INBOX"
        S: * 3 EXISTS
        S: * OK [UIDVALIDITY 7] x
        S: <tag> OK \(end) x

        """
}

struct IMAPFolderTests {
    private static let listed = "C: <tag> LIST \"\" \"*\"\nS: * LIST () \"/\" INBOX\nS: <tag> OK x"
    private static let opened = "S: * 12 EXISTS\nS: * OK [UIDVALIDITY 4294967295] x\nS: * OK [UIDNEXT 40] x\n"

    @Test(arguments: [
        (Inbox.After.seen, "SELECT", "[READ-WRITE]", false), (.delete, "SELECT", "[READ-ONLY]", true),
        (.leave, "EXAMINE", "[READ-ONLY]", true), (.move(folder: "Done"), "SELECT", "", false),
    ])
    func opens(after: Inbox.After, command: String, code: String, isReadOnly: Bool) async throws {
        let script =
            loggedIn() + "C: <tag> \(command) \"Entw&APw-rfe &- mehr\"\n" + Self.opened + "S: <tag> OK \(code) x"
        try await play(script) { stream in
            let session = try await Sample(folder: "Entwürfe & mehr", after: after).openInbox(.imap, stream)
            let folder = OpenFolder(validity: .max, nextUID: 40, messages: 12, isReadOnly: isReadOnly)
            #expect(session.folder == folder)
        }
    }

    @Test(arguments: [
        ("S: * 1 EXISTS\nS: <tag> OK x", "operator-needed protocol-broken"),
        ("S: * OK [UIDVALIDITY 0] x\nS: <tag> OK x", "operator-needed protocol-broken"),
        ("S: * OK [UIDVALIDITY 99999999999] x\nS: <tag> OK x", "operator-needed protocol-broken"),
        ("S: <tag> NO Unknown Mailbox\n" + listed, "operator-needed mailbox-missing"),
        ("S: <tag> NO [NONEXISTENT] none\n" + listed, "operator-needed mailbox-missing"),
        ("S: <tag> NO [NOPERM] not yours", "operator-needed rejected"),
        ("S: <tag> NO [INUSE] wait", "transient mailbox-locked"),
        ("S: <tag> NO Server busy, try again later", "transient throttled"),
        ("S: <tag> BAD what", "transient protocol-broken"),
        ("S: * BYE shutting down\ncloses", "transient disconnected"),
    ])
    func namesWhatIsWrongWithAFolder(answer: String, ends: String) async throws {
        try await play(loggedIn() + "C: <tag> SELECT \"INBOX\"\n" + answer) { stream in
            let failure = await failure { _ = try await Sample().openInbox(.imap, stream) }
            #expect(words(failure) == ends)
            #expect(stream.isClosed)
        }
    }

    // MARK: - Listing

    private static let day = CivilDate(daysSinceEpoch: 20_489)

    @Test(arguments: [
        (InboxSelection.all, "ALL", "4 7 8"), (.unseen, "UNSEEN", "4 7 8"), (.after(3), "UID 4:*", "4 7 8"),
        // The last message answers to n:* whatever its number.
        (.after(8), "UID 9:*", ""), (.after(.max), "UID 4294967295:*", ""),
        (.since(Self.day), "SINCE 5-Feb-2026", "4 7 8"),
    ])
    func lists(selection: InboxSelection, asked: String, uids: String) async throws {
        let plain = selected() + "C: <tag> UID SEARCH \(asked)\nS: * SEARCH 4 7 8\nS: * 4 EXISTS\nS: <tag> OK x"
        let extended =
            selected("ESEARCH") + "C: <tag> UID SEARCH RETURN (ALL) \(asked)\n"
            + "S: * ESEARCH (TAG \"<tag>\") UID ALL 4,7:8\nS: <tag> OK x"
        for script in [plain, extended] {
            try await play(script) { stream in
                let session = try await Sample().openInbox(.imap, stream)
                let listed = try await session.list(selection)
                #expect(listed.map(\.uid).joined(separator: " ") == uids)
            }
        }
    }

    @Test(arguments: ["S: * SEARCH\n", "", "S: * ESEARCH (TAG \"<tag>\") UID\n"])
    func listsNothing(answer: String) async throws {
        try await play(selected() + "C: <tag> UID SEARCH ALL\n\(answer)S: <tag> OK x") { stream in
            let session = try await Sample().openInbox(.imap, stream)
            #expect(try await session.list(.all).isEmpty)
        }
    }

    // MARK: - Settling

    @Test(arguments: [
        (Inbox.After.seen, "", ["STORE 2,4:6 +FLAGS.SILENT (\\Seen)"]),
        (.delete, "UIDPLUS", ["STORE 2,4:6 +FLAGS.SILENT (\\Deleted)", "EXPUNGE 2,4:6"]),
        // A plain EXPUNGE would remove what others have flagged.
        (.delete, "", ["STORE 2,4:6 +FLAGS.SILENT (\\Deleted)"]),
        (.move(folder: "Erl&edigt"), "MOVE UIDPLUS", ["MOVE 2,4:6 \"Erl&-edigt\""]),
        (
            .move(folder: "Done"), "UIDPLUS",
            ["COPY 2,4:6 \"Done\"", "STORE 2,4:6 +FLAGS.SILENT (\\Deleted)", "EXPUNGE 2,4:6"]
        ),
        (.move(folder: "Done"), "", ["COPY 2,4:6 \"Done\"", "STORE 2,4:6 +FLAGS.SILENT (\\Deleted)"]),
        (.leave, "", []),
    ])
    func settles(after: Inbox.After, can: String, commands: [String]) async throws {
        let script = selected(can) + commands.map { "C: <tag> UID \($0)\nS: <tag> OK x\n" }.joined()
        try await play(script + "C: <tag> LOGOUT") { stream in
            let session = try await Sample().openInbox(.imap, stream)
            try await session.settle(["5", "2", "6", "4", "not a number"], after: after)
            try await session.close()
            #expect(stream.isClosed)
        }
    }

    @Test(arguments: [Inbox.After.seen, .delete, .move(folder: "Done")])
    func neverTouchesAReadOnlyFolder(after: Inbox.After) async throws {
        try await play(selected("MOVE UIDPLUS", end: "[READ-ONLY]")) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            #expect(
                words(await failure { try await session.settle(["1"], after: after) }) == "operator-needed rejected")
        }
    }

    @Test(arguments: [
        ("S: <tag> NO [TRYCREATE] no such folder\n" + listed, "operator-needed mailbox-missing"),
        ("S: <tag> NO [OVERQUOTA] full", "transient quota"),
        ("S: * BYE bye\ncloses", "transient disconnected"),
    ])
    func aFailedCopyDeletesNothing(answer: String, ends: String) async throws {
        try await play(selected("UIDPLUS") + "C: <tag> UID COPY 1 \"Done\"\n" + answer) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            #expect(words(await failure { try await session.settle(["1"], after: .move(folder: "Done")) }) == ends)
        }
    }
}
