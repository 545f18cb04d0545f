// SHA-256, HMAC and random octets by OpenSSL; knows not what is hashed.

import COpenSSL
import Foundation
import MaloteCore

package struct OpenSSLHashing: Hashing {
    package init() {}

    package func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var digest = [UInt8](repeating: 0, count: 32)
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        SHA256(start, bytes.count, &digest)
        guard let value = Digest(digest) else { preconditionFailure("a SHA-256 has 32 octets") }
        return value
    }

    package func sha256() -> any RunningDigest { OpenSSLDigest() }

    package func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &mac, &length)
        return mac
    }

    package func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // Without randomness nothing here is safe to go on with.
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { fatalError("OpenSSL has no random numbers") }
        return bytes
    }
}

private final class OpenSSLDigest: RunningDigest {
    /// Looked up once: OpenSSL would do so again for each digest.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)
    private let context: OpaquePointer

    init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
            fatalError("OpenSSL has no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    func finish() -> Digest {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        guard let value = Digest(digest) else { preconditionFailure("a SHA-256 has 32 octets") }
        return value
    }
}
