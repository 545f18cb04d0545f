// SMTP replies: from bytes to code, enhanced status and text; knows no command.

import MaloteCore

/// One whole reply (RFC 5321 §4.2), possibly of several lines.
package struct SMTPReply: Sendable, Hashable {
    /// 200 to 599.
    package var code: Int
    /// RFC 3463 status of the first line that has one; empty if none.
    package var status: String
    /// Texts without code, separator and status.
    package var lines: [String]

    package init(code: Int, status: String = "", lines: [String] = []) {
        self.code = code
        self.status = status
        self.lines = lines
    }

    package var isPositive: Bool { (200..<300).contains(code) }
    package var isIntermediate: Bool { (300..<400).contains(code) }
    package var isTransient: Bool { (400..<500).contains(code) }
    package var text: String { lines.joined(separator: " ") }

    package func protocolReply(to command: String) -> ProtocolReply {
        ProtocolReply(code: code, status: status, text: text, command: command)
    }
}

/// Cuts a stream into replies. Any split of the input gives the same replies.
package struct SMTPReplyParser: Sendable {
    /// RFC 5321 §4.5.3.1.5 allows 512; servers with long policy texts send more, and RFC 4954 §4 allows challenges this.
    private static let lineLimit = 12_288
    private static let linesLimit = 256

    private var input = InputBuffer()
    private var open: SMTPReply?

    package init() {}

    package mutating func feed(_ bytes: some Collection<UInt8>) { input.append(bytes) }

    /// True when nothing has arrived that was not yet handed out. Must hold when TLS starts.
    package var isDrained: Bool { input.isEmpty && open == nil }

    /// The next complete reply.
    package mutating func next() throws(WireError) -> SMTPReply? {
        while let line = try input.takeLine(limit: Self.lineLimit) {
            if let reply = try take(line) { return reply }
        }
        return nil
    }

    private mutating func take(_ line: [UInt8]) throws(WireError) -> SMTPReply? {
        guard line.count >= 3, let code = Self.code(line[..<3]) else {
            throw .malformed("The server sent a line that is no SMTP reply.")
        }
        let separator = line.count > 3 ? line[3] : UInt8(ascii: " ")
        guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else {
            throw .malformed("The server sent a line that is no SMTP reply.")
        }
        var reply = open ?? SMTPReply(code: code)
        // RFC 5321 §4.2.1: all lines carry the same code; a server that changes its mind has the last word.
        reply.code = code
        let (status, text) = Self.split(String(shown: line.dropFirst(4)))
        if reply.status.isEmpty { reply.status = status }
        reply.lines.append(text)
        guard reply.lines.count <= Self.linesLimit else { throw .limit("The server sent a reply without end.") }
        open = separator == UInt8(ascii: "-") ? reply : nil
        return open == nil ? reply : nil
    }

    private static func code(_ digits: ArraySlice<UInt8>) -> Int? {
        var code = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            code = code * 10 + Int(digit - 0x30)
        }
        return (200..<600).contains(code) ? code : nil
    }

    /// Takes a leading `2.1.5` off the text (RFC 2034).
    private static func split(_ text: String) -> (status: String, text: String) {
        let word = text.prefix { $0 != " " }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        let isStatus =
            parts.count == 3 && ["2", "4", "5"].contains(parts[0])
            && parts.dropFirst().allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) }
        guard isStatus else { return ("", text) }
        return (String(word), String(text.dropFirst(word.count).drop { $0 == " " }))
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && ("0"..."9").contains(self) }
}
