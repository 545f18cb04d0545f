// The tree of parts of a mail, in one pass a level; bounded in parts, depth and header octets.

import Glibc

/// RFC 2046, leniently: a missing closing boundary ends with the enclosing part, a multipart without a boundary is
/// text, and what lies beyond a cap is not looked at.
struct MIMEParser {
    private let limits: MailLimits
    private var partsLeft: Int
    private var headerBudget: Int
    /// What was damaged or cut, in words an operator understands; each once.
    private(set) var defects: [String] = []

    init(limits: MailLimits) {
        self.limits = limits
        partsLeft = limits.parts
        headerBudget = limits.headerOctets
    }

    mutating func parse(_ bytes: Bytes) -> MIMEPart { part(bytes, depth: 0, isDigest: false) }

    private mutating func note(_ defect: String) {
        if !defects.contains(defect) { defects.append(defect) }
    }

    private mutating func part(_ bytes: Bytes, depth: Int, isDigest: Bool) -> MIMEPart {
        partsLeft -= 1
        let header = HeaderBlock(bytes, isWholeMail: depth == 0, limits: limits, budget: &headerBudget)
        if header.isCut { note("The header is larger than what is looked at.") }
        var type = Parameters(header.first("content-type") ?? [])
        if type.value.isEmpty, isDigest { type = Parameters(Array("message/rfc822".utf8)[...]) }
        var part = MIMEPart(
            header: header, type: type, disposition: Parameters(header.first("content-disposition") ?? []),
            encoding: Self.encoding(header), content: bytes[header.bodyStart...])
        if part.isMultipart { addChildren(to: &part, depth: depth) }
        return part
    }

    private static func encoding(_ header: HeaderBlock) -> String {
        let value = header.first("content-transfer-encoding")?.trimmed ?? []
        let word = value.prefix { !$0.isBlank && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") }
        return String(decoding: word, as: UTF8.self).lowercased()
    }

    // MARK: - Multiparts

    private mutating func addChildren(to part: inout MIMEPart, depth: Int) {
        guard let boundary = part.type.all["boundary"], !boundary.isEmpty, boundary.utf8.count <= limits.boundary else {
            return note("A multipart has no usable boundary; it is read as text.")
        }
        guard depth < limits.depth else { return note("Parts are nested deeper than \(limits.depth) levels.") }
        let isDigest = part.mediaType == "multipart/digest"
        let (sections, isClosed) = sections(part.content, boundary: Array(boundary.utf8))
        guard !sections.isEmpty else { return note("A multipart has no parts; it is read as text.") }
        if !isClosed { note("A multipart has no end.") }
        for section in sections {
            guard partsLeft > 0 else { return note("The mail has more than \(limits.parts) parts.") }
            part.children.append(self.part(section, depth: depth + 1, isDigest: isDigest))
        }
    }

    /// The octets between boundary lines, in one pass; at most one section more than parts are left.
    private func sections(_ bytes: Bytes, boundary: [UInt8]) -> (sections: [Bytes], isClosed: Bool) {
        let delimiter = Array("--".utf8) + boundary
        var sections: [Bytes] = []
        var start: Int?
        var index = bytes.startIndex
        while sections.count <= partsLeft, let line = Self.next(delimiter, in: bytes, from: index) {
            if let start { sections.append(bytes[start..<Self.beforeLineEnd(bytes, start, line.start)]) }
            if line.isLast { return (sections, true) }
            start = line.next
            index = line.next
        }
        guard let start, sections.count <= partsLeft else { return (sections, true) }
        return (sections + [bytes[start...]], false)
    }

    /// The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
    private static func beforeLineEnd(_ bytes: Bytes, _ start: Int, _ index: Int) -> Int {
        var end = index
        if end > start, bytes[end - 1] == 0x0A { end -= 1 }
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }

    /// The next line that is the delimiter, closing or not, perhaps with blanks behind it.
    private static func next(
        _ delimiter: [UInt8], in bytes: Bytes, from: Int
    ) -> (start: Int, next: Int, isLast: Bool)? {
        var index = from
        while let start = lineStart(delimiter, in: bytes, from: index) {
            index = start + 1
            var tail = start + delimiter.count
            let isLast = bytes[tail...].hasPrefix("--")
            if isLast { tail += 2 }
            while tail < bytes.endIndex, bytes[tail].isSpaceOrTab { tail += 1 }
            guard tail == bytes.endIndex || bytes[tail].isLineEnd else { continue }
            return (start, HeaderBlock.line(bytes, tail).next, isLast)
        }
        return nil
    }

    /// Where a line starts with the delimiter. Most octets are passed over by the C library, since every level of a
    /// nested mail is searched anew.
    private static func lineStart(_ delimiter: [UInt8], in bytes: Bytes, from: Int) -> Int? {
        bytes.withUnsafeBytes { octets -> Int? in
            guard let base = octets.baseAddress else { return nil }
            var place = from - bytes.startIndex
            while place < octets.count, let dash = memchr(base + place, 0x2D, octets.count - place) {
                let start = UnsafeRawPointer(dash) - base
                let isLineStart = start == 0 || octets[start - 1].isLineEnd
                if isLineStart, octets.count - start >= delimiter.count,
                    memcmp(dash, delimiter, delimiter.count) == 0
                {
                    return bytes.startIndex + start
                }
                place = start + 1
            }
            return nil
        }
    }
}
