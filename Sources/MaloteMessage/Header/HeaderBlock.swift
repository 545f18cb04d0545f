// The header block as raw fields: where each starts and ends; decodes nothing.

/// One header field as it stands in the mail.
struct RawField {
    var name: String
    /// Lower case.
    var key: String
    /// Unfolded and trimmed, still encoded.
    var value: [UInt8]
}

/// RFC 5322 §2.2, leniently: a line that is no field ends the block only if it is blank; other noise is passed over.
struct HeaderBlock {
    private(set) var fields: [RawField] = []
    /// Where the body starts.
    private(set) var bodyStart: Int
    private(set) var isCut = false

    /// - Parameter budget: octets of header that may still be looked at; reduced by what this block takes.
    init(_ bytes: Bytes, limits: MailLimits, budget: inout Int) {
        bodyStart = bytes.endIndex
        var index = bytes.startIndex
        index = Self.skipLeadingNoise(bytes, index)
        while index < bytes.endIndex {
            let (textEnd, next) = Self.line(bytes, index)
            let line = bytes[index..<textEnd]
            if line.isEmpty {
                bodyStart = next
                return
            }
            budget -= next - index
            take(line, limits, isOver: budget < 0)
            index = next
        }
    }

    /// Blank lines and an mbox "From " line before the first field are some gateway's noise.
    private static func skipLeadingNoise(_ bytes: Bytes, _ start: Int) -> Int {
        var index = start
        while index < bytes.endIndex, bytes[index].isLineEnd { index += 1 }
        if bytes[index...].hasPrefix("from ") || bytes[index...].hasPrefix(">from ") { index = line(bytes, index).next }
        // A mail that starts with its body's blank line has no header at all.
        return index - start > 4 && index == bytes.endIndex ? start : index
    }

    static func line(_ bytes: Bytes, _ start: Int) -> (textEnd: Int, next: Int) {
        var index = start
        while index < bytes.endIndex, !bytes[index].isLineEnd { index += 1 }
        guard index < bytes.endIndex else { return (index, index) }
        let isPair = bytes[index] == 0x0D && index + 1 < bytes.endIndex && bytes[index + 1] == 0x0A
        return (index, index + (isPair ? 2 : 1))
    }

    private mutating func take(_ line: Bytes, _ limits: MailLimits, isOver: Bool) {
        guard !isOver else {
            isCut = true
            return
        }
        if line[line.startIndex].isSpaceOrTab {
            extendLast(line, limits)
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let name = Self.name(line[..<colon]) else { return }
        guard fields.count < limits.fields else {
            isCut = true
            return
        }
        let value = Array(line[(colon + 1)...].trimmed.prefix(limits.fieldOctets))
        fields.append(RawField(name: name, key: name.lowercased(), value: value))
    }

    /// A folded line (RFC 5322 §2.2.3): its fold becomes the blank that it stands for.
    private mutating func extendLast(_ line: Bytes, _ limits: MailLimits) {
        guard !fields.isEmpty else { return }
        let last = fields.count - 1
        let room = limits.fieldOctets - fields[last].value.count
        guard room > 1 else {
            isCut = true
            return
        }
        let text = line.trimmed
        guard !text.isEmpty else { return }
        if !fields[last].value.isEmpty { fields[last].value.append(0x20) }
        fields[last].value += text.prefix(room - 1)
    }

    private static func name(_ bytes: Bytes) -> String? {
        let text = bytes.trimmed
        guard (1...100).contains(text.count), text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first field of this name, in lower case.
    func first(_ key: String) -> Bytes? { fields.first { $0.key == key }?.value[...] }
}
