// Octets in some charset to text: as declared, else UTF-8 if they can be, else by their look; knows no header.

import CUchardet
import CXML
import Glibc

enum Charset {
    /// Always gives text. What cannot be decoded becomes U+FFFD.
    /// - Parameter label: as the mail declares it; empty if it does not.
    static func decode(_ bytes: Bytes, label: String) -> String {
        let name = CharsetName.canonical(label)
        switch name {
        case "utf-8": return replaced(bytes)
        case "": return undeclared(bytes)
        case "windows-1252": return western(bytes)
        case "iso-2022-jp": return japanese(bytes) ?? undeclared(bytes)
        default: return convert(bytes, name) ?? undeclared(bytes)
        }
    }

    /// The same as octets. What is said to be UTF-8 is taken at its word, however damaged.
    static func utf8(_ octets: [UInt8], label: String) -> [UInt8] {
        guard CharsetName.canonical(label) == "utf-8" else { return Array(decode(octets[...], label: label).utf8) }
        return octets
    }

    /// Mail that says ASCII or nothing and holds high octets is UTF-8 if it can be; escapes mean Japanese. Other scripts
    /// show in how their octets are spread; among Latin ones a detector only guesses, and the West is likeliest.
    private static func undeclared(_ bytes: Bytes) -> String {
        if bytes.contains(0x1B), let text = japanese(bytes) { return text }
        if bytes.withUnsafeBytes(\.isASCII) { return replaced(bytes) }
        if let text = validUTF8(bytes) { return text }
        let found = detected(bytes)
        return CharsetName.otherScripts.contains(found) ? convert(bytes, found) ?? western(bytes) : western(bytes)
    }

    private static func japanese(_ bytes: Bytes) -> String? { convert(JapaneseText.eucJP(bytes)[...], "euc-jp-ms") }

    private static func replaced(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

    static func validUTF8(_ bytes: Bytes) -> String? {
        bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
    }

    /// The detector's guess, lower case, from the first 64 KiB; empty if it has none or too little to go by.
    private static func detected(_ bytes: Bytes) -> String {
        guard bytes.count(where: { $0 > 0x7F }) > 3, let detector = uchardet_new() else { return "" }
        defer { uchardet_delete(detector) }
        bytes.prefix(64 * 1024).withUnsafeBytes { octets in
            _ = uchardet_handle_data(detector, octets.baseAddress, octets.count)
        }
        uchardet_data_end(detector)
        return uchardet_get_charset(detector).map { String(cString: $0).lowercased() } ?? ""
    }

    // MARK: - Windows-1252

    /// Without iconv, since most mail that is not UTF-8 is this.
    private static func western(_ bytes: Bytes) -> String {
        var scalars = String.UnicodeScalarView()
        guard let first = bytes.firstIndex(where: { $0 > 0x7F }) else { return replaced(bytes) }
        scalars.append(contentsOf: replaced(bytes[..<first]).unicodeScalars)
        for byte in bytes[first...] {
            scalars.append((0x80...0x9F).contains(byte) ? high[Int(byte - 0x80)] : Unicode.Scalar(byte))
        }
        return String(scalars)
    }

    /// 0x80 to 0x9F (WHATWG Encoding, but what it has no character for is marked).
    private static let high = Array(
        "\u{20AC}\u{FFFD}\u{201A}\u{192}\u{201E}\u{2026}\u{2020}\u{2021}\u{2C6}\u{2030}\u{160}\u{2039}\u{152}\u{FFFD}\u{17D}\u{FFFD}\u{FFFD}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{2DC}\u{2122}\u{161}\u{203A}\u{153}\u{FFFD}\u{17E}\u{178}"
            .unicodeScalars)

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
        var buffer = [CChar](repeating: 0, count: min(16 * 1024, 64 + input.count * 4))
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
