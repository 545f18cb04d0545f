// Content-Transfer-Encoding undone, leniently and in one pass; knows no charset.

/// RFC 2045 §6, with the damage that mail in the wild has. Never fails: what cannot be decoded is left out or kept as it
/// is, whichever loses less.
enum TransferDecoding {
    static func decode(_ bytes: Bytes, _ encoding: String) -> [UInt8] {
        switch encoding {
        case "base64": base64(bytes)
        case "quoted-printable": quotedPrintable(bytes)
        case "x-uuencode", "uuencode", "x-uue", "uue": uuencode(bytes)
        default: Array(bytes)
        }
    }

    // MARK: - Base64

    /// Characters outside the alphabet are passed over; padding in the middle starts a new run (concatenated chunks).
    static func base64(_ bytes: Bytes) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count / 4 * 3)
        var bits: UInt32 = 0
        var held = 0
        bytes.withUnsafeBufferPointer { buffer in
            for byte in buffer {
                let value = base64Values[Int(byte)]
                if value < 64 {
                    bits = bits << 6 | UInt32(value)
                    held += 1
                    if held == 4 {
                        decoded.append(UInt8(truncatingIfNeeded: bits >> 16))
                        decoded.append(UInt8(truncatingIfNeeded: bits >> 8))
                        decoded.append(UInt8(truncatingIfNeeded: bits))
                        bits = 0
                        held = 0
                    }
                } else if byte == UInt8(ascii: "="), held > 0 {
                    flush(bits, held, into: &decoded)
                    bits = 0
                    held = 0
                }
            }
        }
        flush(bits, held, into: &decoded)
        return decoded
    }

    private static func flush(_ bits: UInt32, _ held: Int, into decoded: inout [UInt8]) {
        if held >= 2 { decoded.append(UInt8(truncatingIfNeeded: held == 2 ? bits >> 4 : bits >> 10)) }
        if held == 3 { decoded.append(UInt8(truncatingIfNeeded: bits >> 2)) }
    }

    private static let base64Values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    // MARK: - Quoted-printable

    static func quotedPrintable(_ bytes: Bytes) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "=") else {
                decoded.append(byte)
                index += 1
                continue
            }
            if let end = softBreak(bytes, index + 1) {
                index = end
            } else if index + 2 < bytes.endIndex, let high = bytes[index + 1].hexValue,
                let low = bytes[index + 2].hexValue
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        return decoded
    }

    /// Where the next line starts if a soft line break is here: blanks, then a line end.
    private static func softBreak(_ bytes: Bytes, _ start: Int) -> Int? {
        var index = start
        // RFC 2045 §6.7 (3): blanks that a relay has added; bounded, so that a line of them stays linear.
        while index < bytes.endIndex, bytes[index].isSpaceOrTab, index - start < 80 { index += 1 }
        guard index < bytes.endIndex else { return index }
        guard bytes[index].isLineEnd else { return nil }
        let isPair = bytes[index] == 0x0D && index + 1 < bytes.endIndex && bytes[index + 1] == 0x0A
        return index + (isPair ? 2 : 1)
    }

    // MARK: - Uuencode

    static func uuencode(_ bytes: Bytes) -> [UInt8] {
        var decoded: [UInt8] = []
        var isInside = false
        bytes.forEachLine { line in
            // Exactly these words: data may well read `END`.
            if line.starts(with: "begin ".utf8) {
                isInside = true
            } else if line.trimmed.elementsEqual("end".utf8) {
                isInside = false
            } else if isInside {
                decodeLine(line, into: &decoded)
            }
        }
        return decoded
    }

    private static func decodeLine(_ line: Bytes, into decoded: inout [UInt8]) {
        guard let first = line.first, (0x20...0x60).contains(first) else { return }
        let count = Int((first - 0x20) & 63)
        var bits: UInt32 = 0
        var held = 0
        var made = 0
        for byte in line.dropFirst() where (0x20...0x60).contains(byte) && made < count {
            bits = bits << 6 | UInt32((byte - 0x20) & 63)
            held += 1
            guard held == 4 else { continue }
            for shift in [16, 8, 0] as [UInt32] where made < count {
                decoded.append(UInt8(truncatingIfNeeded: bits >> shift))
                made += 1
            }
            bits = 0
            held = 0
        }
    }
}
