// Writes JSON in the order it is told, on one line; knows no event.

import MaloteCore

/// A small writer, so that every receiver gets the same bytes: the ones that were stored and signed.
struct JSONText {
    private var bytes: [UInt8] = []
    private var needsComma = false
    /// Where the last text stands, quotes included.
    private var last = 0..<0
    /// The first text that is told twice, and kept once.
    private var again: EventText.Repetition?

    var line: EventText { EventText(kept: String(decoding: bytes, as: UTF8.self), again: again) }
    var text: String { line.whole }

    mutating func object(_ key: String? = nil, _ body: (inout JSONText) -> Void) { nest(key, "{", "}", body) }
    mutating func array(_ key: String? = nil, _ body: (inout JSONText) -> Void) { nest(key, "[", "]", body) }

    /// - Parameter key: `nil` inside an array.
    mutating func field(_ key: String?, _ value: String?) {
        begin(key)
        let start = bytes.count
        if let value { append(quoted: value) } else { bytes += "null".utf8 }
        last = start..<bytes.count
    }

    /// The text of the last field once more: a long one is escaped once, and kept once.
    mutating func fieldAgain(_ key: String?) {
        let text = last
        begin(key)
        if again == nil {
            again = EventText.Repetition(from: text.lowerBound, count: text.count, at: bytes.count)
        } else {
            bytes += bytes[text]
        }
    }

    /// All fields of another, as they stand there.
    mutating func fields(_ other: JSONText) {
        if needsComma, !other.bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        needsComma = needsComma || !other.bytes.isEmpty
        let start = bytes.count
        if let theirs = other.again, again == nil {
            bytes += other.bytes
            again = EventText.Repetition(from: start + theirs.from, count: theirs.count, at: start + theirs.at)
        } else {
            bytes += other.text.utf8
        }
    }

    mutating func field(_ key: String?, _ value: Int) {
        begin(key)
        bytes += String(value).utf8
    }

    mutating func field(_ key: String?, _ value: Bool) {
        begin(key)
        bytes += (value ? "true" : "false").utf8
    }

    private mutating func nest(_ key: String?, _ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        begin(key)
        bytes += open.utf8
        needsComma = false
        body(&self)
        bytes += close.utf8
        needsComma = true
    }

    private mutating func begin(_ key: String?) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        guard let key else { return }
        append(quoted: key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// In runs between what must be escaped: texts are most of an event.
    private mutating func append(quoted value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { octets in
            bytes.reserveCapacity(bytes.count + octets.count + octets.count / 32)
            var plain = 0
            for index in 0..<octets.count where Self.isSpecial[Int(octets[index])] {
                bytes += octets[plain..<index]
                bytes += Self.escape(octets[index]).utf8
                plain = index + 1
            }
            bytes += octets[plain...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let isSpecial: [Bool] = (0...255).map { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x7F }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0x22: return "\\\""
        case 0x5C: return "\\\\"
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        case 0x09: return "\\t"
        default:
            let hex = String(byte, radix: 16)
            return "\\u00" + (hex.count < 2 ? "0" : "") + hex
        }
    }
}
