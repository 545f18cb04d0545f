// A digest in pieces for fakes that can only digest at once; knows no cryptography.

import MaloteCore

package final class GatheringDigest: RunningDigest {
    private let hashing: any Hashing
    private var bytes: [UInt8] = []

    package init(_ hashing: any Hashing) { self.hashing = hashing }

    package func update(_ bytes: UnsafeRawBufferPointer) { self.bytes += bytes }

    package func finish() -> Digest { bytes.withUnsafeBytes { hashing.sha256($0) } }
}
