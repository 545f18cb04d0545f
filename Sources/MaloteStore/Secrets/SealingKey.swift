// One key and what it seals; knows neither where it lies nor what the secrets are for.

import COpenSSL
import MaloteCore

/// AES-256-GCM. Each sealed text is bound to its place (`label`), so that a copied one does not open elsewhere.
struct SealingKey: Sendable, Equatable {
    /// 32 octets.
    let octets: [UInt8]
    /// First 8 hex digits of the key's SHA-256: names the key in every row it sealed.
    let id: String

    static let size = 32
    private static let nonceSize = 12
    private static let tagSize = 16

    init(_ octets: [UInt8]) {
        self.octets = octets
        id = String(octets.withUnsafeBytes { OpenSSLHashing().sha256($0) }.description.prefix(8))
    }

    static func random() -> SealingKey { SealingKey(OpenSSLHashing().random(size)) }

    /// nonce ‖ ciphertext ‖ tag.
    func seal(_ secret: [UInt8], label: String) throws(Failure) -> [UInt8] {
        let nonce = OpenSSLHashing().random(Self.nonceSize)
        guard let context = EVP_CIPHER_CTX_new() else { throw Self.broken }
        defer { EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: secret.count)
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        var length: Int32 = 0
        let aad = Array(label.utf8)
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, octets, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &length, aad, Int32(aad.count)) == 1,
            EVP_EncryptUpdate(context, &sealed, &length, secret, Int32(secret.count)) == 1,
            EVP_EncryptFinal_ex(context, nil, &length) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), &tag) == 1
        else { throw Self.broken }
        return nonce + sealed + tag
    }

    /// - Returns: `nil` if it was sealed under another key, for another place, or has been changed.
    func open(_ bytes: [UInt8], label: String) -> [UInt8]? {
        guard bytes.count >= Self.nonceSize + Self.tagSize, let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = Array(bytes.prefix(Self.nonceSize))
        let sealed = Array(bytes.dropFirst(Self.nonceSize).dropLast(Self.tagSize))
        var tag = Array(bytes.suffix(Self.tagSize))
        var secret = [UInt8](repeating: 0, count: sealed.count)
        var length: Int32 = 0
        let aad = Array(label.utf8)
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, octets, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &length, aad, Int32(aad.count)) == 1,
            EVP_DecryptUpdate(context, &secret, &length, sealed, Int32(sealed.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1,
            EVP_DecryptFinal_ex(context, nil, &length) == 1
        else { return nil }
        return secret
    }

    private static let broken = Failure(.transient, .defect, "The cryptographic library failed.")
}
