// Reply codes (RFC 5321 §4.2) and enhanced status codes (RFC 3463) in a text; knows no words.

/// `5.1.1`, of class 2, 4 or 5.
struct StatusCode: Hashable {
    var level: Int
    var subject: Int
    var detail: Int

    var text: String { "\(level).\(subject).\(detail)" }
    /// Whether it tells more than its class.
    var isSpecific: Bool { subject != 0 || detail != 0 }

    init(_ level: Int, _ subject: Int, _ detail: Int) {
        self.level = level
        self.subject = subject
        self.detail = detail
    }

    /// The first in the text that is no part of an IP address or a version.
    static func first(in text: Bytes) -> StatusCode? {
        var previous: UInt8 = 0x20
        for place in text.indices {
            let byte = text[place]
            defer { previous = byte }
            guard byte == 0x32 || byte == 0x34 || byte == 0x35, isBoundary(previous) else { continue }
            guard let code = StatusCode(at: text[place...]) else { continue }
            return code
        }
        return nil
    }

    /// The one that stands right behind a reply code, as servers answer: `550 5.1.1`, `550-5.1.1`.
    static func answered(in text: Bytes) -> StatusCode? {
        for place in text.indices.dropLast(8) where text[place] == 0x34 || text[place] == 0x35 {
            guard text[place + 1].isDigit, text[place + 2].isDigit, place == text.startIndex || !text[place - 1].isDigit
            else { continue }
            let rest = text[(place + 3)...].prefix(4).drop { " -'#(".utf8.contains($0) }
            guard rest.startIndex > place + 3, rest.first == text[place],
                let code = StatusCode(at: text[rest.startIndex...])
            else { continue }
            return code
        }
        return nil
    }

    private static func isBoundary(_ byte: UInt8) -> Bool { byte <= 0x20 || "#(-:;<[,'\"=".utf8.contains(byte) }

    private init?(at text: Bytes) {
        var numbers = [0, 0, 0]
        var place = text.startIndex
        for index in 0..<3 {
            let digits = text[place...].prefix(4).prefix(while: \.isDigit)
            guard (1...3).contains(digits.count), index > 0 || digits.count == 1 else { return nil }
            numbers[index] = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            place = digits.endIndex
            guard index < 2 else { break }
            guard place < text.endIndex, text[place] == UInt8(ascii: ".") else { return nil }
            place += 1
        }
        if place < text.endIndex {
            let isLonger = text[place] == UInt8(ascii: ".") && place + 1 < text.endIndex && text[place + 1].isDigit
            if isLonger || (0x61...0x7A).contains(text[place].lowercased) { return nil }
        }
        self.init(numbers[0], numbers[1], numbers[2])
    }
}

/// `550`, of class 4 or 5.
enum ReplyCode {
    /// The first in the text that stands as a word of its own.
    static func first(in text: Bytes) -> Int? {
        var previous: UInt8 = 0x20
        for place in text.indices.dropLast(2) {
            let byte = text[place]
            defer { previous = byte }
            guard byte == 0x34 || byte == 0x35, previous <= 0x20 || "(:;<[,'\"-=#".utf8.contains(previous) else {
                continue
            }
            guard let code = code(text[place...]) else { continue }
            return code
        }
        return nil
    }

    /// One at the very start.
    static func start(of text: Bytes) -> Int? {
        guard let first = text.first, first == 0x34 || first == 0x35 || first == 0x32 || first == 0x33 else {
            return nil
        }
        return code(text)
    }

    private static func code(_ text: Bytes) -> Int? {
        let digits = text.prefix(4).prefix(while: \.isDigit)
        guard digits.count == 3,
            (0x30...0x35).contains(digits[digits.startIndex + 1]) || digits.elementsEqual("571".utf8)
        else { return nil }
        if digits.endIndex < text.endIndex {
            let next = text[digits.endIndex]
            guard next <= 0x20 || "-:;,.)]'\"<".utf8.contains(next) else { return nil }
            // A number with decimals, or an address.
            if next == UInt8(ascii: "."), digits.endIndex + 1 < text.endIndex, text[digits.endIndex + 1].isDigit {
                return nil
            }
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
