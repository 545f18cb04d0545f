// Digests good enough to tell test data apart, and chance that repeats itself; knows no cryptography.

import MaloteCore
import Synchronization

package final class FakeHashing: Hashing {
    private let drawn = Mutex<UInt64>(0)

    package init() {}

    package func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
        guard let digest = Digest(Self.mix(bytes)) else { preconditionFailure("32 octets make a digest") }
        return digest
    }

    package func sha256() -> any RunningDigest { GatheringDigest(self) }

    package func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] { Self.mix(key + [0xFF] + bytes) }

    package func random(_ count: Int) -> [UInt8] {
        let number = drawn.withLock { drawn in
            drawn += 1
            return drawn
        }
        return (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64(count - 1 - $0))) }
    }

    /// FNV-1a, stretched to four words by steps of SplitMix64.
    private static func mix(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (1...4).flatMap { lane -> [UInt8] in
            var word = hash &+ UInt64(lane) &* 0x9E37_79B9_7F4A_7C15
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return (0..<8).map { UInt8(truncatingIfNeeded: (word ^ (word >> 31)) >> ($0 * 8)) }
        }
    }
}
