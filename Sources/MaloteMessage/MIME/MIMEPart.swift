// What the header of one part says about its content, and what is left of the content; decodes no text.

import MaloteCore

/// A part that is no multipart.
struct MailPart {
    var facts: PartFacts
    /// The multipart/alternative that it is one form of, if any.
    var alternative: Int?
    var content: PartContent
}

/// RFC 2045 to 2049 and 2183, as far as a reader needs them.
struct PartFacts {
    /// Media type, lower case; damaged ones count as what they most likely are.
    var mediaType: String
    /// As declared; empty if it is not.
    var charset = ""
    var isFlowed = false
    var deletesSpace = false
    /// Lower case; empty if there is none.
    var disposition = ""
    var fileName: String?
    var isNameCut = false
    var contentID: String?
    var encoding = TransferDecoder.Encoding.identity
    /// Of a multipart.
    var boundary: Bytes?
    /// The mail's own body rather than a part of it.
    var isRoot: Bool

    /// - Parameter defaultType: what a part without a type is.
    init(_ header: HeaderBlock, isRoot: Bool, defaultType: String, limits: MailLimits) {
        self.isRoot = isRoot
        let type = Parameters(header.first("content-type") ?? [])
        mediaType = Self.mediaType(type.value, defaultType)
        if let value = header.first("content-disposition") {
            let disposition = Parameters(value)
            self.disposition = disposition.value
            fileName = disposition["filename"]
        }
        if fileName?.isEmpty != false { fileName = type["name"] }
        isNameCut = (fileName?.utf8.count ?? 0) > limits.fileName
        fileName = fileName?.cut(toOctets: limits.fileName, keepingEndingOf: 20)
        contentID = header.first("content-id").flatMap(Self.contentID)
        encoding = TransferDecoder.Encoding(header.first("content-transfer-encoding") ?? [])
        if isMultipart {
            boundary = type.octets("boundary")
        } else if mediaType.hasPrefix("text/") {
            charset = (type["charset"] ?? "").cut(toOctets: 60)
            isFlowed = type["format"]?.lowercased() == "flowed"
            deletesSpace = type["delsp"]?.lowercased() == "yes"
        }
    }

    private static func mediaType(_ name: String, _ defaultType: String) -> String {
        if name.isEmpty { return defaultType }
        if name.utf8.contains(UInt8(ascii: "/")) { return name.cut(toOctets: 127) }
        return name == "text" ? "text/plain" : "application/octet-stream"
    }

    private static func contentID(_ value: Bytes) -> String? {
        let text = value.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") && !$0.isBlank }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self).cut(toOctets: 255)
    }

    var isMultipart: Bool { mediaType.hasPrefix("multipart/") }
    var isHTML: Bool { mediaType == "text/html" }
    /// UTF-16 and UTF-32, where an octet of a line end may be half of something else.
    var isWide: Bool {
        ["utf-16", "utf-32", "ucs-", "unicode"].contains { CharsetName.canonical(charset).hasPrefix($0) }
    }
    var isInline: Bool { disposition == "inline" || (disposition.isEmpty && contentID != nil) }

    /// A body is read; anything else is listed. A text with a name, or one that says so, is an attachment, but the name
    /// of a mail that is nothing else says nothing. A multipart that could not be taken apart is read as it stands.
    var isBody: Bool {
        guard mediaType == "text/plain" || isHTML || isMultipart else { return false }
        return disposition != "attachment" && (isRoot || fileName?.isEmpty != false)
    }

    /// A form of the text that nothing here reads, beside those that are read.
    var isOtherForm: Bool {
        ["text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html"].contains(mediaType)
    }

    /// Who looks inside while the content passes.
    /// - Parameter files: how many files may be found inside.
    func reader(_ hashing: any Hashing, _ limits: MailLimits, files: Int) -> (any FileReader)? {
        if Self.enclosed.contains(mediaType) { return EnclosedHeaderReader(limits: limits) }
        if Self.reports.contains(mediaType) { return ReportReader(limits: limits) }
        let isTNEF = mediaType.hasSuffix("/ms-tnef") || mediaType.hasSuffix("/vnd.ms-tnef")
        return isTNEF || fileName?.lowercased() == "winmail.dat" ? TNEFReader(hashing, limit: files) : nil
    }

    /// A mail, or its header alone (RFC 2046 §5.2, 3462 §2, 6533 §3).
    private static let enclosed: Set<String> = [
        "message/rfc822", "message/global", "text/rfc822", "text/rfc822-headers", "message/rfc822-headers",
        "message/global-headers",
    ]
    /// Fields for machines (RFC 3464, 8098, 5965, 3886, 6533).
    private static let reports: Set<String> = [
        "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
        "message/global-disposition-notification", "message/feedback-report", "message/tracking-status",
    ]
}
