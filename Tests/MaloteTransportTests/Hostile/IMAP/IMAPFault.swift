// What IMAP servers do wrong, as data: faults M1 to M16 that one twisted answer makes.

import Foundation
import MaloteCore
import Testing

/// Three mails wait: one, two and three, with the UIDs 1, 2 and 3.
struct IMAPFault: Sendable, CustomTestStringConvertible {
    typealias Bend = @Sendable (Cue, PeerFolder) -> Move?

    var name: String
    var ends = "fine"
    /// What is filed while the fault lasts.
    var files = ["one", "two", "three"]
    /// What is filed once it is over.
    var filesLater = ["one", "two", "three"]
    /// It ends by our patience.
    var isSilent = false
    var after = Inbox.After.seen
    var offer = "IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS"
    var bend: Bend

    var testDescription: String { name }

    init(_ name: String, ends: String = "fine", files: [String] = ["one", "two", "three"], bend: @escaping Bend) {
        self.name = name
        self.ends = ends
        self.files = files
        self.bend = bend
    }

    func with(_ change: (inout IMAPFault) -> Void) -> IMAPFault {
        var fault = self
        change(&fault)
        return fault
    }

    // MARK: - Ways to bend an answer

    /// In every answer to such commands, or in all of them.
    private static func replace(_ old: String, _ new: String, in command: String? = nil) -> Bend {
        { cue, _ in
            guard command == nil || cue.command == command, cue.answer.contains(old) else { return nil }
            return .say(cue.answer.replacing(old, with: new))
        }
    }

    private static func bodies(_ change: @escaping @Sendable (Cue) -> Move) -> Bend {
        { cue, _ in cue.isForBodies ? change(cue) : nil }
    }

    private static func answer(_ command: String, _ move: @escaping @Sendable (String) -> Move) -> Bend {
        { cue, _ in cue.command == command ? move(cue.tag) : nil }
    }

    /// The size of the first literal.
    private static func literal(_ change: @escaping @Sendable (Int) -> String) -> @Sendable (Cue) -> String {
        { cue in
            guard let open = cue.answer.firstIndex(of: "{"), let close = cue.answer[open...].firstIndex(of: "}"),
                let size = Int(cue.answer[cue.answer.index(after: open)..<close])
            else { return cue.answer }
            return cue.answer[..<open] + "{\(change(size))}" + cue.answer[cue.answer.index(after: close)...]
        }
    }

    // MARK: - The list

    static let all = numbering + changes + bodies + words

    private static let numbering = [
        IMAPFault("M2 UIDNEXT missing", bend: replace("* OK [UIDNEXT 4] x\r\n", "")),
        IMAPFault("M2 UIDNEXT too low", bend: replace("[UIDNEXT 4]", "[UIDNEXT 1]")).with { $0.filesLater = $0.files },
        IMAPFault("M2 UIDNEXT is no number", bend: replace("[UIDNEXT 4]", "[UIDNEXT 4000000000000]")),
        IMAPFault("M2 EXISTS is no number", bend: replace("3 EXISTS", "-3 EXISTS")),
    ]

    private static let changes = [
        IMAPFault("M3 all gone between search and fetch", files: [], bend: bodies { .say("\($0.tag) OK done\r\n") }),
        IMAPFault("M3 NO: some of them are gone", ends: "transient rejected", files: []) { cue, _ in
            cue.isForBodies ? .say("\(cue.tag) NO some of the messages no longer exist\r\n") : nil
        },
        IMAPFault("M4 unsolicited words in every answer") { cue, _ in
            let noise = "* 9 EXISTS\r\n* 0 RECENT\r\n* OK Still here\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n"
            return cue.command == "GREETING" || cue.command == "LOGOUT" ? nil : .say(noise + cue.answer)
        },
        IMAPFault("M4 a change of flags between bodies") { cue, _ in
            guard cue.isForBodies else { return nil }
            let noise = "* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n* 3 FETCH"
            return .say(cue.answer.replacing("* 3 FETCH", with: noise))
        },
        IMAPFault("M13 deleted by another between size and body", files: ["one", "three"]) { cue, folder in
            if cue.isForSizes { folder.change { $0.mails.removeAll { $0.uid == 2 } } }
            return nil
        }.with { $0.filesLater = $0.files },
        IMAPFault("M13 deleted by another before it is marked") { cue, folder in
            if cue.command == "UID STORE" { folder.change { $0.mails.removeAll() } }
            return nil
        },
        IMAPFault("M13 marked as read by another before it is fetched") { cue, folder in
            if cue.isForSizes { folder.change { for index in 0..<3 { $0.mails[index].flags = ["\\SEEN"] } } }
            return nil
        },
        IMAPFault(
            "M10 the folder is read-only", ends: "operator-needed rejected",
            bend: replace("[READ-WRITE]", "[READ-ONLY]")),
        IMAPFault(
            "M10 flags cannot be stored", ends: "operator-needed rejected",
            bend: answer("UID STORE") { .say("\($0) NO [NOPERM] not yours\r\n") }),
        IMAPFault(
            "M9 BAD to UID EXPUNGE", ends: "transient protocol-broken",
            bend: answer("UID EXPUNGE") { .say("\($0) BAD what\r\n") }
        ).with { $0.after = .delete },
        IMAPFault(
            "M9 BAD to UID MOVE", ends: "transient protocol-broken",
            bend: answer("UID MOVE") { .say("\($0) BAD what\r\n") }
        ).with {
            $0.after = .move(folder: "Done")
            $0.offer += " MOVE"
        },
        IMAPFault("M9 BAD to LOGOUT", bend: answer("LOGOUT") { .say("\($0) BAD what\r\n") }),
        IMAPFault(
            "M11 the folder is gone", ends: "operator-needed mailbox-missing", files: [],
            bend: answer("SELECT") { .say("\($0) NO [NONEXISTENT] no such mailbox\r\n") }),
        IMAPFault("M11 the folder is empty", files: []) { cue, _ in
            switch cue.command {
            case "SELECT":
                .say(cue.answer.replacing("3 EXISTS", with: "0 EXISTS").replacing("UIDNEXT 4", with: "UIDNEXT 1"))
            case "UID SEARCH": .say("* SEARCH\r\n\(cue.tag) OK done\r\n")
            default: nil
            }
        },
    ]

