// Cuts an IMAP stream into responses of text and literals; counts octets and understands nothing else.

/// One response as it came: text up to a literal's announcement, the literal, text again, and so on.
package struct IMAPFrame: Sendable, Hashable {
    package enum Piece: Sendable, Hashable {
        /// Without the line end; a literal's `{n}` is cut off.
        case text([UInt8])
        case literal([UInt8])
        /// A long literal: its octets went ahead of the frame.
        case streamed(octets: Int)
        /// A literal over the limit, or a long one that nobody wants: counted and dropped.
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
        /// Octets of one literal that stays in its frame. Longer ones are handed over as they come.
        package var inline: Int
        /// Octets of one literal that is taken at all; longer ones are counted and dropped.
        package var literal: Int
        /// Octets of all that is kept of one response.
        package var response: Int
        package init(line: Int = 4 << 20, inline: Int = 256 * 1024, literal: Int, response: Int = 8 << 20) {
            self.line = line
            self.inline = inline
            self.literal = literal
            self.response = response
        }
    }

    package enum Step: Sendable, Hashable {
        /// The next octets of the long literal in the frame to come; never empty.
        case octets([UInt8])
        case frame(IMAPFrame)
    }

    private struct OpenLiteral: Sendable {
        enum Fate: Sendable { case kept, streamed, omitted }

        var size: Int
        var remaining: Int
        var fate: Fate
        var bytes: [UInt8] = []

        /// What is left of it in the frame.
        var piece: IMAPFrame.Piece {
            switch fate {
            case .kept: .literal(bytes)
            case .streamed: .streamed(octets: size)
            case .omitted: .omitted(octets: size)
            }
        }
    }

    /// RFC 9051 §9: sizes of messages have 32 bits. Who announces more would keep us counting for days.
    private static let sizeLimit = Int(UInt32.max)
    /// More pieces in one response serve no purpose but to exhaust us.
    private static let piecesLimit = 20_000
    /// Long literals of one response that are asked about: what comes before them is looked at again for each.
    private static let questionsLimit = 8

    package var limits: Limits
    private let wants: @Sendable (IMAPFrame) -> Bool
    private var input = InputBuffer()
    private var pieces: [IMAPFrame.Piece] = []
    private var kept = 0
    private var questions = 0
    private var literal: OpenLiteral?

    /// - Parameter wants: asked once for a long literal, with the response as far as it has come and the literal as its
    ///   last piece: whether its octets are to be handed over. It must want no more than one in a response.
    package init(limits: Limits, wants: @escaping @Sendable (IMAPFrame) -> Bool = { _ in false }) {
        self.limits = limits
        self.wants = wants
    }

    package mutating func feed(_ bytes: some Collection<UInt8>) { input.append(bytes) }

    /// Octets behind the last complete response.
    mutating func takeUnread() -> [UInt8] {
        var bytes: [UInt8] = []
        _ = input.take(input.count, into: &bytes)
        return bytes
    }

    /// The next complete response, or octets that belong to it.
    package mutating func next() throws(WireError) -> Step? {
        while true {
            if literal != nil {
                if let octets = takeLiteral() { return .octets(octets) }
                guard literal == nil else { return nil }
            } else {
                guard let line = try input.takeLine(limit: limits.line) else { return nil }
                if let frame = try take(line) { return .frame(frame) }
            }
        }
    }

    /// - Returns: octets to hand over.
    private mutating func takeLiteral() -> [UInt8]? {
        guard var open = literal else { return nil }
        literal = nil
        var octets: [UInt8] = []
        switch open.fate {
        case .kept: open.remaining -= input.take(open.remaining, into: &open.bytes)
        case .streamed: open.remaining -= input.take(open.remaining, into: &octets)
        case .omitted: open.remaining -= input.skip(open.remaining)
        }
        if open.remaining == 0 { pieces.append(open.piece) } else { literal = open }
        return octets.isEmpty ? nil : octets
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
                questions = 0
            }
            return IMAPFrame(pieces: pieces)
        }
        guard size <= Self.sizeLimit else { throw .limit("The server announced a literal of \(size) octets.") }
        pieces.append(.text(Array(text[..<textEnd])))
        let fate = fate(size)
        if fate == .kept { kept += size }
        var open = OpenLiteral(size: size, remaining: size, fate: fate)
        // Room is made as octets come, not on the server's word.
        if fate == .kept { open.bytes.reserveCapacity(min(size, 1 << 16)) }
        literal = open
        return nil
    }

    /// What is to become of a literal that the pieces end before.
    private mutating func fate(_ size: Int) -> OpenLiteral.Fate {
        guard size <= limits.literal else { return .omitted }
        guard size > limits.inline else { return kept + size <= limits.response ? .kept : .omitted }
        questions += 1
        guard questions <= Self.questionsLimit else { return .omitted }
        return wants(IMAPFrame(pieces: pieces + [.streamed(octets: size)])) ? .streamed : .omitted
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
