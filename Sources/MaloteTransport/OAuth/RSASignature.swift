// RSA signatures by OpenSSL; knows not what is signed.

import COpenSSL
import MaloteCore

enum RSASignature {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
    /// - Parameter pem: an unencrypted private key.
    /// - Throws: `.credential` when it is no RSA key of at least 2,048 bits.
    static func sha256(_ bytes: [UInt8], pem: [UInt8]) throws(Failure) -> [UInt8] {
        guard let source = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else { throw unusable }
        defer { BIO_free(source) }
        // Without a callback OpenSSL would ask the terminal for a passphrase.
        guard let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil) else { throw unusable }
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA, EVP_PKEY_get_bits(key) >= 2048,
            let context = EVP_MD_CTX_new()
        else { throw unusable }
        defer { EVP_MD_CTX_free(context) }
        var length = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1
        else { throw unusable }
        return Array(signature.prefix(length))
    }

    private static var unusable: Failure {
        ERR_clear_error()
        return Failure(
            .operatorNeeded, .credential, "The private key in this mailbox's oauth2.key cannot sign.",
            remedy: "Register the JSON file that Google gave for the service account, unchanged.")
    }
}
