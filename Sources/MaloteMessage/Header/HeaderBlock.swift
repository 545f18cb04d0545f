// The header block as raw fields: where each starts and ends; decodes nothing.

/// One header field as it stands in the mail.
struct RawField {
    var name: String
    /// Lower case.
    var key: String
    /// Unfolded and trimmed, still encoded.
    var value: [UInt8]
}

/// RFC 5322 §2.2, leniently: among fields, a line that is no field ends the block only if it is blank; other noise is
/// passed over. What starts with no field at all is a body without a header.
struct HeaderBlock {
    private(set) var fields: [RawField] = []
    /// Where the body starts.
    private(set) var bodyStart: Int
    private(set) var isCut = false
    /// Whether a folded line would belong to the last field.
    private var isOpen = false

    /// - Parameters:
    ///   - isWholeMail: a mail's own header may have noise before it; a part's may not, for a part may have no header.
    ///   - budget: octets of header that may still be looked at; reduced by what this block takes.
    init(_ bytes: Bytes, isWholeMail: Bool, limits: MailLimits, budget: inout Int) {
        bodyStart = bytes.endIndex
        var index = isWholeMail ? Self.skipLeadingNoise(bytes) : bytes.startIndex
        while index < bytes.endIndex {
            let (textEnd, next) = Self.line(bytes, index)
            let line = bytes[index..<textEnd]
            if line.isEmpty {
                bodyStart = next
                return
            }
            if fields.isEmpty, !isCut, Self.field(line) == nil {
                bodyStart = index
                return
            }
            budget -= next - index
            take(line, limits, isOver: budget < 0)
            index = next
        }
    }

    /// Blank lines and an mbox "From " line before the first field are some gateway's noise.
    private static func skipLeadingNoise(_ bytes: Bytes) -> Int {
        var index = bytes.startIndex
        while index < bytes.endIndex, bytes[index].isLineEnd { index += 1 }
        if bytes[index...].hasPrefix("from ") || bytes[index...].hasPrefix(">from ") { index = line(bytes, index).next }
        return index
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
        isOpen = false
        guard let (name, text) = Self.field(line) else { return }
        guard fields.count < limits.fields else {
            isCut = true
            return
        }
        if text.count > limits.fieldOctets { isCut = true }
        fields.append(RawField(name: name, key: name.lowercased(), value: Array(text.prefix(limits.fieldOctets))))
        isOpen = true
    }

    /// A folded line (RFC 5322 §2.2.3): its fold becomes the blank that it stands for.
    private mutating func extendLast(_ line: Bytes, _ limits: MailLimits) {
        guard isOpen else { return }
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

    private static func field(_ line: Bytes) -> (name: String, value: Bytes)? {
        guard let colon = line.prefix(200).firstIndex(of: UInt8(ascii: ":")), let name = name(line[..<colon]) else {
            return nil
        }
        return (name, line[(colon + 1)...].trimmed)
    }

    private static func name(_ bytes: Bytes) -> String? {
        let text = bytes.trimmed
        guard (1...100).contains(text.count), text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first field of this name, in lower case.
    func first(_ key: String) -> Bytes? { fields.first { $0.key == key }?.value[...] }
}
