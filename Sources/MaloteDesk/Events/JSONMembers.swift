// Where the members of a JSON object stand in its text; decodes none of them.

/// The outermost object of a text that is JSON: what is not is found out only as far as it matters.
struct JSONMembers {
    struct Member: Hashable {
        /// Without its quotes and with its escapes.
        var key: Range<Int>
        /// The text of the value, with its quotes or brackets.
        var value: Range<Int>
    }

    private let octets: [UInt8]
    private var place = 0

    /// Linear in the text.
    /// - Returns: `nil` unless the text is one object.
    static func members(of octets: [UInt8]) -> [Member]? {
        var reader = JSONMembers(octets: octets)
        return reader.read()
    }

    private init(octets: [UInt8]) { self.octets = octets }

    private mutating func read() -> [Member]? {
        var members: [Member] = []
        guard take(UInt8(ascii: "{")) else { return nil }
        if take(UInt8(ascii: "}")) { return isAtEnd ? members : nil }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), let value = value() else { return nil }
            members.append(Member(key: key.lowerBound + 1..<key.upperBound - 1, value: value))
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) && isAtEnd ? members : nil
    }

    private var isAtEnd: Bool { octets[place...].allSatisfy(Self.isBlank) }

    private mutating func take(_ octet: UInt8) -> Bool {
        skipBlanks()
        guard place < octets.count, octets[place] == octet else { return false }
        place += 1
        return true
    }

    private mutating func skipBlanks() {
        while place < octets.count, Self.isBlank(octets[place]) { place += 1 }
    }

    private static func isBlank(_ octet: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(octet) }

    private mutating func string() -> Range<Int>? {
        skipBlanks()
        let start = place
        guard take(UInt8(ascii: "\"")) else { return nil }
        while place < octets.count {
            switch octets[place] {
            case UInt8(ascii: "\""):
                place += 1
                return start..<place
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return nil
    }

    /// Up to the comma or bracket that ends it on its own level.
    private mutating func value() -> Range<Int>? {
        skipBlanks()
        let start = place
        var depth = 0
        while place < octets.count {
            switch octets[place] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return nil }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return ended(start) }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return ended(start)
            default: break
            }
            place += 1
        }
        return nil
    }

    private func ended(_ start: Int) -> Range<Int>? {
        let end = octets[start..<place].lastIndex { !Self.isBlank($0) }
        return end.map { start..<$0 + 1 }
    }
}
