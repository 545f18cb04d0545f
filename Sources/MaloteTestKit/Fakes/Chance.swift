// Chance that is the same in every run: inputs cut and damaged at random; knows no protocol.

/// The same "random" numbers in every run (SplitMix64).
package struct Chance: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Pieces of 1 to about 20 octets.
    package mutating func cut(_ input: [UInt8]) -> [ArraySlice<UInt8>] {
        var chunks: [ArraySlice<UInt8>] = []
        var start = 0
        while start < input.count {
            let end = min(input.count, start + Int.random(in: 1...20, using: &self))
            chunks.append(input[start..<end])
            start = end
        }
        return chunks
    }

    /// The input with some octets changed, lost or added, mostly by ones that mean something to a parser.
    package mutating func damage(_ input: [UInt8], with telling: [UInt8]) -> [UInt8] {
        var damaged = input
        for _ in 0..<Int.random(in: 1...4, using: &self) where !damaged.isEmpty {
            let place = Int.random(in: damaged.indices, using: &self)
            let octet = telling.randomElement(using: &self) ?? UInt8.random(in: 0...255, using: &self)
            switch Int.random(in: 0...2, using: &self) {
            case 0: damaged[place] = octet
            case 1: damaged.remove(at: place)
            default: damaged.insert(octet, at: place)
            }
        }
        return damaged
    }
}
