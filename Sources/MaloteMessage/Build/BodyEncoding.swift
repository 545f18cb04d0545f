// Bodies as 7-bit lines: quoted-printable for text, base64 for everything else; knows no header.

import MaloteCore

enum BodyEncoding {
    private static let hex = Array("0123456789ABCDEF".utf8)

    /// Plain ASCII with short lines needs no encoding. A line that starts with "From " does: mailbox files change it.
    static func isPlain(_ text: [UInt8]) -> Bool {
        var isPlain = true
        text[...].forEachLine { line in
            guard isPlain else { return }
            isPlain =
                line.count <= 78 && !line.starts(with: "From ".utf8)
                && line.allSatisfy { $0 == 0x09 || (0x20...0x7E).contains($0) }
        }
        return isPlain
    }

    /// Every line end becomes CRLF, and the text ends with one.
    static func lines(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        text[...].forEachLine { line in
            bytes += line
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }

    /// RFC 2045 §6.7, lines of at most 76.
    static func quotedPrintable(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        text[...].forEachLine { line in
            var column = 0
            let isFrom = line.starts(with: "From ".utf8)
            for (place, byte) in line.enumerated() {
                let isLast = place == line.count - 1
                let isText = (0x21...0x7E).contains(byte) && byte != 0x3D || (byte.isSpaceOrTab && !isLast)
                let isPlain = isText && !(isFrom && place == 0)
                let width = isPlain ? 1 : 3
                if column + width > 75 {
                    bytes += "=\r\n".utf8
                    column = 0
                }
                if isPlain { bytes.append(byte) } else { bytes += [0x3D, hex[Int(byte >> 4)], hex[Int(byte & 15)]] }
                column += width
            }
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }

    /// Lines of 76.
    static func base64(_ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count / 57 * 78 + 80)
        for start in stride(from: 0, to: content.count, by: 57) {
            Base64.append(content[start..<min(start + 57, content.count)], to: &bytes)
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }
}
