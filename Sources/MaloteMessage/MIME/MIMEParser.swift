// The tree of parts of a mail, in one pass a level; bounded in parts, depth and header octets.

import MaloteCore

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
        let header = HeaderBlock(bytes, limits: limits, budget: &headerBudget)
        if header.isCut { note("The header is larger than what is looked at.") }
        var type = Parameters(header.first("content-type") ?? [])
        if type.value.isEmpty, isDigest { type = Parameters(Array("message/rfc822".utf8)[...]) }
        var part = MIMEPart(
            header: header, type: type, disposition: Parameters(header.first("content-disposition") ?? []),
            encoding: Self.encoding(header), content: bytes[header.bodyStart...])
        if part.isMultipart {
            addChildren(to: &part, depth: depth)
        } else if part.mediaType == "message/rfc822", depth < limits.depth, partsLeft > 0, part.encoding != "base64",
            part.encoding != "quoted-printable"
        {
            part.children = [self.part(part.content, depth: depth + 1, isDigest: false)]
        }
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
            note("A multipart has no usable boundary; it is read as text.")
            part.type = Parameters(Array("text/plain".utf8)[...])
            return
        }
        guard depth < limits.depth else { return note("Parts are nested deeper than \(limits.depth) levels.") }
        let isDigest = part.mediaType == "multipart/digest"
        let (sections, isClosed) = sections(part.content, boundary: Array(boundary.utf8))
        if !isClosed { note("A multipart has no end.") }
        for section in sections {
            guard partsLeft > 0 else { return note("The mail has more than \(limits.parts) parts.") }
            part.children.append(self.part(section, depth: depth + 1, isDigest: isDigest))
        }
    }

    /// The octets between boundary lines. One pass over the lines; at most as many sections as parts are left.
    private func sections(_ bytes: Bytes, boundary: [UInt8]) -> (sections: [Bytes], isClosed: Bool) {
        var sections: [Bytes] = []
        var start: Int?
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let (textEnd, next) = HeaderBlock.line(bytes, index)
            if let isLast = Self.isBoundary(bytes[index..<textEnd], boundary) {
                if let start { sections.append(bytes[start..<Self.beforeLineEnd(bytes, start, index)]) }
                if isLast { return (sections, true) }
                guard sections.count <= partsLeft else { return (sections, true) }
                start = next
            }
            index = next
        }
        if let start { sections.append(bytes[start...]) }
        return (sections, false)
    }

    /// The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
    private static func beforeLineEnd(_ bytes: Bytes, _ start: Int, _ index: Int) -> Int {
        var end = index
        if end > start, bytes[end - 1] == 0x0A { end -= 1 }
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }

    /// - Returns: whether it is the closing one; `nil` if the line is no boundary.
    private static func isBoundary(_ line: Bytes, _ boundary: [UInt8]) -> Bool? {
        let dash = UInt8(ascii: "-")
        guard line.count >= boundary.count + 2, line[line.startIndex] == dash, line[line.startIndex + 1] == dash else {
            return nil
        }
        let rest = line.dropFirst(2)
        guard rest.starts(with: boundary) else { return nil }
        let tail = rest.dropFirst(boundary.count)
        if tail.allSatisfy(\.isSpaceOrTab) { return false }
        guard tail.count >= 2, tail[tail.startIndex] == dash, tail[tail.startIndex + 1] == dash else { return nil }
        return tail.dropFirst(2).allSatisfy(\.isSpaceOrTab) ? true : nil
    }
}
