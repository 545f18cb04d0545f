// Header fields as octets: folded, encoded, impossible to break out of; knows no message.

import MaloteCore

/// Writes fields one after the other, CRLF line ends, 7-bit unless the local part of an address is not.
struct HeaderWriter {
    /// RFC 2047 §2: a line with an encoded-word.
    private static let width = 76
    /// RFC 5322 §2.1.1, without the line end.
    private static let longestLine = 998
    private(set) var bytes: [UInt8] = []

    /// - Throws: `Failure(.permanent, .rejected)` naming the field if a value holds a line break or control character.
    private func check(_ name: String, _ value: String) throws(Failure) {
        guard !value.hasControlCharacter else {
            throw Failure(
                .permanent, .rejected, "The header \(name) would hold a line break or control character.",
                remedy: "Write its value on one line.")
        }
    }

    /// A value of our own making, folded at blanks.
    mutating func structured(_ name: String, _ value: String) throws(Failure) {
        try check(name, value)
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Failure(.permanent, .rejected, "The header \(name) would hold more than ASCII.")
        }
        try append(name, value.split(separator: " ").map(String.init))
    }

    /// Free text: encoded-words where it is not plain ASCII (RFC 2047).
    mutating func text(_ name: String, _ value: String) throws(Failure) {
        try check(name, value)
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        // What looks like an encoded-word must be encoded, or it would be decoded; runs of blanks, or folding loses them.
        let isPlain =
            value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.contains("=?")
            && (value.isEmpty || words.allSatisfy { (1...900).contains($0.utf8.count) })
        try append(name, isPlain ? words.map(String.init) : Self.encoded(value, firstRoom: Self.room(behind: name)))
    }

    mutating func addresses(_ name: String, _ list: [MailAddress]) throws(Failure) {
        guard !list.isEmpty else { return }
        var words: [String] = []
        for (index, address) in list.enumerated() {
            try check(name, address.address)
            guard AddressSpec.isUsable(address.address) else {
                throw Failure(
                    .permanent, .rejected, "The header \(name) would hold what is no address.",
                    remedy: "Write it as name@domain.")
            }
            let spec = MailAddress.withASCIIDomain(address.address)
            let comma = index == list.count - 1 ? "" : ","
            guard let display = address.name, !display.isEmpty else {
                words.append(spec + comma)
                continue
            }
            try check(name, display)
            words += Self.phrase(display, firstRoom: words.isEmpty ? Self.room(behind: name) : Self.width)
            words.append("<\(spec)>\(comma)")
        }
        try append(name, words)
    }

    // MARK: - Folding

    /// Columns left behind `name: `.
    private static func room(behind name: String) -> Int { width - name.utf8.count - 2 }

    private mutating func append(_ name: String, _ words: [String]) throws(Failure) {
        bytes += "\(name):".utf8
        var column = name.utf8.count + 1
        for (index, word) in words.enumerated() {
            guard name.utf8.count + 2 + word.utf8.count <= Self.longestLine else {
                throw Failure(.permanent, .rejected, "The header \(name) would hold a word too long for one line.")
            }
            if column + 1 + word.utf8.count > Self.width, index > 0 {
                bytes += "\r\n".utf8
                column = 0
            }
            bytes.append(0x20)
            bytes += word.utf8
            column += 1 + word.utf8.count
        }
        bytes += "\r\n".utf8
    }

    // MARK: - Encoding

    /// An atom or quoted string where that is enough, else encoded-words.
    private static func phrase(_ display: String, firstRoom: Int) -> [String] {
        guard display.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !display.contains("=?"),
            !display.contains("  "), display.utf8.count <= 60
        else { return encoded(display, firstRoom: firstRoom) }
        let isAtoms = display.utf8.allSatisfy { $0.isDigit || $0.isLetter || $0 == 0x20 || $0 == 0x2D }
        guard !isAtoms else { return display.split(separator: " ").map(String.init) }
        let escaped = display.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return ["\"" + String(escaped) + "\""]
    }

    /// Base64 encoded-words of at most 75 characters that never split a character (RFC 2047 §5 (3)).
    /// - Parameter firstRoom: columns left for the first one.
    static func encoded(_ text: String, firstRoom: Int) -> [String] {
        var words: [String] = []
        var open: [UInt8] = []
        // 12 characters stand around the Base64, which takes four for three octets.
        var limit = max(4, min(45, (firstRoom - 12) / 4 * 3))
        for character in text {
            // What a reader sees as one character stays in one word if the word can hold it.
            let isWhole = character.utf8.count <= limit
            for piece in isWhole ? [Array(character.utf8)] : character.unicodeScalars.map({ Array(String($0).utf8) }) {
                if open.count + piece.count > limit {
                    words.append(word(open))
                    open = []
                    limit = 45
                }
                open += piece
            }
        }
        if !open.isEmpty { words.append(word(open)) }
        return words
    }

    private static func word(_ octets: [UInt8]) -> String {
        "=?UTF-8?B?\(String(decoding: Base64.encode(octets), as: UTF8.self))?="
    }
}
