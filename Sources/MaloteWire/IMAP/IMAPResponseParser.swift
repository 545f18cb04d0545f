// From one frame to one response; pure, lenient where servers in use are sloppy.

enum IMAPResponseParser {
    static func parse(_ frame: IMAPFrame) throws(WireError) -> IMAPResponse {
        var tokens = IMAPTokens(frame)
        if tokens.take("+") {
            tokens.skipSpaces()
            return .continuation(text: tokens.rest())
        }
        let tag = try tokens.atom()
        tokens.skipSpaces()
        if tag != "*" {
            let word = try tokens.atom()
            guard let kind = IMAPStatus.Kind(rawValue: word.uppercased()) else {
                throw .malformed("The server sent a line that is no IMAP response.")
            }
            return .tagged(tag, status(kind, &tokens))
        }
        return try untagged(&tokens)
    }

    private static func untagged(_ tokens: inout IMAPTokens) throws(WireError) -> IMAPResponse {
        // Exchange leaves the OK out now and then.
        if tokens.peek == UInt8(ascii: "[") { return .status(status(.ok, &tokens)) }
        let word = try tokens.atom().uppercased()
        tokens.skipSpaces()
        if let number = IMAPTokens.number(word) { return try numbered(number, &tokens) }
        if let kind = IMAPStatus.Kind(rawValue: word) { return .status(status(kind, &tokens)) }
        switch word {
        case "CAPABILITY": return .capability(words(tokens.rest()))
        case "SEARCH": return .search(numbers(tokens.rest()))
        case "ESEARCH": return .search(try extendedSearch(&tokens))
        default: return .other(word)
        }
    }

    private static func numbered(_ number: Int, _ tokens: inout IMAPTokens) throws(WireError) -> IMAPResponse {
        let word = try tokens.atom().uppercased()
        tokens.skipSpaces()
        switch word {
        case "EXISTS": return .exists(number)
        case "EXPUNGE": return .expunge(number)
        case "FETCH": return .fetch(try fetch(&tokens))
        default: return .other(word)
        }
    }

    // MARK: - Status

    private static func status(_ kind: IMAPStatus.Kind, _ tokens: inout IMAPTokens) -> IMAPStatus {
        tokens.skipSpaces()
        let rest = tokens.rest()
        guard rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")) else {
            return IMAPStatus(kind, text: text(rest))
        }
        let inner = text(Array(rest[1..<close]))
        let code = inner.prefix { $0 != " " }
        return IMAPStatus(
            kind, code: code.uppercased(), codeArgument: String(inner.dropFirst(code.count).drop { $0 == " " }),
            text: text(Array(rest[(close + 1)...].drop { $0 == 0x20 })))
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    static func words(_ bytes: [UInt8]) -> [String] { text(bytes).uppercased().split(separator: " ").map(String.init) }

    // MARK: - Search

    private static func numbers(_ bytes: [UInt8]) -> [UInt32] {
        // `(MODSEQ n)` may follow the numbers (RFC 7162 §3.1.5).
        text(Array(bytes.prefix { $0 != UInt8(ascii: "(") })).split(separator: " ").compactMap { UInt32($0) }
    }

    private static func extendedSearch(_ tokens: inout IMAPTokens) throws(WireError) -> [UInt32] {
        var found: [UInt32] = []
        tokens.skipSpaces()
        if tokens.peek == UInt8(ascii: "(") { try tokens.skipValue() }
        tokens.skipSpaces()
        while tokens.peek != nil {
            let word = try tokens.atom().uppercased()
            tokens.skipSpaces()
            switch word {
            case "UID": break
            case "ALL": found += try UIDSet.parse(tokens.atom())
            default: try tokens.skipValue()
            }
            tokens.skipSpaces()
        }
        return found
    }

    // MARK: - Fetch

    private static func fetch(_ tokens: inout IMAPTokens) throws(WireError) -> IMAPFetch {
        var fetch = IMAPFetch()
        try tokens.expect("(")
        tokens.skipSpaces()
        while !tokens.take(")") {
            try item(&tokens, &fetch)
            tokens.skipSpaces()
        }
        return fetch
    }

    private static func item(_ tokens: inout IMAPTokens, _ fetch: inout IMAPFetch) throws(WireError) {
        let name = try tokens.itemName().uppercased()
        var section: String?
        if tokens.take("[") { section = try tokens.untilBracket().uppercased() }
        // A partial answer's origin, `BODY[]<0>`, is an atom of its own.
        if section != nil, tokens.peek == UInt8(ascii: "<") { _ = try tokens.atom() }
        tokens.skipSpaces()
        switch (name, section) {
        case ("UID", _): try set(&fetch.uid, try tokens.number().flatMap(UInt32.init(exactly:)))
        case ("RFC822.SIZE", _): fetch.size = try tokens.number()
        case ("FLAGS", _): fetch.flags = try tokens.words()
        case ("INTERNALDATE", _):
            if case .bytes(let bytes) = try tokens.nstring() { fetch.internalDate = text(bytes) }
        case ("BODY", ""): try set(&fetch.body, try tokens.nstring())
        case ("BODY", "HEADER"): try set(&fetch.header, try tokens.nstring())
        default: try tokens.skipValue()
        }
    }

    /// What names or holds a message comes once: a literal with a wrong length can join two messages in one response.
    private static func set<T: Equatable>(_ place: inout T?, _ value: T?) throws(WireError) {
        guard place == nil || place == value else { throw .malformed("The server mixed two messages in one response.") }
        place = value
    }
}
