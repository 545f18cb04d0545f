// An honest IMAP server with one folder; knows nothing of how it may be twisted.

import Synchronization

/// A folder on a server; outlives its connections.
final class PeerFolder: Sendable {
    struct Mail: Sendable {
        var uid: Int
        var text: String
        var flags: Set<String> = []
    }

    struct State: Sendable {
        var validity = 7
        var nextUID = 1
        var mails: [Mail] = []

        mutating func receive(_ text: String) {
            mails.append(Mail(uid: nextUID, text: text))
            nextUID += 1
        }
    }

    private let state = Mutex(State())

    init(_ subjects: String...) { for subject in subjects { change { $0.receive(peerMail(subject)) } } }

    var now: State { state.withLock { $0 } }
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
}

/// A mail whose body tells its subject.
func peerMail(_ subject: String, id: String? = nil, octets: Int = 0) -> String {
    "From: ana@customer.example\r\nSubject: \(subject)\r\nMessage-ID: <\(id ?? subject)@customer.example>\r\n\r\n"
        + "This is \(subject).\r\n" + String(repeating: "0123456789012345678901234567890\r\n", count: octets / 33)
}

struct IMAPPart: Part {
    let folder: PeerFolder
    var offer = "IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS"
    /// Offered as long as the connection is in the clear.
    var canUpgrade = false

    func greet() -> String { "* OK hi\r\n" }

    func hear(_ line: String, isSecure: Bool) -> Cue? {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return nil }
        let (tag, rest) = (words[0], words[1])
        var names = rest.split(separator: " ").map { $0.uppercased() }
        let command = names[0] == "UID" && names.count > 1 ? "UID \(names[1])" : names[0]
        names.removeFirst(command.hasPrefix("UID ") ? 2 : 1)
        var cue = Cue(command: command, line: rest, tag: tag, isSecure: isSecure, move: .say("\(tag) OK done\r\n"))
        switch command {
        case "STARTTLS": cue.move = .upgrade("\(tag) OK go\r\n")
        case "LOGOUT": cue.move = .end("* BYE bye\r\n\(tag) OK done\r\n")
        default: cue.move = .say(answer(command, names, isSecure) + "\(tag) OK \(code(command))done\r\n")
        }
        return cue
    }

    private func code(_ command: String) -> String {
        command == "SELECT" ? "[READ-WRITE] " : command == "EXAMINE" ? "[READ-ONLY] " : ""
    }

    private func answer(_ command: String, _ words: [String], _ isSecure: Bool) -> String {
        switch command {
        case "CAPABILITY":
            return "* CAPABILITY \(canUpgrade && !isSecure ? "IMAP4rev1 STARTTLS LOGINDISABLED" : offer)\r\n"
        case "SELECT", "EXAMINE":
            let state = folder.now
            return "* \(state.mails.count) EXISTS\r\n* OK [UIDVALIDITY \(state.validity)] x\r\n"
                + "* OK [UIDNEXT \(state.nextUID)] x\r\n"
        case "UID SEARCH":
            return "* SEARCH" + found(words).map { " \($0.uid)" }.joined() + "\r\n"
        case "UID FETCH": return fetched(words)
        case "UID STORE":
            change(words[0]) { mail, _ in mail.flags.insert(words.last?.filter { !"()".contains($0) } ?? "") }
            return ""
        case "UID EXPUNGE":
            folder.change { state in
                state.mails.removeAll { $0.flags.contains("\\DELETED") && Self.holds(words[0], $0.uid) }
            }
            return ""
        default: return ""
        }
    }

    private func found(_ words: [String]) -> [PeerFolder.Mail] {
        let mails = folder.now.mails
        return mails.enumerated().filter { index, mail in
            if words.contains("UNSEEN"), mail.flags.contains("\\SEEN") { return false }
            guard let place = words.firstIndex(of: "UID"), place + 1 < words.count else { return true }
            // `n:*` names the last message even if it is older than n.
            return Self.holds(words[place + 1], mail.uid)
                || words[place + 1].hasSuffix("*") && index == mails.count - 1
        }.map(\.element)
    }

    private func fetched(_ words: [String]) -> String {
        let items = words.dropFirst().map { $0.filter { !"()".contains($0) } }
        var text = ""
        for (index, mail) in folder.now.mails.enumerated() where Self.holds(words[0], mail.uid) {
            let values = items.map { item in
                switch item {
                case "UID": "UID \(mail.uid)"
                case "RFC822.SIZE": "RFC822.SIZE \(mail.text.utf8.count)"
                case "BODY.PEEK[]": "BODY[] {\(mail.text.utf8.count)}\r\n\(mail.text)"
                case "INTERNALDATE": "INTERNALDATE \"17-Jul-2026 02:44:25 -0700\""
                case "FLAGS": "FLAGS (\(mail.flags.sorted().joined(separator: " ")))"
                default: "\(item.replacing(".PEEK", with: "")) NIL"
                }
            }
            text += "* \(index + 1) FETCH (\(values.joined(separator: " ")))\r\n"
        }
        return text
    }

    private func change(_ set: String, _ body: (inout PeerFolder.Mail, Int) -> Void) {
        folder.change { state in
            for index in state.mails.indices where Self.holds(set, state.mails[index].uid) {
                body(&state.mails[index], index)
            }
        }
    }

    /// Whether a set like `1,4:6,9:*` holds the number.
    private static func holds(_ set: String, _ uid: Int) -> Bool {
        set.split(separator: ",").contains { range in
            let ends = range.split(separator: ":").map { Int($0) ?? .max }
            return ends[0] <= uid && uid <= ends[ends.count - 1]
        }
    }
}

extension Cue {
    /// An IMAP command for whole messages, not for their sizes.
    var isForBodies: Bool { command == "UID FETCH" && line.contains("BODY.PEEK[]") }
    var isForSizes: Bool { command == "UID FETCH" && !line.contains("BODY.PEEK[]") }
}
