// An honest POP3 server with one maildrop; knows nothing of how it may be twisted.

import Foundation
import Synchronization

/// A maildrop; outlives its connections.
final class PeerMaildrop: Sendable {
    struct Mail: Sendable, Hashable {
        var uid: String
        var text: String
    }

    private let mails: Mutex<[Mail]>

    init(_ subjects: String...) { mails = Mutex(subjects.map { Mail(uid: "uid-\($0)", text: peerMail($0)) }) }

    var now: [Mail] { mails.withLock { $0 } }
    func change(_ body: (inout [Mail]) -> Void) { mails.withLock { body(&$0) } }
}

struct POP3Part: Part {
    let maildrop: PeerMaildrop
    var offer = ["SASL PLAIN", "USER", "UIDL", "TOP"]
    var canUpgrade = false
    /// As it was at the login; `nil` for what this session has deleted.
    private var session: [PeerMaildrop.Mail?] = []
    private var isAsking = false

    init(_ maildrop: PeerMaildrop, canUpgrade: Bool = false) {
        self.maildrop = maildrop
        self.canUpgrade = canUpgrade
        session = maildrop.now
    }

    func greet() -> String { "+OK hi\r\n" }

    mutating func hear(_ line: String, isSecure: Bool) -> Cue? {
        let words = line.split(separator: " ").map(String.init)
        let command = isAsking ? "RESPONSE" : words.first?.uppercased() ?? ""
        var cue = Cue(command: command, line: line, isSecure: isSecure, move: .say(""))
        switch command {
        case "STLS": cue.move = .upgrade("+OK go\r\n")
        case "QUIT":
            let left = Set(session.compactMap { $0 })
            maildrop.change { $0.removeAll { !left.contains($0) } }
            cue.move = .end("+OK bye\r\n")
        default: cue.move = .say(answer(command, words, isSecure))
        }
        return cue
    }

    private mutating func answer(_ command: String, _ words: [String], _ isSecure: Bool) -> String {
        isAsking = command == "AUTH" && words.count == 2
        if isAsking { return "+ \r\n" }
        switch command {
        case "CAPA":
            let lines = canUpgrade && !isSecure ? ["STLS"] : offer
            return "+OK\r\n" + lines.map { $0 + "\r\n" }.joined() + ".\r\n"
        case "UIDL": return listing { $0.uid }
        case "LIST": return listing { String($0.text.utf8.count) }
        case "RETR", "TOP", "DELE": return message(command, words)
        default: return "+OK\r\n"
        }
    }

    private func listing(_ word: (PeerMaildrop.Mail) -> String) -> String {
        let lines = session.enumerated().compactMap { index, mail in mail.map { "\(index + 1) \(word($0))\r\n" } }
        return "+OK\r\n" + lines.joined() + ".\r\n"
    }

    private mutating func message(_ command: String, _ words: [String]) -> String {
        guard words.count > 1, let index = Int(words[1]).map({ $0 - 1 }), session.indices.contains(index),
            let mail = session[index]
        else { return "-ERR no such message\r\n" }
        switch command {
        case "DELE":
            session[index] = nil
            return "+OK\r\n"
        case "TOP":
            let header = mail.text.components(separatedBy: "\r\n\r\n").first ?? ""
            return "+OK\r\n\(header)\r\n\r\n.\r\n"
        default: return "+OK\r\n\(mail.text).\r\n"
        }
    }
}
