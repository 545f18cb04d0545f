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
        /// The lines with their ends, dots removed; `nil` if there were none to come, or too many octets.
        package var content: [UInt8]?
        /// Octets that came, kept or not.
        package var octets: Int
        /// `+` with a SASL challenge.
        package var isChallenge = false
    }

    private static let lineLimit = 64 * 1024

    private var input = InputBuffer()
    private var expected: [Answer] = []
    private var open: Reply?
    private var openLimit = 0

    package init() {}

    /// - Throws: `WireError.argument` if `line` could end early.
    package mutating func command(_ line: String, answer: Answer = .line) throws(WireError) -> [UInt8] {
        guard !line.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
            throw .argument("A command's argument holds a line end or NUL character.")
        }
        expected.append(answer)
        return Array((line + "\r\n").utf8)
    }

    /// The server speaks first.
    package mutating func expectGreeting() { expected.append(.line) }

    package mutating func feed(_ bytes: some Collection<UInt8>) { input.append(bytes) }

    /// The next complete reply.
    package mutating func next() throws(WireError) -> Reply? {
        while let line = try input.takeLine(limit: Self.lineLimit) {
            if let reply = try open == nil ? status(line) : content(line) { return reply }
        }
        return nil
    }

    private mutating func status(_ line: [UInt8]) throws(WireError) -> Reply? {
        guard let answer = expected.first else {
            throw .unexpected("The server said something that nobody asked for.")
        }
        let text = String(decoding: line, as: UTF8.self)
        if text == "+" || text.hasPrefix("+ ") {
            return Reply(isPositive: true, code: "", text: String(text.dropFirst(2)), octets: 0, isChallenge: true)
        }
        let isPositive = text.uppercased().hasPrefix("+OK")
        guard isPositive || text.uppercased().hasPrefix("-ERR") else {
            throw .malformed("The server sent a line that is no POP3 reply.")
        }
        expected.removeFirst()
        let (code, rest) = Self.split(String(text.dropFirst(isPositive ? 3 : 4)))
        var reply = Reply(isPositive: isPositive, code: code, text: rest, octets: 0)
        guard isPositive, case .lines(let limit) = answer else { return reply }
        reply.content = []
        open = reply
        openLimit = limit
        return nil
    }

    private static func split(_ text: String) -> (code: String, text: String) {
        let trimmed = String(text.drop { $0 == " " })
        guard trimmed.hasPrefix("["), let close = trimmed.firstIndex(of: "]") else { return ("", trimmed) }
        let code = trimmed[trimmed.index(after: trimmed.startIndex)..<close].uppercased()
        return (code, String(trimmed[trimmed.index(after: close)...].drop { $0 == " " }))
    }

    private mutating func content(_ line: [UInt8]) throws(WireError) -> Reply? {
        let dot = UInt8(ascii: ".")
        if line == [dot] {
            defer { open = nil }
            return open
        }
        let text = line.first == dot ? line.dropFirst() : line[...]
        open?.octets += text.count + 2
        if let octets = open?.octets, octets <= openLimit {
            open?.content?.append(contentsOf: text)
            open?.content?.append(contentsOf: [0x0D, 0x0A])
        } else {
            open?.content = nil
        }
        return nil
    }
}
