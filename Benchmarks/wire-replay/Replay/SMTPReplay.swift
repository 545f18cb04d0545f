// An SMTP server's replies through the reply parser; what they answer is told only where it is known.

import MaloteCore
import MaloteWire

struct SMTPReplay: ProtocolReplay {
    private var parser = SMTPReplyParser()
    private var commands: SMTPClientCommands?
    private var isGreeted = false
    private var previous: Int?
    private(set) var isWithinReply = false

    init(hasClient: Bool) { commands = hasClient ? SMTPClientCommands() : nil }

    mutating func client(_ line: TranscriptLine) {
        isGreeted = true
        commands?.take(line)
    }

    mutating func server(
        _ line: TranscriptLine, next: TranscriptLine?, tell: (JSON) -> Void
    ) throws(WireError) {
        parser.feed(line.octets)
        isWithinReply = true
        guard let reply = try parser.next() else { return }
        isWithinReply = false
        defer { previous = reply.code }
        if previous == nil, !isGreeted, reply.code == 220 || reply.code >= 400 {
            let verdict = JSON.Member(key: "verdict", value: Self.verdict(reply, ""))
            return tell(.object(Self.members("greeting", reply) + [verdict]))
        }
        let command = commands?.answer(reply.code)
        switch reply.code {
        case 334: tell(.challenge(Base64.decode(Array(reply.text.utf8))))
        case 300..<400: tell(.object(Self.members("continuation", reply)))
        default: tell(Self.event(reply, command))
        }
        if reply.isPositive, isToEHLO(reply, command) { tell(Self.event(SMTPExtensions(ehlo: reply))) }
    }

    /// Without the client's lines: long replies follow the greeting and STARTTLS only.
    private func isToEHLO(_ reply: SMTPReply, _ command: String?) -> Bool {
        guard commands == nil else { return command == "EHLO" }
        return reply.code == 250 && reply.lines.count > 1 && (previous ?? 220) == 220
    }

    private static func event(_ reply: SMTPReply, _ command: String?) -> JSON {
        var members = members("reply", reply)
        members.insert(.init(key: "command", value: .optional(command, JSON.string)), at: 1)
        return .object(members + [.init(key: "verdict", value: verdict(reply, command ?? ""))])
    }

    private static func verdict(_ reply: SMTPReply, _ command: String) -> JSON {
        guard reply.code >= 400 else { return .null }
        return .verdict(
            command == "AUTH"
                ? SMTPVerdict.loginFailure(reply, user: "") : SMTPVerdict.failure(reply, command: command))
    }

    private static func members(_ event: String, _ reply: SMTPReply) -> [JSON.Member] {
        [
            .init(key: "event", value: .string(event)), .init(key: "code", value: .number(reply.code)),
            .init(key: "enhanced", value: .string(reply.status)), .init(key: "lines", value: .strings(reply.lines)),
        ]
    }

    private static func event(_ extensions: SMTPExtensions) -> JSON {
        [
            "event": "extensions", "size": .optional(extensions.size, JSON.number),
            "pipelining": .bool(extensions.pipelining), "8bitmime": .bool(extensions.eightBitMIME),
            "smtputf8": .bool(extensions.smtpUTF8), "starttls": .bool(extensions.startTLS),
            "auth": .strings(extensions.auth),
        ]
    }
}
