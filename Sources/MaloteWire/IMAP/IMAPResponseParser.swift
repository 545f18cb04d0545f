// From one frame to one response; pure, lenient where servers in use are sloppy.

package enum IMAPResponseParser {
    /// - Throws: `WireError.malformed` or `limit`, as RFC 9051 §9 is not kept.
    package static func parse(_ frame: IMAPFrame) throws(WireError) -> IMAPResponse {
        var tokens = IMAPTokens(frame)
        if tokens.take("+") {
            tokens.skipSpaces()
            return .continuation(text: tokens.rest())
        }
        // Exchange leaves the tag, or the star and the OK, out now and then.
        if tokens.peek == UInt8(ascii: "[") { return .status(status(.ok, &tokens)) }
        if let goodbye = bareGoodbye(frame) { return .status(goodbye) }
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

    /// "Server Unavailable. 15", alone on its line: why the connection is about to end.
    private static func bareGoodbye(_ frame: IMAPFrame) -> IMAPStatus? {
        guard case .text(let line)? = frame.pieces.first, line.first != UInt8(ascii: "*") else { return nil }
        let words = text(Array(line.prefix(200)))
        guard words.lowercased().hasPrefix("server unavailable") else { return nil }
        return IMAPStatus(.bye, code: "UNAVAILABLE", text: words)
    }

    private static func untagged(_ tokens: inout IMAPTokens) throws(WireError) -> IMAPResponse {
        if tokens.peek == UInt8(ascii: "[") { return .status(status(.ok, &tokens)) }
        let word = try tokens.atom().uppercased()
        tokens.skipSpaces()
        if let number = IMAPTokens.number(word) { return try numbered(number, &tokens) }
        if let kind = IMAPStatus.Kind(rawValue: word) { return .status(status(kind, &tokens)) }
        switch word {
        case "CAPABILITY": return .capability(capabilities(tokens.rest()))
        case "SEARCH": return .search(numbers(tokens.rest()))
        case "ESEARCH": return .search(try extendedSearch(&tokens))
        case "VANISHED": return .vanished(vanished(tokens.rest()))
        case "LIST": return .list(try listing(&tokens))
        case "ID": return .identity(try identity(&tokens))
        default: return .other(word)
        }
    }

    private static func numbered(_ number: Int, _ tokens: inout IMAPTokens) throws(WireError) -> IMAPResponse {
        let word = try tokens.atom().uppercased()
        tokens.skipSpaces()
        switch word {
        case "EXISTS": return .exists(number)
        case "EXPUNGE": return .expunge(number)
        case "FETCH", "UIDFETCH":
            var fetch = IMAPFetch()
            try items(&tokens, &fetch)
            // The number is the UID (RFC 9586 §3.2).
            if word == "UIDFETCH" { fetch.uid = UInt32(exactly: number) }
            return .fetch(fetch)
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

    /// Upper case. Some write `LITERAL +` with a space.
    static func capabilities(_ bytes: [UInt8]) -> [String] {
        var words: [String] = []
        for word in text(bytes).uppercased().split(separator: " ") {
            if word == "+", let last = words.popLast() { words.append(last + "+") } else { words.append(String(word)) }
        }
        return words
    }

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

    private static func vanished(_ bytes: [UInt8]) -> Int {
        let words = text(bytes).split(separator: " ")
        // `(EARLIER)`: gone before, and so never counted.
        guard words.count == 1, let uids = try? UIDSet.parse(String(words[0])) else { return 0 }
        return uids.count
    }

    // MARK: - Folders and names

    private static func listing(_ tokens: inout IMAPTokens) throws(WireError) -> IMAPListing {
        var listing = IMAPListing(attributes: try tokens.words(), wireName: [])
        tokens.skipSpaces()
        if case .bytes(let delimiter) = try tokens.nstring() { listing.delimiter = text(delimiter) }
        tokens.skipSpaces()
        listing.wireName = try tokens.name()
        return listing
    }

    private static func identity(_ tokens: inout IMAPTokens) throws(WireError) -> [IMAPIdentityField] {
        var fields: [IMAPIdentityField] = []
        guard tokens.take("(") else { return [] }
        tokens.skipSpaces()
        while !tokens.take(")") {
            let name = try tokens.nstring()
            tokens.skipSpaces()
            let value = try tokens.nstring()
            tokens.skipSpaces()
            // NIL says that there is such a thing and not what.
            if case .bytes(let name) = name, case .bytes(let value) = value, fields.count < 30 {
                fields.append(IMAPIdentityField(text(name).lowercased(), text(value)))
            }
        }
        return fields
    }

    // MARK: - Fetch

    /// Whether a response that ends with the announcement of a streamed literal is a FETCH, and the literal its body.
    @Sendable package static func breaksOffAtBody(_ frame: IMAPFrame) -> Bool {
        // What was streamed before is the body, or the body came before it.
        for case .streamed in frame.pieces.dropLast() { return false }
        var tokens = IMAPTokens(frame)
        var fetch = IMAPFetch()
        do throws(WireError) {
            guard try tokens.atom() == "*" else { return false }
            tokens.skipSpaces()
            guard try tokens.number() != nil else { return false }
            tokens.skipSpaces()
            guard ["FETCH", "UIDFETCH"].contains(try tokens.atom().uppercased()) else { return false }
            tokens.skipSpaces()
            try items(&tokens, &fetch)
        } catch {
            // It breaks off, so it cannot be whole: what counts is what was read until then.
        }
        if case .streamed = fetch.body { return true }
        return false
    }

    private static func items(_ tokens: inout IMAPTokens, _ fetch: inout IMAPFetch) throws(WireError) {
        try tokens.expect("(")
        tokens.skipSpaces()
        while !tokens.take(")") {
            try item(&tokens, &fetch)
            tokens.skipSpaces()
        }
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
        case ("RFC822.SIZE", _): fetch.size = try tokens.size()
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
