// What we ask of the server for the case that a message does not arrive (RFC 3461); pure.

enum DSNParameters {
    /// For MAIL: the report shall show the header alone, and name the message by `envid`.
    static func mail(envid: String?) -> String {
        let name = envid.map(xtext).flatMap { (1...100).contains($0.utf8.count) ? " ENVID=\($0)" : nil }
        return " RET=HDRS" + (name ?? "")
    }

    /// For RCPT: a report if it fails or is late, naming the recipient as we did.
    static func recipient(_ path: SMTPPath) -> String {
        let original = path.needsUTF8 ? "utf-8;\(unitext(path.text))" : "rfc822;\(xtext(path.text))"
        // §4.2: 500 octets; a report without it still names the final recipient.
        return " NOTIFY=FAILURE,DELAY" + (original.utf8.count <= 500 ? " ORCPT=\(original)" : "")
    }

    /// RFC 3461 §4: what is no printable ASCII, and `+` and `=`, becomes `+` and two hexadecimal digits.
    static func xtext(_ text: String) -> String {
        var written: [UInt8] = []
        for octet in text.utf8 {
            if (0x21...0x7E).contains(octet), octet != UInt8(ascii: "+"), octet != UInt8(ascii: "=") {
                written.append(octet)
            } else {
                written += [UInt8(ascii: "+"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
        return String(decoding: written, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// RFC 6533 §3 for a server with SMTPUTF8: other letters as they are, `+`, `=` and `\` by their number.
    private static func unitext(_ text: String) -> String {
        text.reduce(into: "") { written, character in
            switch character {
            case "+": written += "\\x{2B}"
            case "=": written += "\\x{3D}"
            case "\\": written += "\\x{5C}"
            default: written.append(character)
            }
        }
    }
}
