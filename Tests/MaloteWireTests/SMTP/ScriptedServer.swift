// A submission server that answers as a script says, and the outcome that the script stands for; knows no machine.

import MaloteWire
import Testing

/// What the server does at each place where it can do something.
struct SMTPScript: Sendable, CustomStringConvertible {
    enum Answer: String, Sendable, CaseIterable {
        case yes, later, never, closing, lost

        var code: Int? {
            switch self {
            case .yes: 250
            case .later: 451
            case .never: 550
            case .closing: 421
            case .lost: nil
            }
        }
    }

    var mail: Answer
    var recipients: [Answer]
    var data: Answer
    var final: Answer

    var description: String { "\(mail) \(recipients) \(data) \(final)" }

    /// All scripts for so many recipients.
    static func all(_ count: Int) -> [SMTPScript] {
        var lists: [[Answer]] = [[]]
        for _ in 0..<(count + 3) { lists = lists.flatMap { list in Answer.allCases.map { list + [$0] } } }
        return lists.map {
            SMTPScript(mail: $0[0], recipients: Array($0[1..<(count + 1)]), data: $0[count + 1], final: $0[count + 2])
        }
    }

    func reply(_ place: String, _ answer: Answer) -> SMTPReply? {
        let code = place == "DATA" && answer == .yes ? 354 : answer.code
        return code.map { SMTPReply(code: $0, lines: [place]) }
    }

    // MARK: - What must come of it

    /// Each recipient's result by the rules of RFC 5321 and RFC 2920, whatever the machine does.
    var results: [SMTPTransaction.Result] { results(to: "DATA") }

    /// - Parameter command: what carries the message.
    func results(to command: String) -> [SMTPTransaction.Result] {
        var results = [SMTPTransaction.Result](repeating: .notTried, count: recipients.count)
        guard mail == .yes else {
            return results.map { _ in reply("MAIL", mail).map { .refused($0, command: "MAIL") } ?? .notTried }
        }
        for (index, answer) in recipients.enumerated() where answer != .yes {
            guard let reply = reply("RCPT\(index)", answer) else { return results }
            results[index] = .refused(reply, command: "RCPT")
            if answer == .closing { return results }
        }
        for (index, answer) in recipients.enumerated() where answer == .yes { results[index] = accepted(command) }
        return results
    }

    private func accepted(_ command: String) -> SMTPTransaction.Result {
        guard data == .yes else { return reply("DATA", data).map { .refused($0, command: "DATA") } ?? .notTried }
        guard let reply = reply("END", final) else { return .unanswered }
        return final == .yes ? .sent(reply) : .refused(reply, command: command)
    }

    /// Whether the message itself goes over the wire.
    var isContentSent: Bool {
        mail == .yes && data == .yes && recipients.contains(.yes)
            && recipients.allSatisfy { $0 != .closing && $0 != .lost }
    }
}

/// Answers each command in its turn; after 421 or a loss it says nothing more.
struct ScriptedServer {
    let script: SMTPScript
    private(set) var heard: [String] = []
    private(set) var writes = 0
    private var owed: [SMTPReply?] = []
    private var recipient = 0
    /// How the connection ended, if it did.
    private(set) var end: SMTPScript.Answer?

    init(_ script: SMTPScript) { self.script = script }

    var owesNothing: Bool { owed.isEmpty }

    mutating func hear(_ bytes: [UInt8]) {
        writes += 1
        for line in String(wire: bytes).split(separator: "\r\n").map(String.init) {
            heard.append(line)
            owed.append(answer(line))
        }
    }

    mutating func hearContent() {
        heard.append("CONTENT")
        owed.append(script.reply("END", script.final))
    }

    private mutating func answer(_ line: String) -> SMTPReply? {
        switch line.prefix(4) {
        case "MAIL": return script.reply("MAIL", script.mail)
        case "RCPT":
            defer { recipient += 1 }
            return script.reply("RCPT\(recipient)", script.recipients[recipient])
        case "DATA": return script.reply("DATA", script.data)
        case ".": return SMTPReply(code: 554, lines: ["no valid recipients"])
        default: return SMTPReply(code: 250, lines: ["RSET"])
        }
    }

    /// The next reply; `nil` when the connection is gone.
    mutating func say() -> SMTPReply? {
        guard end == nil else { return nil }
        guard !owed.isEmpty else {
            Issue.record("an answer is awaited that nobody owes: \(script) \(heard)")
            end = .lost
            return nil
        }
        let reply = owed.removeFirst()
        if reply == nil { end = .lost } else if reply?.code == 421 { end = .closing }
        return reply
    }
}
