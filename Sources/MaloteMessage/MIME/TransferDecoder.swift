// Content-Transfer-Encoding undone, piece by piece; knows no charset.

/// RFC 2045 §6, with the damage that mail in the wild has. Never fails: what cannot be decoded is left out or kept as it
/// is, whichever loses less. Never makes more octets than it was given.
struct TransferDecoder {
    enum Encoding {
        case identity, base64, quotedPrintable, uuencode

        /// - Parameter name: as the header says it. Whatever is unknown is taken as it stands.
        init(_ name: Bytes) {
            let word = name.trimmed.prefix { !$0.isBlank && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") }
            switch String(lowercasing: word) {
            case "base64": self = .base64
            case "quoted-printable": self = .quotedPrintable
            case "x-uuencode", "uuencode", "x-uue", "uue": self = .uuencode
            default: self = .identity
            }
        }
    }

    let encoding: Encoding
    private var base64 = Base64Run()
    private var quotedPrintable = QuotedPrintable()
    private var uuencode = Uuencode()

    init(_ encoding: Encoding) { self.encoding = encoding }

    /// Appends what can be decoded by now.
    mutating func decode(_ octets: UnsafeRawBufferPointer, into decoded: inout [UInt8]) {
        switch encoding {
        case .identity: decoded += octets
        case .base64: base64.decode(octets, into: &decoded)
        case .quotedPrintable: quotedPrintable.decode(octets, into: &decoded)
        case .uuencode: uuencode.decode(octets, into: &decoded)
        }
    }

    /// Appends what the end of the source makes certain.
    mutating func finish(into decoded: inout [UInt8]) {
        switch encoding {
        case .identity: break
        case .base64: base64.finish(into: &decoded)
        case .quotedPrintable: quotedPrintable.finish(into: &decoded)
        case .uuencode: uuencode.finish(into: &decoded)
        }
    }

    /// What is short enough to be decoded at once, such as an encoded-word.
    static func decode(_ octets: Bytes, _ encoding: Encoding) -> [UInt8] {
        var decoder = TransferDecoder(encoding)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(octets.count)
        octets.withUnsafeBytes { decoder.decode($0, into: &decoded) }
        decoder.finish(into: &decoded)
        return decoded
    }
}

/// Characters outside the alphabet are passed over; padding in the middle starts a new run (concatenated chunks).
private struct Base64Run {
    private var bits: UInt32 = 0
    private var held = 0

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    mutating func decode(_ octets: UnsafeRawBufferPointer, into decoded: inout [UInt8]) {
        Self.values.withUnsafeBufferPointer { values in
            var index = 0
            while index < octets.count {
                if held == 0 { Self.decodeGroups(octets, &index, values, into: &decoded) }
                guard index < octets.count else { return }
                take(octets[index], values[Int(octets[index])], into: &decoded)
                index += 1
            }
        }
    }

    /// As many groups of four as stand without a gap.
    private static func decodeGroups(
        _ octets: UnsafeRawBufferPointer, _ index: inout Int, _ values: UnsafeBufferPointer<UInt8>,
        into decoded: inout [UInt8]
    ) {
        var isGap = false
        while !isGap, index + 4 <= octets.count {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 768) { made in
                var count = 0
                while count < made.count, index + 4 <= octets.count {
                    let (a, b) = (values[Int(octets[index])], values[Int(octets[index + 1])])
                    let (c, d) = (values[Int(octets[index + 2])], values[Int(octets[index + 3])])
                    isGap = a | b | c | d > 63
                    if isGap { break }
                    made.initializeElement(at: count, to: a << 2 | b >> 4)
                    made.initializeElement(at: count + 1, to: b << 4 | c >> 2)
                    made.initializeElement(at: count + 2, to: c << 6 | d)
                    count += 3
                    index += 4
                }
                decoded += UnsafeBufferPointer(rebasing: made[..<count])
            }
        }
    }

    private mutating func take(_ octet: UInt8, _ value: UInt8, into decoded: inout [UInt8]) {
        if value < 64 {
            bits = bits << 6 | UInt32(value)
            held += 1
            if held == 4 { flush(into: &decoded) }
        } else if octet == UInt8(ascii: "=") {
            flush(into: &decoded)
        }
    }

    mutating func finish(into decoded: inout [UInt8]) { flush(into: &decoded) }

    private mutating func flush(into decoded: inout [UInt8]) {
        let aligned = bits << (6 * UInt32(4 - held))
        if held >= 2 { decoded.append(UInt8(truncatingIfNeeded: aligned >> 16)) }
        if held >= 3 { decoded.append(UInt8(truncatingIfNeeded: aligned >> 8)) }
        if held >= 4 { decoded.append(UInt8(truncatingIfNeeded: aligned)) }
        bits = 0
        held = 0
    }
}

private struct QuotedPrintable {
    private enum State {
        case text
        /// Behind `=` and perhaps blanks, which are held.
        case escape
        case hex(UInt8)
        /// Behind a soft line break's CR.
        case softBreak
    }

    /// RFC 2045 §6.7 (3): blanks that a relay has added; bounded.
    private static let blankLimit = 80
    private var state = State.text
    private var blanks: [UInt8] = []

