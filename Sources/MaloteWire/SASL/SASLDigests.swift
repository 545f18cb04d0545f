// The digests that mechanisms compute with; no implementation here.

package enum DigestFunction: Sendable, Hashable, CaseIterable { case md5, sha1, sha256 }

/// Pure functions of their arguments.
///
/// Each throws `WireError.unexpected` when this machine's policy forbids the function, as FIPS does with MD5.
package protocol SASLDigests: Sendable {
    func hash(_ function: DigestFunction, _ bytes: [UInt8]) throws(WireError) -> [UInt8]
    /// RFC 2104.
    func hmac(_ function: DigestFunction, key: [UInt8], _ bytes: [UInt8]) throws(WireError) -> [UInt8]
    /// PBKDF2 with HMAC (RFC 8018 §5.2) for as many octets as the function gives; RFC 5802 calls it Hi.
    func stretch(
        _ function: DigestFunction, password: [UInt8], salt: [UInt8], iterations: Int
    ) throws(WireError) -> [UInt8]
}
