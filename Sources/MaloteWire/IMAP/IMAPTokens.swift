// Reads atoms, numbers, strings and lists from one IMAP frame; knows no response.

/// A cursor over a frame's pieces.
struct IMAPTokens {
    /// Parentheses deeper than this are not mail but malice.
    private static let depthLimit = 64

    private let pieces: [IMAPFrame.Piece]
    private var piece = 0
    private var text: [UInt8] = []
    private var index = 0

    init(_ frame: IMAPFrame) {
        pieces = frame.pieces
        loadText()
    }

    private mutating func loadText() {
        if piece < pieces.count, case .text(let bytes) = pieces[piece] { text = bytes } else { text = [] }
        index = 0
    }

    // MARK: - Bytes

    /// The next byte of the current text; `nil` at its end, where a literal or the response's end follows.
    var peek: UInt8? { index < text.count ? text[index] : nil }

    /// True at the end of a text piece that a literal follows.
    private var isAtLiteral: Bool { index >= text.count && piece + 1 < pieces.count }

    mutating func take(_ character: Character) -> Bool {
        guard let byte = peek, byte == character.asciiValue else { return false }
        index += 1
        return true
    }

    mutating func expect(_ character: Character) throws(WireError) {
        guard take(character) else { throw .malformed("The server sent an IMAP response without \"\(character)\".") }
    }

    mutating func skipSpaces() {
        while peek == 0x20 { index += 1 }
    }

    /// Everything left in the current text.
    mutating func rest() -> [UInt8] {
        defer { index = text.count }
        return Array(text[min(index, text.count)...])
    }

    // MARK: - Tokens

    /// Characters up to a space, parenthesis, quote or end; never empty. Brackets belong to it: flags may hold them.
    mutating func atom() throws(WireError) -> String { try word(until: Self.stops) }

    /// An atom that ends where a section begins: `BODY` of `BODY[HEADER]`.
    mutating func itemName() throws(WireError) -> String { try word(until: Self.itemStops) }

    private mutating func word(until stops: Set<UInt8>) throws(WireError) -> String {
        let start = index
        while let byte = peek, byte > 0x20, byte != 0x7F, !stops.contains(byte) { index += 1 }
        guard index > start else { throw .malformed("The server sent an IMAP response with a word missing.") }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    private static let stops = Set("()\"{".utf8)
    private static let itemStops = stops.union("[]".utf8)

    /// `nil` if another word stands in the number's place.
    mutating func number() throws(WireError) -> Int? { Self.number(try atom()) }

    /// A size: some servers write it as `9.3e+06`.
    mutating func size() throws(WireError) -> Int? {
        let word = try atom()
        if let number = Self.number(word) { return number }
        guard word.utf8.count <= 20, let value = Double(word), value >= 0, value < 1e15 else { return nil }
        return Int(value)
    }

    /// Digits and nothing else, few enough to add up without overflow.
    static func number(_ word: String) -> Int? {
        guard word.utf8.count <= 15, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(word)
    }

    /// A quoted string or a literal; `nil` for `NIL`.
    mutating func nstring() throws(WireError) -> IMAPFetch.Body {
        if isAtLiteral { return literal() }
        if peek == UInt8(ascii: "\"") { return .bytes(try quoted()) }
        let word = try atom()
        guard word.uppercased() == "NIL" else { throw .malformed("The server sent a bare word for a string.") }
        return .missing
    }

    /// A folder's name: a string, or everything up to the end of the line, as servers write names that they should
    /// have quoted.
    mutating func name() throws(WireError) -> [UInt8] {
        if isAtLiteral {
            guard case .bytes(let bytes) = literal() else { throw .malformed("The server sent a damaged folder name.") }
            return bytes
        }
        return peek == UInt8(ascii: "\"") ? try quoted() : rest()
    }

    private mutating func literal() -> IMAPFetch.Body {
        let body = pieces[piece + 1]
        piece += 2
        loadText()
        switch body {
        case .literal(let bytes): return .bytes(bytes)
        case .streamed(let octets): return .streamed(octets: octets)
        case .omitted(let octets): return .omitted(octets: octets)
        case .text: return .missing
        }
    }

    private mutating func quoted() throws(WireError) -> [UInt8] {
        try expect("\"")
        var bytes: [UInt8] = []
        while let byte = peek {
            index += 1
            if byte == UInt8(ascii: "\"") { return bytes }
            guard byte == UInt8(ascii: "\\"), let escaped = peek else {
                bytes.append(byte)
                continue
            }
            bytes.append(escaped)
            index += 1
        }
        throw .malformed("The server sent a quoted string without an end.")
    }

    /// Characters up to `]`, which is taken too.
    mutating func untilBracket() throws(WireError) -> String {
        let start = index
        while let byte = peek, byte != UInt8(ascii: "]") { index += 1 }
        let inner = String(decoding: text[start..<index], as: UTF8.self)
        try expect("]")
        return inner
    }

    /// The words of a parenthesised list; lists inside it are passed over.
    mutating func words() throws(WireError) -> [String] {
        try expect("(")
        var words: [String] = []
        skipSpaces()
        while !take(")") {
            if peek == UInt8(ascii: "(") { try skipValue() } else { words.append(try atom()) }
            skipSpaces()
        }
        return words
    }

    /// Passes over one value of any kind.
    mutating func skipValue() throws(WireError) {
        var depth = 0
        repeat {
            skipSpaces()
            if take("(") {
                depth += 1
                guard depth <= Self.depthLimit else { throw .limit("The server sent a list of absurd depth.") }
            } else if depth > 0, take(")") {
                depth -= 1
            } else if isAtLiteral {
                _ = literal()
            } else if peek == UInt8(ascii: "\"") {
                _ = try quoted()
            } else {
                _ = try atom()
            }
        } while depth > 0
    }
}
