// The digests of SASL by OpenSSL; knows no mechanism.

import COpenSSL
import MaloteWire

package struct OpenSSLDigests: SASLDigests {
    package init() {}

    package func hash(_ function: DigestFunction, _ bytes: [UInt8]) throws(WireError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: function.octets)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, function.evp, nil) == 1 else { throw Self.forbidden }
        return digest
    }

    package func hmac(_ function: DigestFunction, key: [UInt8], _ bytes: [UInt8]) throws(WireError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: function.octets)
        let made = HMAC(function.evp, key, Int32(clamping: key.count), bytes, bytes.count, &code, nil)
        guard made != nil else { throw Self.forbidden }
        return code
    }

    package func stretch(
        _ function: DigestFunction, password: [UInt8], salt: [UInt8], iterations: Int
    ) throws(WireError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: function.octets)
        let made = PKCS5_PBKDF2_HMAC(
            password.map { CChar(bitPattern: $0) }, Int32(clamping: password.count), salt, Int32(clamping: salt.count),
            Int32(clamping: iterations), function.evp, Int32(key.count), &key)
        guard made == 1 else { throw Self.forbidden }
        return key
    }

    private static let forbidden = WireError.unexpected("This machine's OpenSSL does not compute what the login needs.")
}

extension DigestFunction {
    fileprivate var octets: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        }
    }

    fileprivate var evp: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        }
    }
}