    private static let bodies = [
        IMAPFault(
            "M5 the body of another mail", files: ["two", "three"],
            bend: bodies { .say($0.answer.replacing("UID 1 ", with: "UID 99 ")) }),
        IMAPFault(
            "M5 a body without its UID", files: ["two", "three"],
            bend: bodies { .say($0.answer.replacing("UID 1 ", with: "")) }),
        IMAPFault(
            "M6 a literal too long, then nothing", ends: "transient silent-peer", files: [],
            bend: bodies { .mute(literal { "\($0 + 5000)" }($0)) }
        ).with { $0.isSilent = true },
        IMAPFault(
            "M6 a literal too long, then the end", ends: "transient disconnected", files: [],
            bend: bodies { .end(literal { "\($0 + 5000)" }($0)) }),
        IMAPFault(
            "M6 a literal too short", ends: "transient protocol-broken", files: [],
            bend: bodies { .say(literal { "\($0 - 4)" }($0)) }),
        IMAPFault(
            "M6 a literal that swallows the next mail's head", ends: "transient protocol-broken", files: [],
            bend: bodies { .mute(literal { "\($0 + 200)" }($0)) }
        ).with { $0.isSilent = true },
        IMAPFault(
            "M6 a literal of 10^12 octets", ends: "transient protocol-broken", files: [],
            bend: bodies { .mute(literal { _ in "1000000000000" }($0)) }
        ).with { $0.isSilent = true },
        IMAPFault(
            "M6 a literal of 10^30 octets", ends: "transient protocol-broken", files: [],
            bend: bodies { .mute(literal { _ in "1" + String(repeating: "0", count: 30) }($0)) }
        ).with { $0.isSilent = true },
        IMAPFault(
            "M6 a negative literal", ends: "transient protocol-broken", files: [],
            bend: bodies { .say(literal { "-\($0)" }($0)) }),
        IMAPFault("M6 a literal that does not wait", bend: bodies { .say(literal { "\($0)+" }($0)) }),
        IMAPFault("M7 NIL", files: ["two", "three"]) { cue, folder in
            cue.isForBodies ? .say(quoted(folder, first: "NIL") + "\(cue.tag) OK done\r\n") : nil
        },
        IMAPFault("M7 quoted", files: ["quoted"]) { cue, folder in
            cue.isForBodies ? .say("* 1 FETCH (UID 1 BODY[] \"Subject: quoted\")\r\n\(cue.tag) OK done\r\n") : nil
        }.with { $0.filesLater = ["quoted", "three", "two"] },
    ]

    /// The bodies of two and three as they are, and `first` for one's.
    private static func quoted(_ folder: PeerFolder, first: String) -> String {
        folder.now.mails.map { mail in
            let body = mail.uid == 1 ? first : "{\(mail.text.utf8.count)}\r\n\(mail.text)"
            return "* \(mail.uid) FETCH (UID \(mail.uid) BODY[] \(body))\r\n"
        }.joined()
    }

    private static let words = [
        IMAPFault("M15 in small letters") { cue, _ in
            let words = [
                " OK ", "CAPABILITY", "EXISTS", "UIDVALIDITY", "UIDNEXT", "SEARCH", "FETCH", "RFC822.SIZE", "UID ",
                "BODY[]",
                "READ-WRITE", "INTERNALDATE",
            ]
            return cue.command == "GREETING" || cue.command == "LOGOUT"
                ? nil : .say(words.reduce(cue.answer) { $0.replacing($1, with: $1.lowercased()) })
        },
        IMAPFault("M15 extra parentheses", bend: replace("(UID", "(FLAGS ((\\Seen) ()) UID")),
        IMAPFault("M15 negative MODSEQ", bend: replace("(UID", "(MODSEQ (-5) UID")),
        IMAPFault("M15 negative HIGHESTMODSEQ", bend: replace("* OK [UIDV", "* OK [HIGHESTMODSEQ -1] x\r\n* OK [UIDV")),
        IMAPFault("M15 blank lines and NUL octets", bend: replace("* ", "\r\n\0* ")),
        IMAPFault(
            "M16 a wrong tag", ends: "transient protocol-broken",
            bend: bodies { .say($0.answer.replacing("\($0.tag) OK", with: "m0 OK")) }),
        IMAPFault("M16 two answers", ends: "transient protocol-broken") { cue, _ in
            cue.isForBodies ? .say(cue.answer + "\(cue.tag) OK done\r\n") : nil
        },
    ]
}
