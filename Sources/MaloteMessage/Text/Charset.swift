// Octets in some charset to text: declared, else UTF-8, else the commonest of the West; knows no header.

import CXML
import Glibc

enum Charset {
    /// Always gives text. What cannot be decoded becomes U+FFFD.
    /// - Parameter label: as the mail declares it; empty if it does not.
    static func decode(_ bytes: Bytes, label: String) -> String {
        let name = canonical(label)
        if name == "utf-8" { return replaced(bytes) }
        guard name.isEmpty else { return convert(bytes, name) ?? undeclared(bytes) }
        return undeclared(bytes)
    }

    /// Mail that says ASCII or nothing and holds high octets is UTF-8 if it can be; escapes mean Japanese.
    private static func undeclared(_ bytes: Bytes) -> String {
        if bytes.contains(0x1B), let text = convert(bytes, "iso-2022-jp") { return text }
        return validUTF8(bytes) ?? convert(bytes, "windows-1252") ?? replaced(bytes)
    }

    private static func replaced(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

    static func validUTF8(_ bytes: Bytes) -> String? {
        bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
    }

    /// Names that mail uses and iconv does not know, or knows as something narrower than what is meant; empty for those
    /// that say nothing.
    private static func canonical(_ label: String) -> String {
        // A comment or a second word belongs to no name.
        let word = label.lowercased().drop { $0 == " " || $0 == "\"" }.prefix { !" (;,\"".contains($0) }
        let name = String(
            word.unicodeScalars.filter {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.:".unicodeScalars.contains($0))
            }.map(Character.init).prefix(40))
        switch name {
        case "utf8": return "utf-8"
        // Every mail program writes windows-1252 under these names (WHATWG Encoding).
        case "iso-8859-1", "iso8859-1", "latin1", "iso_8859-1": return "windows-1252"
        case "ascii", "us-ascii", "ansi_x3.4-1968", "default", "unknown", "x-unknown", "unknown-8bit", "8bit",
            "ascii-8bit", "binary", "none":
            return ""
        case "iso-8859-8-i": return "iso-8859-8"
        case "gb2312", "gbk", "x-gbk", "gb_2312-80": return "gb18030"
        case "ks_c_5601-1987", "ks_c_5601", "korean": return "cp949"
        case "shift_jis", "shift-jis", "x-sjis", "sjis": return "cp932"
        case "big5": return "big5-hkscs"
        case "iso-8859-9": return "windows-1254"
        case "tis-620": return "windows-874"
        case "unicode-1-1-utf-7": return "utf-7"
        default:
            if name.hasPrefix("cp-") { return "cp" + name.dropFirst(3) }
            if name.hasPrefix("windows1") { return "windows-" + name.dropFirst(7) }
            return name
        }
    }

    // MARK: - iconv

    /// - Returns: `nil` when the C library does not know the charset.
    private static func convert(_ bytes: Bytes, _ name: String) -> String? {
        guard !bytes.isEmpty else { return "" }
        // glibc knows windows-125x as cp125x only.
        let known = name.hasPrefix("windows-") ? "cp" + name.dropFirst(8) : name
        guard let converter = iconv_open("utf-8", known), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = Array(bytes).map { CChar(bitPattern: $0) }
        var output: [UInt8] = []
        output.reserveCapacity(input.count + input.count / 2)
        input.withUnsafeMutableBufferPointer { run(converter, $0, into: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    private static func run(
        _ converter: iconv_t, _ input: UnsafeMutableBufferPointer<CChar>, into output: inout [UInt8]
    ) {
        var source = input.baseAddress
        var left = input.count
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        while left > 0 {
            let capacity = buffer.count
            var room = capacity
            let (isWhole, isFull) = buffer.withUnsafeMutableBufferPointer { target in
                var place = target.baseAddress
                let code = iconv(converter, &source, &left, &place, &room)
                return (code != -1, errno == E2BIG)
            }
            output.append(contentsOf: buffer[..<(capacity - room)].lazy.map { UInt8(bitPattern: $0) })
            guard !isWhole, !isFull, left > 0 else { continue }
            // An octet that has no meaning here: mark it and go on behind it.
            output += [0xEF, 0xBF, 0xBD]
            source = source.map { $0 + 1 }
            left -= 1
        }
        // Some charsets hold a character back until they know that no mark follows it.
        var room = buffer.count
        buffer.withUnsafeMutableBufferPointer { target in
            var place = target.baseAddress
            _ = iconv(converter, nil, nil, &place, &room)
        }
        output.append(contentsOf: buffer[..<(buffer.count - room)].lazy.map { UInt8(bitPattern: $0) })
    }
}
