// The header block as raw fields, line by line; decodes nothing.

/// One header field as it stands in the mail.
struct RawField {
    var name: String
    /// Lower case.
    var key: String
    /// Unfolded and trimmed, still encoded.
    var value: [UInt8]
}

/// RFC 5322 §2.2, leniently. What starts with no field at all is a body without a header. Among fields, lines that are
/// none are noise if a field follows them before a blank line does; otherwise the blank line was forgotten, and the body
/// starts with them.
struct HeaderBlock {
    enum Verdict {
        case more
        /// The line was the blank one behind the header.
        case ended
        /// The body has begun: with `doubtful`, then this line.
        case body
    }

    private(set) var fields: [RawField] = []
    private(set) var isCut = false
    /// Lines, with their ends, that are noise or the start of the body.
    private(set) var doubtful: [UInt8] = []

    private static let doubtfulLimit = 8 * 1024
    private let limits: MailLimits
    private let isWholeMail: Bool
    private var octets = 0
    private var hasBegun = false
    /// Whether a folded line would belong to the last field.
    private var isOpen = false

    /// - Parameter isWholeMail: a mail's own header may have noise before it; a part's may not, for a part may have no
    ///   header.
    init(isWholeMail: Bool, limits: MailLimits) {
        self.isWholeMail = isWholeMail
        self.limits = limits
    }

    mutating func take(_ line: Line) -> Verdict {
        octets += line.octets
        guard line.isStart else {
            isCut = true
            return .more
        }
        guard !line.text.isEmpty else { return blankLine() }
        guard octets <= limits.headerOctets else {
            isCut = true
            return .more
        }
        if isWholeMail, !hasBegun, Self.isMailboxLine(line.text) { return .more }
        hasBegun = true
        if line.text[0].isSpaceOrTab && !fields.isEmpty || isLostFold(line.text) { return takeFold(line) }
        guard let (name, value) = Self.field(line.text) else { return takeNoise(line) }
        let key = String(lowercasing: name)
        guard doubtful.isEmpty || Self.isKnown(key) else { return takeNoise(line) }
        doubtful = []
        append(RawField(name: String(decoding: name, as: UTF8.self), key: key, value: []), value)
        return .more
    }

    /// The first field of this name, in lower case.
    func first(_ key: String) -> Bytes? { fields.first { $0.key == key }?.value[...] }

    // MARK: - Lines

    /// Blank lines before the first field are some gateway's noise.
    private func blankLine() -> Verdict {
        if isWholeMail, !hasBegun { return .more }
        return doubtful.isEmpty ? .ended : .body
    }

    /// The "From " line of an mbox, perhaps quoted.
    private static func isMailboxLine(_ text: UnsafeRawBufferPointer) -> Bool {
        (text.hasPrefix("from ") || text.hasPrefix(">from ")) && field(text) == nil
    }

    private mutating func takeNoise(_ line: Line) -> Verdict {
        isOpen = false
        guard !fields.isEmpty, doubtful.count + line.octets <= Self.doubtfulLimit else { return .body }
        doubtful += line.text
        doubtful += line.end.octets
        return .more
    }

    /// A folded line (RFC 5322 §2.2.3): its fold becomes the blank that it stands for.
    private mutating func takeFold(_ line: Line) -> Verdict {
        guard doubtful.isEmpty else { return takeNoise(line) }
        guard isOpen else { return .more }
        let last = fields.count - 1
        let room = limits.fieldOctets - fields[last].value.count
        let text = line.text.trimmed
        guard !text.isEmpty else { return .more }
        if room <= text.count { isCut = true }
        guard room > 1 else { return .more }
        if !fields[last].value.isEmpty { fields[last].value.append(0x20) }
        fields[last].value += UnsafeRawBufferPointer(rebasing: text.prefix(room - 1))
        return .more
    }

    /// A parameter at the start of a line, as in `boundary=x` behind `Content-Type: multipart/mixed;`.
    private func isLostFold(_ text: UnsafeRawBufferPointer) -> Bool {
        guard isOpen, let last = fields.last, last.value.last == UInt8(ascii: ";"), last.key.hasPrefix("content-")
        else { return false }
        let name = text.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "-") }
        return (1...40).contains(name.count) && name.endIndex < text.count && text[name.endIndex] == UInt8(ascii: "=")
    }

    private mutating func append(_ field: RawField, _ value: UnsafeRawBufferPointer) {
        isOpen = false
        guard fields.count < limits.fields else {
            isCut = true
            return
        }
        if value.count > limits.fieldOctets { isCut = true }
        fields.append(field)
        fields[fields.count - 1].value = Array(UnsafeRawBufferPointer(rebasing: value.prefix(limits.fieldOctets)))
        isOpen = true
    }

    // MARK: - Fields

    private static func field(
        _ line: UnsafeRawBufferPointer
    ) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        let start = UnsafeRawBufferPointer(rebasing: line.prefix(200))
        let colon = start.place(of: UInt8(ascii: ":"), from: 0)
        guard colon < start.count else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon]).trimmed
        guard (1...100).contains(name.count), name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return (name, UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed)
    }

    /// Whether a line of this name behind noise is a field rather than text with a colon.
    private static func isKnown(_ key: String) -> Bool {
        known.contains(key) || prefixes.contains { key.hasPrefix($0) }
    }

    private static let prefixes = [
        "x-", "content-", "list-", "arc-", "resent-", "dkim-", "received", "authentication-", "ms-", "thread-",
    ]
    private static let known: Set<String> = [
        "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "in-reply-to", "references",
        "mime-version", "return-path", "delivered-to", "envelope-to", "errors-to", "precedence", "auto-submitted",
        "importance", "priority", "user-agent", "organization", "comments", "keywords", "status",
        "disposition-notification-to", "return-receipt-to", "accept-language", "mailing-list", "feedback-id",
    ]
}
