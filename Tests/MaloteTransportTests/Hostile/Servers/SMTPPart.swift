// An honest SMTP server that keeps what it accepts; knows nothing of how it may be twisted.

import Synchronization

/// What a server has accepted; outlives its connections.
final class PeerPostbox: Sendable {
    private let mails = Mutex<[String]>([])

    var accepted: [String] { mails.withLock { $0 } }
    func accept(_ text: String) { mails.withLock { $0.append(text) } }
}

struct SMTPPart: Part {
    let postbox: PeerPostbox
    var offer = ["SIZE 1000000", "PIPELINING", "8BITMIME", "AUTH PLAIN"]
    var canUpgrade = false
    private var content: [String]?
    private var isAsking = false

    init(_ postbox: PeerPostbox, canUpgrade: Bool = false) {
        self.postbox = postbox
        self.canUpgrade = canUpgrade
    }

    func greet() -> String { "220 here\r\n" }

    mutating func hear(_ line: String, isSecure: Bool) -> Cue? {
        if content != nil { return hearContent(line, isSecure) }
        let words = line.split(separator: " ").map(String.init)
        let command = isAsking ? "RESPONSE" : words.first?.uppercased() ?? ""
        isAsking = command == "AUTH" && words.count == 2
        if command == "DATA" { content = [] }
        var cue = Cue(command: command, line: line, isSecure: isSecure, move: .say("250 ok\r\n"))
        switch command {
        case "EHLO":
            let lines = ["here"] + (canUpgrade && !isSecure ? ["STARTTLS"] : offer)
            cue.move = .say(lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 \(lines[lines.count - 1])\r\n")
        case "STARTTLS": cue.move = .upgrade("220 go\r\n")
        case "AUTH": cue.move = .say(isAsking ? "334 \r\n" : "235 in\r\n")
        case "RESPONSE": cue.move = .say("235 in\r\n")
        case "DATA": cue.move = .say("354 go on\r\n")
        case "QUIT": cue.move = .end("221 bye\r\n")
        default: break
        }
        return cue
    }

    /// It is accepted before anybody hears of it, as on a real server.
    private mutating func hearContent(_ line: String, _ isSecure: Bool) -> Cue? {
        guard line == "." else {
            content?.append(line)
            return nil
        }
        postbox.accept((content ?? []).joined(separator: "\n"))
        content = nil
        return Cue(command: "DOT", isSecure: isSecure, move: .say("250 queued\r\n"))
    }
}
