// Whether a text looks as an operator described it; pure, and linear in the text whatever the pattern.

import MaloteCore

extension TextMatch {
    package func fits(_ text: String) -> Bool {
        let (text, pattern) = (Array(text.lowercased().utf8), Array(self.text.lowercased().utf8))
        switch kind {
        case .is: return text == pattern
        case .contains: return Needle(pattern).end(in: text, from: 0) != nil
        case .matches: return Self.matches(text, pattern)
        }
    }

    /// The pieces between the stars, each at the first place that is left: no later place can do better.
    private static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        let pieces = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else { return text == pattern }
        guard text.starts(with: first), text.count >= first.count + last.count,
            text.suffix(last.count).elementsEqual(last)
        else { return false }
        var place = first.count
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let end = Needle(Array(piece)).end(in: text, from: place) else { return false }
            place = end
        }
        return place <= text.count - last.count
    }
}

/// Knuth, Morris and Pratt's search: never looks at an octet of the text twice.
private struct Needle {
    private let octets: [UInt8]
    /// For each place, how much of the start is matched again when the next octet fails.
    private let fallback: [Int]

    init(_ octets: [UInt8]) {
        self.octets = octets
        var fallback = Array(repeating: 0, count: octets.count)
        var length = 0
        for place in octets.indices.dropFirst() {
            while length > 0, octets[place] != octets[length] { length = fallback[length - 1] }
            if octets[place] == octets[length] { length += 1 }
            fallback[place] = length
        }
        self.fallback = fallback
    }

    /// - Returns: the place behind the first occurrence.
    func end(in text: [UInt8], from start: Int) -> Int? {
        guard !octets.isEmpty else { return start }
        var length = 0
        for place in start..<text.count {
            while length > 0, text[place] != octets[length] { length = fallback[length - 1] }
            if text[place] == octets[length] { length += 1 }
            if length == octets.count { return place + 1 }
        }
        return nil
    }
}