    mutating func decode(_ octets: UnsafeRawBufferPointer, into decoded: inout [UInt8]) {
        var index = 0
        while index < octets.count {
            if case .text = state {
                Self.decodeText(octets, &index, into: &decoded)
                guard index < octets.count else { return }
                state = .escape
                index += 1
            } else if take(octets[index], into: &decoded) {
                index += 1
            }
        }
    }

    /// Text and whole escapes, up to an `=` that is anything else.
    private static func decodeText(
        _ octets: UnsafeRawBufferPointer, _ index: inout Int, into decoded: inout [UInt8]
    ) {
        while index < octets.count {
            guard octets[index] == UInt8(ascii: "=") else {
                let end = octets.place(of: UInt8(ascii: "="), from: index)
                decoded += UnsafeRawBufferPointer(rebasing: octets[index..<end])
                index = end
                continue
            }
            guard index + 2 < octets.count, let high = octets[index + 1].hexValue,
                let low = octets[index + 2].hexValue
            else { return }
            decoded.append(high << 4 | low)
            index += 3
        }
    }

    /// - Returns: false if the octet is not part of the escape and is to be read as text.
    private mutating func take(_ octet: UInt8, into decoded: inout [UInt8]) -> Bool {
        switch state {
        case .text: return false
        case .escape:
            if blanks.isEmpty, octet.hexValue != nil {
                state = .hex(octet)
            } else if octet.isSpaceOrTab, blanks.count < Self.blankLimit {
                blanks.append(octet)
            } else if octet.isLineEnd {
                blanks = []
                state = octet == 0x0D ? .softBreak : .text
            } else {
                giveUp(into: &decoded)
                return false
            }
        case .hex(let high):
            guard let high = high.hexValue, let low = octet.hexValue else {
                giveUp(into: &decoded)
                return false
            }
            decoded.append(high << 4 | low)
            state = .text
        case .softBreak:
            state = .text
            return octet == 0x0A
        }
        return true
    }

    /// No escape after all: it stays as it is.
    private mutating func giveUp(into decoded: inout [UInt8]) {
        decoded.append(UInt8(ascii: "="))
        if case .hex(let octet) = state { decoded.append(octet) }
        decoded += blanks
        blanks = []
        state = .text
    }

    /// A bare `=` at the end is a soft line break before nothing.
    mutating func finish(into decoded: inout [UInt8]) {
        if case .hex = state { giveUp(into: &decoded) }
        state = .text
    }
}

/// The lines between `begin` and `end`, exactly these words: data may well read `END`.
private struct Uuencode {
    private static let lineLimit = 256
    private var line: [UInt8] = []
    private var isInside = false

    mutating func decode(_ octets: UnsafeRawBufferPointer, into decoded: inout [UInt8]) {
        for octet in octets {
            if octet.isLineEnd {
                endLine(into: &decoded)
            } else if line.count < Self.lineLimit {
                line.append(octet)
            }
        }
    }

    mutating func finish(into decoded: inout [UInt8]) { endLine(into: &decoded) }

    private mutating func endLine(into decoded: inout [UInt8]) {
        if line.starts(with: "begin ".utf8) {
            isInside = true
        } else if line.trimmed.elementsEqual("end".utf8) {
            isInside = false
        } else if isInside {
            line.withUnsafeBytes { UuencodedLine.decode($0, into: &decoded) }
        }
        line.removeAll(keepingCapacity: true)
    }
}

/// One line of uuencoded data.
enum UuencodedLine {
    /// Blanks that a relay has trimmed from the end mean zeros: they are given back, unless most of the line is missing.
    static func decode(_ line: UnsafeRawBufferPointer, into decoded: inout [UInt8]) {
        guard let first = line.first, isCharacter(first) else { return }
        let end = decoded.count + Int((first - 0x20) & 63)
        var group = Group()
        for octet in line.dropFirst() where isCharacter(octet) && decoded.count < end {
            group.take(octet, into: &decoded, end: end)
        }
        guard (end - decoded.count) * 4 <= line.count else { return }
        while decoded.count < end { group.take(0x20, into: &decoded, end: end) }
    }

    /// Four characters that make three octets.
    private struct Group {
        var bits: UInt32 = 0
        var held = 0

        mutating func take(_ octet: UInt8, into decoded: inout [UInt8], end: Int) {
            bits = bits << 6 | UInt32((octet - 0x20) & 63)
            held += 1
            guard held == 4 else { return }
            for shift in [16, 8, 0] as [UInt32] where decoded.count < end {
                decoded.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
            self = Group()
        }
    }

    /// Whether a line is as long as its first character says, give or take the pads that some programs add or relays
    /// trim, and holds nothing else.
    static func isData(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let first = line.first, line.allSatisfy(isCharacter) else { return false }
        let groups = (Int((first - 0x20) & 63) + 2) / 3
        return (max(1, groups * 4 - 3)...(groups * 4 + 3)).contains(line.count - 1) || line.count == 1 && groups == 0
    }

    private static func isCharacter(_ octet: UInt8) -> Bool { (0x20...0x60).contains(octet) }
}
