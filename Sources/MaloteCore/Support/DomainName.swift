// Domain names in other letters than ASCII's, as DNS and old servers know them; knows no address.

/// RFC 5890 A-labels, by Punycode (RFC 3492), after the mapping that people expect: width and case do not count.
package enum DomainName {
    /// - Returns: `nil` for what no DNS name can hold; then only the name as it is will do.
    package static func ascii(_ domain: String) -> String? {
        let mapped = composed(String(String.UnicodeScalarView(domain.unicodeScalars.map(narrowed))).lowercased())
        var labels: [String] = []
        for label in mapped.split(separator: ".", omittingEmptySubsequences: false) {
            guard let ascii = aLabel(label) else { return nil }
            labels.append(ascii)
        }
        return labels.joined(separator: ".")
    }

    // MARK: - Mapping (RFC 5895)

    /// Full-width forms of ASCII are the same letters, and the stops of East Asia are dots.
    private static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x3002, 0xFF61: "."
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        default: scalar
        }
    }

    /// A letter and its mark are the one letter that they make, where there is one: names are compared by number.
    private static func composed(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.count > 1 ? letters[$0] ?? $0 : $0 })
    }

    /// Letters with marks of Latin, Greek, Cyrillic and Kana. Swift takes equal writings of a character for equal.
    private static let letters: [Character: Character] = {
        var letters: [Character: Character] = [:]
        for range in [0xC0...0x24F, 0x370...0x4FF, 0x1E00...0x1FFF, 0x3040...0x30FF] as [ClosedRange<UInt32>] {
            for letter in range.compactMap(Unicode.Scalar.init).map(Character.init) where letters[letter] == nil {
                letters[letter] = letter
            }
        }
        return letters
    }()

    // MARK: - Labels

    private static func aLabel(_ label: Substring) -> String? {
        guard !label.isEmpty, !label.hasPrefix("-"), !label.hasSuffix("-") else { return nil }
        if label.isASCII { return label.utf8.count <= 63 && label.utf8.allSatisfy(isPlain) ? String(label) : nil }
        let scalars = Array(label.unicodeScalars)
        guard scalars.allSatisfy(isAllowed), let first = scalars.first, !first.properties.isMark,
            let digits = punycode(scalars.map(\.value))
        else { return nil }
        return digits.utf8.count <= 59 ? "xn--" + digits : nil
    }

    /// Nothing that full-width forms have become may end an address or a command.
    private static func isPlain(_ octet: UInt8) -> Bool {
        (0x61...0x7A).contains(octet) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
    }

    /// RFC 5892's letters, digits and marks; what cannot be seen is no part of a name.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "-" { return true }
        guard !scalar.properties.isDefaultIgnorableCodePoint else { return false }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: return true
        default: return false
        }
    }

    // MARK: - RFC 3492

    private static let (base, tMin, tMax, skew, damp) = (UInt32(36), UInt32(1), UInt32(26), UInt32(38), UInt32(700))

    /// - Returns: `nil` for a label that is too long for any name.
    private static func punycode(_ scalars: [UInt32]) -> String? {
        // A label has at most 63 octets; no number below can overflow with so few scalars.
        guard scalars.count <= 63 else { return nil }
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        let basic = UInt32(output.count)
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (n, delta, bias, handled) = (UInt32(128), UInt32(0), UInt32(72), basic)
        while handled < UInt32(scalars.count), let next = scalars.filter({ $0 >= n }).min() {
            delta += (next - n) * (handled + 1)
            n = next
            for scalar in scalars {
                if scalar < n { delta += 1 }
                guard scalar == n else { continue }
                append(delta, bias, to: &output)
                bias = adapt(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A number in digits of growing weight (§3.3).
    private static func append(_ delta: UInt32, _ bias: UInt32, to output: inout [UInt8]) {
        var (rest, weight) = (delta, base)
        while true {
            let threshold = weight <= bias ? tMin : weight >= bias + tMax ? tMax : weight - bias
            guard rest >= threshold else { return output.append(digit(rest)) }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            weight += base
        }
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }

    private static func adapt(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var weight: UInt32 = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            weight += base
        }
        return weight + (base - tMin + 1) * delta / (delta + skew)
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isMark: Bool { generalCategory == .nonspacingMark || generalCategory == .spacingMark }
}

extension MailAddress {
    /// The address with its domain in ASCII, which every server and reader understands, if its local part is ASCII too.
    /// What needs more than that stays as it is (RFC 6531).
    package static func withASCIIDomain(_ address: String) -> String {
        guard !address.isASCII, let at = address.lastIndex(of: "@"), address[..<at].isASCII,
            let domain = DomainName.ascii(String(address[address.index(after: at)...]))
        else { return address }
        return "\(address[..<at])@\(domain)"
    }
}

extension StringProtocol {
    package var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
