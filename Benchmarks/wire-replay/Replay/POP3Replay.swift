// A POP3 server's side through the conversation, which must be told what each reply answers.

import MaloteCore
import MaloteWire

struct POP3Replay: ProtocolReplay {
    private static let many = POP3Conversation.Answer.lines(limit: .max)

    private let hasClient: Bool
    private var conversation = POP3Conversation()
    /// Commands that are not answered; `nil` for one that only its answer tells of.
    private var pending: [String?] = []
    /// Of the lines of the reply under way.
    private var hash = SHA256()
    private var isGreeted = false
    /// The client's next line answers a challenge.
    private var owesAnswer = false
    private(set) var isWithinReply = false

    init(hasClient: Bool) { self.hasClient = hasClient }

    mutating func client(_ line: TranscriptLine) {
        isGreeted = true
        guard !owesAnswer else {
            owesAnswer = false
            return
        }
        let words = String(decoding: line.text, as: UTF8.self).split(separator: " ")
        let name = words.first?.uppercased() ?? ""
        let answer =
            switch name {
            case "CAPA", "RETR", "TOP": Self.many
            case "LIST", "UIDL", "AUTH": words.count == 1 ? Self.many : .line
            default: POP3Conversation.Answer.line
            }
        expect(name, answer)
    }

    private mutating func expect(_ name: String?, _ answer: POP3Conversation.Answer) {
        // The words of a command do not matter to the conversation, save that AUTH may be answered with challenges.
        _ = try? conversation.command(name == "AUTH" ? "AUTH -" : "NOOP", answer: answer)
        pending.append(name)
    }

    mutating func server(
        _ line: TranscriptLine, next: TranscriptLine?, tell: (JSON) -> Void
    ) throws(WireError) {
        if !isWithinReply { prepare(line, next) }
        isWithinReply = true
        conversation.feed(line.octets)
        // The offer is told whole.
        let isOffer = pending.first == "CAPA"
        guard let reply = try conversation.next() else {
            if !isOffer { hash.absorb(conversation.drain()) }
            return
        }
        isWithinReply = false
        hash.absorb(reply.content ?? [])
        tell(event(reply))
        hash = SHA256()
        guard isOffer, let offer = reply.content else { return }
        let words = String(decoding: offer, as: UTF8.self).split(whereSeparator: \.isNewline)
        tell(["event": "capability", "words": .strings(words.map(String.init))])
    }

    /// Says what to expect where no command has said it.
    private mutating func prepare(_ line: TranscriptLine, _ next: TranscriptLine?) {
        let text = String(decoding: line.text.prefix(4), as: UTF8.self).uppercased()
        let isLong = !hasClient && text.hasPrefix("+OK") && Self.opensContent(next)
        // A greeting has one line; what begins with a longer reply has none.
        if isLong { isGreeted = true }
        if !isGreeted { return conversation.expectGreeting() }
        guard !hasClient, pending.isEmpty else { return }
        if text == "+" || text.hasPrefix("+ ") { return expect("AUTH", .line) }
        expect(nil, isLong ? Self.many : .line)
    }

    /// Whether a line after a status line cannot be a status line itself.
    private static func opensContent(_ next: TranscriptLine?) -> Bool {
        guard let next else { return false }
        let text = String(decoding: next.text.prefix(4), as: UTF8.self).uppercased()
        return !text.hasPrefix("+OK") && text != "-ERR" && text != "+" && !text.hasPrefix("+ ")
    }

    // MARK: - Events

    private mutating func event(_ reply: POP3Conversation.Reply) -> JSON {
        guard isGreeted else {
            isGreeted = true
            return .object(Self.members("greeting", reply) + [.init(key: "verdict", value: Self.verdict(reply, ""))])
        }
        guard !reply.isChallenge else {
            owesAnswer = true
            return .challenge(Base64.decode(Array(reply.text.utf8)))
        }
        let command = pending.isEmpty ? nil : pending.removeFirst()
        let content: JSON = reply.content == nil ? .null : .content(count: reply.octets, hash: hash)
        let members = Self.members("reply", reply)
        return .object(
            [members[0], .init(key: "command", value: .optional(command, JSON.string))] + members.dropFirst()
                + [
                    .init(key: "content", value: content),
                    .init(key: "verdict", value: Self.verdict(reply, command ?? "")),
                ])
    }

    private static func verdict(_ reply: POP3Conversation.Reply, _ command: String) -> JSON {
        guard !reply.isPositive else { return .null }
        return .verdict(
            ["USER", "PASS", "APOP", "AUTH"].contains(command)
                ? POP3Verdict.loginFailure(reply, user: "") : POP3Verdict.failure(reply, command: command))
    }

    private static func members(_ event: String, _ reply: POP3Conversation.Reply) -> [JSON.Member] {
        [
            .init(key: "event", value: .string(event)), .init(key: "ok", value: .bool(reply.isPositive)),
            .init(key: "code", value: .string(reply.code)), .init(key: "text", value: .string(reply.text)),
        ]
    }
}
