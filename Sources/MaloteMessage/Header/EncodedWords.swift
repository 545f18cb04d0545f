// RFC 2047 encoded-words in header values, as mail really writes them; knows no field.

import MaloteCore

enum EncodedWords {
    /// One encoded-word, or several of one charset joined.
    private struct Word {
        var charset: String
        var octets: [UInt8] = []
        /// Base64 that is not decoded yet, since the next word may go on with it.
        var base64: [UInt8] = []

        mutating func join(_ next: Word) {
            // Some programs cut the Base64 itself into words, in the middle of its groups of four.
            let isOneRun =
                !next.base64.isEmpty && !base64.count.isMultiple(of: 4)
                && (base64.count + next.base64.count).isMultiple(of: 4) && base64.last != UInt8(ascii: "=")
            if !isOneRun { decodeBase64() }
            octets += next.octets
            base64 += next.base64
        }

        mutating func decodeBase64() {
            if !base64.isEmpty { octets += TransferDecoder.decode(base64[...], .base64) }
            base64 = []
        }

        var text: String {
            var word = self
            word.decodeBase64()
            return Charset.decode(word.octets[...], label: charset)
        }
    }

    /// The whole value as text, without control characters: nothing decoded can start a header of its own.
    static func decode(_ value: Bytes) -> String {
        guard let look = Look(value) else { return "" }
        // Most values are plain ASCII on which there is nothing to decode or to clean.
        if look.isPlain { return String(decoding: value.trimmed, as: UTF8.self) }
        guard look.mayHoldWords else { return clean(Charset.decode(value, label: "")) }
        var text = ""
        var open: Word?
        var plain = value.startIndex
        var index = value.startIndex
        while index < value.endIndex {
            guard value[index] == UInt8(ascii: "="), let (word, end) = word(value, index) else {
                index += 1
                continue
            }
            let between = value[plain..<index]
            // Blanks between encoded-words are not text (RFC 2047 §6.2).
            if open == nil || !between.allSatisfy(\.isBlank) {
                text += flush(&open) + Charset.decode(between, label: "")
            }
            // One character may be split over two words: equal charsets are joined as octets.
            if open?.charset == word.charset {
                open?.join(word)
            } else {
                text += flush(&open)
                open = word
            }
            index = end
            plain = end
        }
        text += flush(&open) + Charset.decode(value[plain...], label: "")
        return clean(text)
    }

    /// A look at all octets.
    private struct Look {
        private(set) var isPlain = false
        private(set) var mayHoldWords = false

        /// - Returns: `nil` for nothing.
        init?(_ value: Bytes) {
            guard !value.isEmpty else { return nil }
            value.withUnsafeBytes { octets in
                mayHoldWords = Self.holdsMark(octets)
                isPlain = !mayHoldWords && octets.isPrintable
            }
        }

        /// Whether `=?` occurs.
        private static func holdsMark(_ octets: UnsafeRawBufferPointer) -> Bool {
            var place = octets.place(of: UInt8(ascii: "="), from: 0)
            while place + 1 < octets.count {
                if octets[place + 1] == UInt8(ascii: "?") { return true }
                place = octets.place(of: UInt8(ascii: "="), from: place + 1)
            }
            return false
        }
    }

    private static func flush(_ word: inout Word?) -> String {
        defer { word = nil }
        return word?.text ?? ""
    }

    /// `=?charset[*language]?encoding?text?=`. Texts with blanks inside, which the standard forbids, are taken too.
    private static func word(_ value: Bytes, _ start: Int) -> (Word, end: Int)? {
        var index = start + 1
        guard index < value.endIndex, value[index] == UInt8(ascii: "?") else { return nil }
        index += 1
        guard let charset = token(value, &index, limit: 60), let encoding = token(value, &index, limit: 1) else {
            return nil
        }
        let textStart = index
        while index + 1 < value.endIndex {
            if value[index] == UInt8(ascii: "?"), value[index + 1] == UInt8(ascii: "=") { break }
            // Another word's start means that this one never ended; `=?=` is padding and an end.
            if value[index] == UInt8(ascii: "="), value[index + 1] == UInt8(ascii: "?"), index > textStart,
                index + 2 == value.endIndex || value[index + 2] != UInt8(ascii: "=")
            {
                return nil
            }
            index += 1
        }
        guard index + 1 < value.endIndex else { return nil }
        let content = value[textStart..<index]
        // RFC 2231 §5 puts a language behind the charset.
        var word = Word(charset: String(lowercasing: charset.prefix { $0 != UInt8(ascii: "*") }))
        switch encoding.first?.lowercased {
        case UInt8(ascii: "b"): word.base64 = Array(content)
        case UInt8(ascii: "q"): word.octets = quoted(content)
        default: return nil
        }
        return (word, index + 2)
    }

    private static func token(_ value: Bytes, _ index: inout Int, limit: Int) -> Bytes? {
        let start = index
        while index < value.endIndex, value[index] != UInt8(ascii: "?"), index - start <= limit {
            guard value[index] > 0x20, value[index] < 0x7F else { return nil }
            index += 1
        }
        guard index < value.endIndex, value[index] == UInt8(ascii: "?"), index > start else { return nil }
        defer { index += 1 }
        return value[start..<index]
    }

    private static func quoted(_ content: Bytes) -> [UInt8] {
        TransferDecoder.decode(content.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }[...], .quotedPrintable)
    }

    /// Blanks for control characters and separators of lines.
    static func clean(_ text: String) -> String {
        guard text.hasControlCharacter else { return text.trimmingBlanks }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(scalar.isControl ? " " : scalar) }
        return String(scalars).trimmingBlanks
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }
}

extension String {
    /// Without blanks and line ends around.
    var trimmingBlanks: String {
        var octets = Substring(self).utf8
        while octets.first?.isBlank == true { octets.removeFirst() }
        while octets.last?.isBlank == true { octets.removeLast() }
        return octets.count == utf8.count ? self : String(Substring(octets))
    }
}
