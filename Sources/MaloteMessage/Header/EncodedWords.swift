// RFC 2047 encoded-words in header values, as mail really writes them; knows no field.

enum EncodedWords {
    private struct Word {
        var charset: String
        var octets: [UInt8]
    }

    /// The whole value as text, without control characters: nothing decoded can start a header of its own.
    static func decode(_ value: Bytes) -> String {
        guard value.contains(UInt8(ascii: "?")), value.contains(UInt8(ascii: "=")) else {
            return clean(Charset.decode(value, label: ""))
        }
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
                open?.octets += word.octets
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

    private static func flush(_ word: inout Word?) -> String {
        defer { word = nil }
        return word.map { Charset.decode($0.octets[...], label: $0.charset) } ?? ""
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
        let octets: [UInt8]
        switch encoding.lowercased() {
        case "b": octets = TransferDecoding.base64(content)
        case "q": octets = quoted(content)
        default: return nil
        }
        // RFC 2231 §5 puts a language behind the charset.
        let name = charset.prefix { $0 != "*" }.lowercased()
        return (Word(charset: name, octets: octets), index + 2)
    }

    private static func token(_ value: Bytes, _ index: inout Int, limit: Int) -> String? {
        let start = index
        while index < value.endIndex, value[index] != UInt8(ascii: "?"), index - start <= limit {
            guard value[index] > 0x20, value[index] < 0x7F else { return nil }
            index += 1
        }
        guard index < value.endIndex, value[index] == UInt8(ascii: "?"), index > start else { return nil }
        defer { index += 1 }
        return String(decoding: value[start..<index], as: UTF8.self)
    }

    private static func quoted(_ content: Bytes) -> [UInt8] {
        TransferDecoding.quotedPrintable(content.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }[...])
    }

    static func clean(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            scalars.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
        }
        return String(scalars).trimmingBlanks
    }
}

extension String {
    var trimmingBlanks: String {
        let inner = drop { $0 == " " || $0 == "\t" || $0.isNewline }
        guard let last = inner.lastIndex(where: { $0 != " " && $0 != "\t" && !$0.isNewline }) else { return "" }
        return String(inner[...last])
    }
}
