// One POP3 connection as a pure state: replies of one line or many, dots removed; no socket, no clock.

import MaloteCore

/// RFC 1939 replies. Tell it what each command will answer, in order; commands may be pipelined (RFC 2449).
package struct POP3Conversation: Sendable {
    package enum Answer: Sendable, Hashable {
        case line
        /// Kept up to this many octets; the rest is counted and dropped.
        case lines(limit: Int)
    }

    package struct Reply: Sendable, Hashable {
        package var isPositive: Bool
        /// RFC 2449 / RFC 3206 response code, such as `AUTH` or `SYS/TEMP`; empty if none.
        package var code: String
        package var text: String
        /// The lines with their ends, dots removed, as far as they were not drained before; `nil` if there were none to
        /// come, or too many octets.
        package var content: [UInt8]?
        /// Octets that came, kept or not.
        package var octets: Int
        /// `+` with a SASL challenge.
        package var isChallenge = false
    }

    private struct Expectation: Sendable {
        var answer: Answer
        /// Only AUTH may be answered with a challenge (RFC 5034 §4).
        var isLogin = false
    }

    private struct OpenReply: Sendable {
        var reply: Reply
        var content: POP3Content
    }

    private static let lineLimit = 64 * 1024

    private var input = InputBuffer()
    private var expected: [Expectation] = []
    private var open: OpenReply?

    package init() {}

    /// - Throws: `WireError.argument` if `line` could end early.
    package mutating func command(_ line: String, answer: Answer = .line) throws(WireError) -> [UInt8] {
        guard !line.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
            throw .argument("A command's argument holds a line end or NUL character.")
        }
        expected.append(Expectation(answer: answer, isLogin: line.hasPrefix("AUTH ")))
        return Array((line + "\r\n").utf8)
    }

    /// The server speaks first.
    package mutating func expectGreeting() { expected.append(Expectation(answer: .line)) }

    package mutating func feed(_ bytes: some Collection<UInt8>) { input.append(bytes) }

    /// The next complete reply.
    package mutating func next() throws(WireError) -> Reply? {
        while open == nil {
            guard let line = try input.takeLine(limit: Self.lineLimit) else { return nil }
            if let reply = try status(line) { return reply }
        }
        return content()
    }

    /// Takes away the lines of the reply under way as far as they have come: its `content` will be the rest. Who drains
    /// whenever there is no reply yet holds no more than has just come. If in the end there is no content, what was
    /// drained does not count.
    package mutating func drain() -> [UInt8] { open?.content.drain() ?? [] }

    private mutating func status(_ line: [UInt8]) throws(WireError) -> Reply? {
        guard let expectation = expected.first else {
            throw .unexpected("The server said something that nobody asked for.")
        }
        let text = String(shown: line)
        if expectation.isLogin, text == "+" || text.hasPrefix("+ ") {
            return Reply(isPositive: true, code: "", text: String(text.dropFirst(2)), octets: 0, isChallenge: true)
        }
        let isPositive = text.uppercased().hasPrefix("+OK")
        guard isPositive || text.uppercased().hasPrefix("-ERR") else {
            throw .malformed("The server sent a line that is no POP3 reply.")
        }
        expected.removeFirst()
        let (code, rest) = Self.split(String(text.dropFirst(isPositive ? 3 : 4)))
        let reply = Reply(isPositive: isPositive, code: code, text: rest, octets: 0)
        guard isPositive, case .lines(let limit) = expectation.answer else { return reply }
        open = OpenReply(reply: reply, content: POP3Content(limit: limit, endsLinesBare: input.isLastLineBare))
        return nil
    }

    private static func split(_ text: String) -> (code: String, text: String) {
        let trimmed = String(text.drop { $0 == " " })
        guard trimmed.hasPrefix("["), let close = trimmed.firstIndex(of: "]") else { return ("", trimmed) }
        let code = trimmed[trimmed.index(after: trimmed.startIndex)..<close].uppercased()
        return (code, String(trimmed[trimmed.index(after: close)...].drop { $0 == " " }))
    }

    private mutating func content() -> Reply? {
        guard var open else { return nil }
        self.open = nil
        input.read { open.content.take($0) }
        guard open.content.isComplete else {
            self.open = open
            return nil
        }
        open.reply.content = open.content.bytes
        open.reply.octets = open.content.octets
        return open.reply
    }
}
