// Small questions about octets that every reader here asks.

typealias Bytes = ArraySlice<UInt8>

extension UInt8 {
    var isSpaceOrTab: Bool { self == 0x20 || self == 0x09 }
    var isLineEnd: Bool { self == 0x0A || self == 0x0D }
    var isBlank: Bool { isSpaceOrTab || isLineEnd }
    var isDigit: Bool { (0x30...0x39).contains(self) }

    /// ASCII only.
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }

    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension Collection<UInt8> where SubSequence == Bytes, Index == Int {
    var trimmed: Bytes {
        var (start, end) = (startIndex, endIndex)
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return self[start..<end]
    }
}

extension Bytes {
    func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where self[startIndex + offset].lowercased != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Lines without their ends, in one pass; CRLF, LF and CR end a line.
    func forEachLine(_ body: (Bytes) -> Void) {
        var start = startIndex
        var index = startIndex
        while index < endIndex {
            let byte = self[index]
            guard byte.isLineEnd else {
                index += 1
                continue
            }
            body(self[start..<index])
            let isPair = byte == 0x0D && index + 1 < endIndex && self[index + 1] == 0x0A
            index += isPair ? 2 : 1
            start = index
        }
        if start < endIndex { body(self[start...]) }
    }
}

extension [UInt8] {
    /// Whether `run` occurs, in one pass for runs whose first byte is rare.
    func containsRun(_ run: [UInt8]) -> Bool {
        guard let first = run.first, count >= run.count else { return run.isEmpty }
        return indices.dropLast(run.count - 1).contains {
            self[$0] == first && self[$0..<($0 + run.count)].elementsEqual(run)
        }
    }
}

extension String {
    /// UTF-8 with its ASCII letters in lower case.
    init(lowercasing octets: some Collection<UInt8>) {
        self.init(unsafeUninitializedCapacity: octets.count) { place in
            place.initialize(fromContentsOf: octets.lazy.map(\.lowercased))
        }
    }
}
