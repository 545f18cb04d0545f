// One part of a mail: its header, where its content lies, and its children; decodes content only when asked.

import MaloteCore

struct MIMEPart {
    var header: HeaderBlock
    var type: Parameters
    var disposition: Parameters
    /// Lower case.
    var encoding: String
    /// The content in the raw mail, still encoded.
    var content: Bytes
    var children: [MIMEPart] = []

    /// Media type, lower case; damaged ones count as what they most likely are.
    var mediaType: String {
        let name = type.value
        guard name.contains("/") else {
            return name.isEmpty || name == "text" ? "text/plain" : "application/octet-stream"
        }
        return name
    }

    var isMultipart: Bool { mediaType.hasPrefix("multipart/") }
    /// A multipart that could not be taken apart is read as it stands, so that nothing is lost.
    var isText: Bool { mediaType == "text/plain" || mediaType == "text/html" || (isMultipart && children.isEmpty) }

    var fileName: String? {
        for name in [disposition.all["filename"], type.all["name"]] {
            if let name, !name.isEmpty { return name }
        }
        return nil
    }

    /// A body is read; an attachment is listed. A text with a name, or one that says so, is an attachment.
    var isAttachment: Bool {
        guard isText else { return true }
        return disposition.value == "attachment" || fileName != nil
    }

    var decoded: [UInt8] { TransferDecoding.decode(content, encoding) }

    var text: String {
        var text = Charset.decode(decoded[...], label: type.all["charset"] ?? "")
        // A byte order mark is no text.
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        guard type.all["format"]?.lowercased() == "flowed" else { return text }
        return FlowedText.unwrap(text, deletesSpace: type.all["delsp"]?.lowercased() == "yes")
    }

    var contentID: String? {
        guard let value = header.first("content-id")?.trimmed else { return nil }
        let text = String(decoding: value, as: UTF8.self).filter { $0 != "<" && $0 != ">" && $0 != " " }
        return text.isEmpty ? nil : text
    }
}
