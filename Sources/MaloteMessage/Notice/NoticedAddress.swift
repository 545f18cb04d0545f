// Finds mail addresses in a line that a server wrote for people; judges none.

/// An address and where it stands in its line.
struct NoticedAddress {
    var text: String
    /// Of the line's octets, with the angle brackets or quotes around it.
    var range: Range<Int>

    /// RFC 5321 §4.5.3.1: longer ones are none.
    private static let longest = 320

    /// In order. Letters beyond ASCII belong to an address only inside angle brackets (RFC 6531): elsewhere they are the
    /// words around it.
    static func all(in line: Bytes, limit: Int) -> [NoticedAddress] {
        var found: [NoticedAddress] = []
        var place = line.startIndex
        while found.count < limit, let at = line[place...].firstIndex(of: UInt8(ascii: "@")) {
            if let address = address(in: line, at: at, from: place) {
                found.append(address)
                place = max(address.range.upperBound + line.startIndex, at + 1)
            } else {
                place = at + 1
            }
        }
        return found
    }

    static func first(in line: Bytes) -> NoticedAddress? { all(in: line, limit: 1).first }

    private static func address(in line: Bytes, at: Int, from: Int) -> NoticedAddress? {
        let isBracketed = bracket(in: line, before: at, from: from)
        var start = at
        while start > from, at - start < longest, isLocal(line[start - 1], isBracketed) { start -= 1 }
        if start == at, start > from, line[start - 1] == UInt8(ascii: "\"") {
            guard let quote = line[from..<(start - 1)].lastIndex(of: UInt8(ascii: "\"")) else { return nil }
            start = quote
        }
        var end = at + 1
        while end < line.endIndex, end - at < longest, isDomain(line[end], isBracketed) { end += 1 }
        while end > at + 1, line[end - 1] == UInt8(ascii: ".") || line[end - 1] == UInt8(ascii: "-") { end -= 1 }
        while start < at,
            [UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "="), UInt8(ascii: "|")].contains(line[start])
        {
            start += 1
        }
        // The tail of an X.400 address.
        if line[start..<at].hasPrefix("smtp=") { start += 5 }
        guard start < at, end > at + 1 else { return nil }
        let text = String(decoding: line[start..<end], as: UTF8.self)
        if start > from, "<\"'".utf8.contains(line[start - 1]) { start -= 1 }
        if end < line.endIndex, ">\"'".utf8.contains(line[end]) { end += 1 }
        return NoticedAddress(text: text, range: (start - line.startIndex)..<(end - line.startIndex))
    }

    private static func bracket(in line: Bytes, before at: Int, from: Int) -> Bool {
        line[max(from, at - longest)..<at].last { $0 == UInt8(ascii: "<") || $0 == 0x20 } == UInt8(ascii: "<")
    }

    private static func isLocal(_ byte: UInt8, _ isBracketed: Bool) -> Bool {
        isWord(byte) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte) || isBracketed && byte > 0x7F
    }

    private static func isDomain(_ byte: UInt8, _ isBracketed: Bool) -> Bool {
        isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || isBracketed && byte > 0x7F
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isDigit || (0x61...0x7A).contains(byte.lowercased)
    }
}
