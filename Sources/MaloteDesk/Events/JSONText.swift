// Writes JSON in the order it is told, on one line; knows no event.

/// A small writer, so that every receiver gets the same bytes: the ones that were stored and signed.
struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    mutating func object(_ key: String? = nil, _ body: (inout JSONText) -> Void) { nest(key, "{", "}", body) }
    mutating func array(_ key: String? = nil, _ body: (inout JSONText) -> Void) { nest(key, "[", "]", body) }

    /// - Parameter key: `nil` inside an array.
    mutating func field(_ key: String?, _ value: String?) {
        begin(key)
        if let value { Self.append(value, to: &text) } else { text += "null" }
    }

    mutating func field(_ key: String?, _ value: Int) {
        begin(key)
        text += String(value)
    }

    mutating func field(_ key: String?, _ value: Bool) {
        begin(key)
        text += value ? "true" : "false"
    }

    private mutating func nest(_ key: String?, _ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        begin(key)
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    private mutating func begin(_ key: String?) {
        if needsComma { text += "," }
        needsComma = true
        guard let key else { return }
        Self.append(key, to: &text)
        text += ":"
    }

    private static func append(_ value: String, to text: inout String) {
        text += "\""
        var plain = value.utf8.startIndex
        let bytes = value.utf8
        var index = plain
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F {
                text += value[plain..<index]
                text += escape(byte)
                plain = next
            }
            index = next
        }
        text += value[plain...]
        text += "\""
    }

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
