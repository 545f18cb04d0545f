// Header fields as octets: folded, encoded, impossible to break out of; knows no message.

import MaloteCore

/// Writes fields one after the other, CRLF line ends, 7-bit unless an address itself is not.
struct HeaderWriter {
    private static let width = 76
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
        append(name, value.split(separator: " ").map(String.init))
    }

    /// Free text: encoded-words where it is not plain ASCII (RFC 2047).
    mutating func text(_ name: String, _ value: String) throws(Failure) {
        try check(name, value)
        // What looks like an encoded-word must be encoded, or it would be decoded.
        let isPlain = value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.contains("=?")
        let fitsUnfolded = value.split(separator: " ").allSatisfy { $0.utf8.count <= 900 }
        append(name, isPlain && fitsUnfolded ? Self.words(value) : Self.encoded(value))
    }

    mutating func addresses(_ name: String, _ list: [MailAddress]) throws(Failure) {
        guard !list.isEmpty else { return }
        var words: [String] = []
        for (index, address) in list.enumerated() {
            try check(name, address.address)
            let comma = index == list.count - 1 ? "" : ","
            guard let display = address.name, !display.isEmpty else {
                words.append(address.address + comma)
                continue
            }
            try check(name, display)
            words += Self.phrase(display)
            words.append("<\(address.address)>\(comma)")
        }
        append(name, words)
    }

    // MARK: - Folding

    /// Blanks inside a text matter, so that runs of them stay with their word.
    private static func words(_ value: String) -> [String] {
        var words: [String] = []
        for part in value.split(separator: " ", omittingEmptySubsequences: false) {
            if part.isEmpty, !words.isEmpty { words[words.count - 1] += " " } else { words.append(String(part)) }
        }
        return words
    }

    private mutating func append(_ name: String, _ words: [String]) {
        bytes += "\(name):".utf8
        var column = name.utf8.count + 1
        for (index, word) in words.enumerated() {
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
    private static func phrase(_ display: String) -> [String] {
        guard display.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !display.contains("=?"),
            display.utf8.count <= 200
        else { return encoded(display) }
        let isAtoms = display.utf8.allSatisfy {
            $0.isDigit || $0 == 0x20 || $0 == 0x2D || (0x41...0x5A).contains($0.lowercased - 0x20)
        }
        guard !isAtoms else { return display.split(separator: " ").map(String.init) }
        let escaped = display.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return ["\"" + String(escaped) + "\""]
    }

    /// Base64 encoded-words of at most 75 characters that never split a character.
    static func encoded(_ text: String) -> [String] {
        var words: [String] = []
        var open: [UInt8] = []
        for character in text {
            // A character may have many scalars; only those must stay whole.
            for scalar in String(character).unicodeScalars {
                let octets = Array(String(scalar).utf8)
                if open.count + octets.count > 45 {
                    words.append(word(open))
                    open = []
                }
                open += octets
            }
        }
        if !open.isEmpty { words.append(word(open)) }
        return words
    }

    private static func word(_ octets: [UInt8]) -> String { "=?UTF-8?B?\(BodyEncoding.base64Line(octets))?=" }
}
