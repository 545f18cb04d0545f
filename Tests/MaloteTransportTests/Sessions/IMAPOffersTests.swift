// What a session makes of a server's offers: ID, ENABLE, COMPRESS, special folders, searches in parts, alerts.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteTransport

struct IMAPOffersTests {
    private static let id = "C: <tag> ID (\"name\" \"Malote\" \"version\" \"\(MaloteVersion.text)\")\n"
    private static let select =
        "C: <tag> SELECT \"INBOX\"\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: <tag> OK [READ-WRITE] x\n"

    // MARK: - Who we are

    @Test(arguments: [
        "S: * ID (\"name\" \"Dovecot\")\nS: <tag> OK x\n", "S: * ID NIL\nS: <tag> OK x\n", "S: <tag> NO go away\n",
    ])
    func introducesItselfOnceAfterTheLogin(_ answer: String) async throws {
        try await play(loggedIn("ID") + Self.id + answer + Self.select) { stream in
            _ = try await Sample().openInbox(.imap, stream)
        }
    }

    @Test func introducesItselfFirstWhereThatIsWanted() async throws {
        let script =
            "S: * OK [CAPABILITY IMAP4rev1 ID AUTH=PLAIN SASL-IR] hi\n" + Self.id + "S: * ID NIL\nS: <tag> OK x\n"
            + "C: <tag> AUTHENTICATE PLAIN AHJlYWRlcgBzZXNhbWU=\nS: <tag> OK [CAPABILITY IMAP4rev1 ID] x\n"
            + Self.select
        try await play(script) { stream in
            _ = try await Sample(server: "imap.mail.yahoo.com").openInbox(.imap, stream)
        }
    }

