// Cuts an IMAP stream into responses of text and literals; counts octets and understands nothing else.

/// One response as it came: text up to a literal's announcement, the literal, text again, and so on.
package struct IMAPFrame: Sendable, Hashable {
    package enum Piece: Sendable, Hashable {
        /// Without the line end; a literal's `{n}` is cut off.
        case text([UInt8])
        case literal([UInt8])
        /// A literal over the limit: counted and dropped.
        case omitted(octets: Int)
    }

    package var pieces: [Piece]
    package init(pieces: [Piece]) { self.pieces = pieces }
}

/// Any split of the input gives the same frames. A literal is taken by its length alone, so whatever a mail holds can
/// never be mistaken for a response.
package struct IMAPFramer: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Octets of one line outside literals: a SEARCH answer has all UIDs of a folder on one.
        package var line: Int
        /// Octets of one literal that is kept; longer ones are counted and dropped.
        package var literal: Int
        /// Octets of all that is kept of one response.
        package var response: Int
        package init(line: Int = 4 << 20, literal: Int, response: Int? = nil) {
            self.line = line
            self.literal = literal
            self.response = response ?? literal + (4 << 20)
        }
    }

    private struct OpenLiteral: Sendable {
        var size: Int
        var remaining: Int
        var isKept: Bool
        var bytes: [UInt8] = []
    }

    /// More pieces in one response serve no purpose but to exhaust us.
    private static let piecesLimit = 20_000

    /// RFC 9051 §9: sizes of messages have 32 bits. Who announces more would keep us counting for days.
    private static let sizeLimit = Int(UInt32.max)

    package var limits: Limits
    private var input = InputBuffer()
    private var pieces: [IMAPFrame.Piece] = []
    private var kept = 0
    private var literal: OpenLiteral?

    package init(limits: Limits) { self.limits = limits }

    package mutating func feed(_ bytes: some Collection<UInt8>) { input.append(bytes) }

    /// The next complete response.
    package mutating func next() throws(WireError) -> IMAPFrame? {
        while true {
            if literal != nil {
                guard takeLiteral() else { return nil }
            } else {
                guard let line = try input.takeLine(limit: limits.line) else { return nil }
                if let frame = try take(line) { return frame }
            }
        }
    }

    /// - Returns: whether the literal is complete.
    private mutating func takeLiteral() -> Bool {
        guard var open = literal else { return true }
        literal = nil
        open.remaining -=
            open.isKept ? input.take(open.remaining, into: &open.bytes) : input.skip(open.remaining)
        guard open.remaining == 0 else {
            literal = open
            return false
        }
        pieces.append(open.isKept ? .literal(open.bytes) : .omitted(octets: open.size))
        return true
    }

    private mutating func take(_ line: [UInt8]) throws(WireError) -> IMAPFrame? {
        // Some servers pad with NUL before a line.
        let text = pieces.isEmpty ? Array(line.drop { $0 == 0 }) : line
        kept += text.count
        guard kept <= limits.response, pieces.count < Self.piecesLimit else {
            throw .limit("The server sent a response of more than \(limits.response) octets.")
        }
        guard let (size, textEnd) = Self.announcement(text) else {
            pieces.append(.text(text))
            defer {
                pieces = []
                kept = 0
            }
            return IMAPFrame(pieces: pieces)
        }
        guard size <= Self.sizeLimit else { throw .limit("The server announced a literal of \(size) octets.") }
        let isKept = size <= limits.literal && kept + size <= limits.response
        if isKept { kept += size }
        pieces.append(.text(Array(text[..<textEnd])))
        var open = OpenLiteral(size: size, remaining: size, isKept: isKept)
        // Room is made as octets come, not on the server's word.
        if isKept { open.bytes.reserveCapacity(min(size, 1 << 16)) }
        literal = open
        return nil
    }

    /// `{n}`, `{n+}` and `~{n}` at the end of a line (RFC 9051 §9 literal, RFC 3516 literal8).
    private static func announcement(_ text: [UInt8]) -> (size: Int, textEnd: Int)? {
        guard text.last == UInt8(ascii: "}"), let open = text.lastIndex(of: UInt8(ascii: "{")) else { return nil }
        var digits = text[(open + 1)..<(text.count - 1)]
        if digits.last == UInt8(ascii: "+") { digits = digits.dropLast() }
        guard (1...15).contains(digits.count) else { return nil }
        var size = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            size = size * 10 + Int(digit - 0x30)
        }
        let isLiteral8 = open > 0 && text[open - 1] == UInt8(ascii: "~")
        return (size, isLiteral8 ? open - 1 : open)
    }
}
