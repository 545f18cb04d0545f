// Which messages are in an open IMAP folder; asks a large folder in parts.

import MaloteCore
import MaloteWire

extension IMAPInboxSession {
    /// UIDs that one answer may have: a line of this many is under 250 KB.
    private static let answerUIDs = 20_000

    func list(_ selection: InboxSelection) async throws(Failure) -> [RemoteMessage] {
        var dialogue = dialogue
        defer { self.dialogue = dialogue }
        // What comes while we look may be found or not: it counts as news.
        dialogue.forgetNews()
        var found: [UInt32] = []
        let limit = min(Self.answerUIDs, dialogue.messageLimit ?? .max)
        if dialogue.conversation.messages <= limit {
            found = try await search(Self.words(selection), &dialogue).found
        } else {
            found = try await searchInParts(selection, limit, &dialogue)
        }
        // `n:*` names the last message even if it is older than n (RFC 9051 §9).
        if case .after(let uid) = selection { found.removeAll { $0 <= uid } }
        return found.map { RemoteMessage(uid: String($0)) }
    }

    /// A folder that has more messages than one answer may.
    private func searchInParts(
        _ selection: InboxSelection, _ limit: Int, _ dialogue: inout IMAPDialogue
    ) async throws(Failure) -> [UInt32] {
        var highestKnown: UInt32 = 0
        if case .after(let uid) = selection { highestKnown = uid }
        // Every server must say what comes next (RFC 9051 §6.3.2). Whatever came since is for the next poll.
        guard let next = current.nextUID else { return try await search(Self.words(selection), &dialogue).found }
        guard next > 1, next - 1 > highestKnown else { return [] }
        var found: [UInt32] = []
        var windows = SearchWindows(highestKnown + 1...next - 1, width: limit)
        while let window = windows.window {
            let part = "UID \(window.lowerBound):\(window.upperBound)"
            let words = if case .after = selection { part } else { "\(part) \(Self.words(selection))" }
            let answer = try await search(words, &dialogue)
            if answer.isCutShort, windows.narrow() { continue }
            found += answer.found
            windows.proceed()
        }
        return found
    }

    private func search(
        _ words: String, _ dialogue: inout IMAPDialogue
    ) async throws(Failure) -> (found: [UInt32], isCutShort: Bool) {
        var found: [UInt32] = []
        let returns: [IMAPCommand.Argument] = dialogue.has("ESEARCH") ? [.raw("RETURN (ALL)")] : []
        let status = try await dialogue.run(IMAPCommand("UID SEARCH", returns + [.raw(words)])) { response in
            if case .search(let uids) = response { found += uids }
        }
        return (found, status.code == "MESSAGELIMIT")
    }

    private static func words(_ selection: InboxSelection) -> String {
        switch selection {
        case .all: "ALL"
        case .unseen: "UNSEEN"
        case .after(let uid): "UID \(uid == .max ? uid : uid + 1):*"
        case .since(let day): "SINCE \(day.day)-\(Self.months[Int(day.month) - 1])-\(day.year)"
        }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