    @Test func anAnswerTellsWhatTheServerBears() async throws {
        let script = loggedIn("ID IDLE") + Self.id + "S: * ID (\"name\" \"Dovecot\")\nS: <tag> OK x\n" + Self.select
        try await play(script) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            #expect(session.accountConnections == 10)
        }
    }

    // MARK: - What is switched on

    @Test(arguments: ["S: * ENABLED UIDONLY\nS: <tag> OK x\n", "S: <tag> OK no word of it\n", "S: <tag> BAD what?\n"])
    func enablesOnlyWhatItUses(_ answer: String) async throws {
        let script =
            loggedIn("ENABLE UIDONLY CONDSTORE UTF8=ACCEPT") + "C: <tag> ENABLE UIDONLY\n" + answer + Self.select
            + "C: <tag> UID FETCH 5 (UID RFC822.SIZE)\nS: * 5 UIDFETCH (RFC822.SIZE 2)\nS: <tag> OK x\n"
            + "C: <tag> UID FETCH 5 (UID INTERNALDATE BODY.PEEK[])\nS: * 5 UIDFETCH (BODY[] \"hi\")\nS: <tag> OK x\n"
        try await play(script) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            #expect(try await session.fetchAll("5") == ["5: hi"])
        }
    }

    @Test(arguments: [("", true), ("COMPRESS=DEFLATE", false)])
    func compressesOnlyWhenBothWantTo(_ word: String, _ compress: Bool) async throws {
        try await play(loggedIn(word) + Self.select) { stream in
            _ = try await Sample(compress: compress).openInbox(.imap, stream)
        }
    }

    @Test func aServerThatDoesNotWantToCompressIsReadAsItIs() async throws {
        let script = loggedIn("COMPRESS=DEFLATE") + "C: <tag> COMPRESS DEFLATE\nS: <tag> NO [COMPRESSIONACTIVE] x\n"
        try await play(script + Self.select) { stream in
            _ = try await Sample(compress: true).openInbox(.imap, stream)
        }
    }

    // MARK: - Special folders

    private static let folders = """
        S: * LIST (\\HasChildren) "." "INBOX"
        S: * LIST (\\Noselect \\Archive) "." "Nowhere"
        S: * LIST (\\Archive) "." "INBOX.Ablage &- mehr"
        S: * LIST (\\All) "." "Entw&APw-rfe"
        S: * LIST () "." "INBOX.Done"
        S: <tag> OK x

        """

    @Test(arguments: [
        ("", "C: <tag> LIST \"\" \"*\"\n"), ("SPECIAL-USE", "C: <tag> LIST \"\" \"*\"\n"),
        ("SPECIAL-USE LIST-EXTENDED", "C: <tag> LIST \"\" \"*\" RETURN (SPECIAL-USE)\n"),
    ])
    func aSpecialFolderIsFoundByWhatItIsFor(_ can: String, _ list: String) async throws {
        // The name goes back as it came, whatever it means.
        let script =
            loggedIn(can) + list + Self.folders
            + "C: <tag> SELECT \"Entw&APw-rfe\"\nS: * OK [UIDVALIDITY 7] x\nS: <tag> OK x\n"
        try await play(script) { stream in
            _ = try await Sample(folder: "\\All").openInbox(.imap, stream)
        }
    }

    @Test func messagesAreMovedToASpecialFolderThatIsLookedUpOnce() async throws {
        let move = { (uid: String) in
            "C: <tag> UID MOVE \(uid) \"INBOX.Ablage &- mehr\"\nS: * OK [COPYUID 7 1 1] x\nS: * 1 EXPUNGE\nS: <tag> OK x\n"
        }
        let script = selected("MOVE") + "C: <tag> LIST \"\" \"*\"\n" + Self.folders + move("1") + move("2")
        try await play(script) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            for uid in ["1", "2"] { try await session.settle([uid], after: .move(folder: "\\Archive")) }
        }
    }

    @Test func aServerWithoutThatSpecialFolderIsNamedAsSuch() async throws {
        try await play(loggedIn() + "C: <tag> LIST \"\" \"*\"\n" + Self.folders) { stream in
            let failure = await failure { _ = try await Sample(folder: "\\Junk").openInbox(.imap, stream) }
            #expect(words(failure) == "operator-needed mailbox-missing")
            #expect(failure?.detail.contains("\\Junk") == true)
            #expect(failure?.remedy.contains("Entwürfe (\\All)") == true, "\(failure?.remedy ?? "")")
            #expect(failure?.remedy.contains("Nowhere") == false)
        }
    }

    /// What was registered, and what was probably meant.
    @Test(arguments: [
        ("Done", "INBOX.Done"), ("inbox/done", "INBOX.Done"), ("INBOX/Done", "INBOX.Done"), ("Entwurfe", "Entwürfe"),
        ("Ablage & mehr", "INBOX.Ablage & mehr"), ("Something else", nil),
    ])
    func aMissingFolderIsAnsweredWithThoseThatThereAre(_ folder: String, _ meant: String?) async throws {
        let named = folder.replacing("&", with: "&-")
        let script =
            loggedIn() + "C: <tag> SELECT \"\(named)\"\nS: <tag> NO no such mailbox\nC: <tag> LIST \"\" \"*\"\n"
        try await play(script + Self.folders) { stream in
            let failure = await failure { _ = try await Sample(folder: folder).openInbox(.imap, stream) }
            let remedy = failure?.remedy ?? ""
            #expect(words(failure) == "operator-needed mailbox-missing")
            #expect(
                remedy.contains("The server has: Entwürfe (\\All), INBOX, INBOX.Ablage & mehr (\\Archive), INBOX.Done.")
            )
            #expect(remedy.contains("Did you mean") == (meant != nil), "\(remedy)")
            if let meant { #expect(remedy.contains("Did you mean \"\(meant)\"?"), "\(remedy)") }
        }
    }

    @Test func manyFoldersAreNotAllNamed() async throws {
        let many = (0..<500).map { "S: * LIST () \"/\" \"folder \(1000 + $0)\"\n" }.joined() + "S: <tag> OK x"
        let script =
            loggedIn() + "C: <tag> SELECT \"INBOX\"\nS: <tag> NO [NONEXISTENT] x\nC: <tag> LIST \"\" \"*\"\n" + many
        try await play(script) { stream in
            let failure = await failure { _ = try await Sample().openInbox(.imap, stream) }
            #expect(failure?.remedy.contains("folder 1019 and 480 more.") == true, "\(failure?.remedy ?? "")")
        }
    }

    @Test func aFaultStandsWithoutTheFolders() async throws {
        let script =
            loggedIn() + "C: <tag> SELECT \"INBOX\"\nS: <tag> NO [NONEXISTENT] x\nC: <tag> LIST \"\" \"*\"\ncloses"
        try await play(script) { stream in
            let failure = await failure { _ = try await Sample().openInbox(.imap, stream) }
            #expect(words(failure) == "operator-needed mailbox-missing")
        }
    }

    // MARK: - Large folders

    private static func large(_ can: String = "", messages: Int = 50_000, next: Int? = 50_001) -> String {
        let next = next.map { "S: * OK [UIDNEXT \($0)] x\n" } ?? ""
        return loggedIn(can) + "C: <tag> SELECT \"INBOX\"\nS: * \(messages) EXISTS\n\(next)"
            + "S: * OK [UIDVALIDITY 7] x\nS: <tag> OK x\n"
    }

    private static func search(_ words: String, _ uids: String, end: String = "OK x") -> String {
        "C: <tag> UID SEARCH \(words)\nS: * SEARCH \(uids)\nS: <tag> \(end)\n"
    }

    @Test(
        arguments: [
            (
                .unseen, large(),
                search("UID 1:20000 UNSEEN", "7") + search("UID 20001:40000 UNSEEN", "")
                    + search("UID 40001:50000 UNSEEN", "50000"), "7 50000"
            ),
            (.after(45_000), large(), search("UID 45001:50000", "45001 50000"), "45001 50000"),
            // What the server says of older messages is noise.
            (.after(45_000), large(), search("UID 45001:50000", "44999 50000"), "50000"),
            (.after(50_000), large(), "", ""), (.after(.max), large(), "", ""),
            (.all, large(next: nil), search("ALL", "9"), "9"), (.all, large(messages: 20_000), search("ALL", "9"), "9"),
            (
                .all, large("MESSAGELIMIT=1000", messages: 1500, next: 2001),
                search("UID 1:1000 ALL", "1") + search("UID 1001:2000 ALL", "2000"), "1 2000"
            ),
            // It worked on fewer than it had been asked to.
            (
                .all, large("MESSAGELIMIT=1000", messages: 1500, next: 1001),
                search("UID 1:1000 ALL", "700", end: "OK [MESSAGELIMIT 500 501] x") + search("UID 1:500 ALL", "5")
                    + search("UID 501:1000 ALL", "700"), "5 700"
            ),
        ] as [(InboxSelection, String, String, String)])
    func aLargeFolderIsSearchedInParts(
        _ selection: InboxSelection, _ opened: String, _ searches: String, _ uids: String
    ) async throws {
        try await play(opened + searches) { stream in
            let session = try await Sample().openInbox(.imap, stream)
            #expect(try await session.list(selection).map(\.uid).joined(separator: " ") == uids)
        }
    }

    // MARK: - Alerts

    @Test func anAlertIsLoggedOnce() async throws {
        let lines = Mutex<[String]>([])
        let book = AlertBook(
            Log { level, text, fields in lines.withLock { $0.append("\(level) \(fields.count) \(text)") } })
        let one = try #require(MailboxName("one")), two = try #require(MailboxName("two"))
        for _ in 0..<3 { book.tell(["Down on Sunday", "Quota"], of: one) }
        book.tell(["Quota"], of: two)
        #expect(
            lines.withLock { $0 } == [
                "notice 1 one: the server asks to read this: Down on Sunday",
                "notice 1 one: the server asks to read this: Quota",
                "notice 1 two: the server asks to read this: Quota",
            ])
        for number in 0..<1000 { book.tell(["\(number)"], of: one) }
        book.tell(["Quota"], of: one)
        #expect(lines.withLock { $0.count } == 1004)
    }
}
