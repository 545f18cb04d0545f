// The name of an attachment as header parameters that all mail programs read; knows no attachment.

import MaloteCore

enum FileName {
    /// `filename` of Content-Disposition: as it stands where quotes are enough, else by RFC 2231, in pieces that keep
    /// lines short.
    static func parameter(filename name: String) -> String {
        guard !isPlain(name) else { return "filename=\"\(name)\"" }
        var pieces: [String] = []
        var open = "utf-8''"
        for byte in name.utf8 {
            let text = isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%" + hex(byte)
            if open.utf8.count + text.utf8.count > 55 {
                pieces.append(open)
                open = ""
            }
            open += text
        }
        pieces.append(open)
        guard pieces.count > 1 else { return "filename*=\(pieces[0])" }
        return pieces.enumerated().map { "filename*\($0)*=\($1)" }.joined(separator: ";\r\n ")
    }

    /// `name` of Content-Type, for programs that do not know RFC 2231: encoded-words in quotes, which RFC 2047 forbids
    /// and Outlook reads and writes.
    static func parameter(name: String) -> String {
        let value = isPlain(name) ? name : HeaderWriter.encoded(name, firstRoom: 68).joined(separator: "\r\n ")
        return "name=\"\(value)\""
    }

    /// Whether readers would neither trim nor decode anything of it inside quotes.
    private static func isPlain(_ name: String) -> Bool {
        name.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C } && name == name.trimmed
            && !name.contains("=?") && name.utf8.count <= 255
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
