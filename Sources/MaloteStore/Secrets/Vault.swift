// Seals what must not be readable in the database file; knows not what the secrets are for.

import COpenSSL
import Foundation
import MaloteCore

/// AES-256-GCM under a key that lives beside the database, not in it. Each sealed text is bound to its place (`label`),
/// so that a copied one does not open elsewhere.
package struct Vault: Sendable {
    private let key: [UInt8]
    /// First 8 hex digits of the key's SHA-256: names the key in every row it sealed.
    package let keyID: String

    private static let nonceSize = 12
    private static let tagSize = 16

    /// - Parameter key: 32 octets.
    init(key: [UInt8]) {
        self.key = key
        let digest = key.withUnsafeBytes { OpenSSLHashing().sha256($0) }
        keyID = String(digest.description.prefix(8))
    }

    /// Reads `malote.key` in the state folder, or makes it at the first start.
    /// - Throws: `Failure(.operatorNeeded, .credential)` when the file is there but unusable.
    package init(folder: StateFolder) throws(Failure) {
        let path = folder.path + "/malote.key"
        if let held = FileManager.default.contents(atPath: path) {
            guard held.count == 32 else {
                throw Failure(
                    .operatorNeeded, .credential, "The key file \(path) does not hold a key of 32 octets.",
                    remedy: "Restore it from a backup; without it the sealed passwords must be entered again.")
            }
            self.init(key: Array(held))
            return
        }
        guard access(path, F_OK) != 0 else {
            throw Failure(
                .operatorNeeded, .credential, "The key file \(path) cannot be read.",
                remedy: "Let maloted's user read it (mode 0400).")
        }
        let key = OpenSSLHashing().random(32)
        try Self.write(key, to: path)
        self.init(key: key)
    }

    /// Writes under another name first: a start that is killed half-way leaves no half key.
    private static func write(_ key: [UInt8], to path: String) throws(Failure) {
        let draft = path + ".new"
        unlink(draft)
        let file = Foundation.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o400)
        let written = file < 0 ? -1 : key.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        let isSynced = file >= 0 && fsync(file) == 0
        if file >= 0 { Foundation.close(file) }
        guard written == key.count, isSynced, rename(draft, path) == 0 else {
            throw Failure(
                .operatorNeeded, .storage,
                "The key file \(path) cannot be written: \(String(cString: strerror(errno))).",
                remedy: "Check the permissions and free space of the state directory.")
        }
    }

    /// A key for another purpose, which tells nothing about this one.
    package func derivedKey(_ purpose: String) -> [UInt8] {
        OpenSSLHashing().hmacSHA256(key: key, Array("malote \(purpose)".utf8))
    }

    // MARK: - Sealing

    /// nonce ‖ ciphertext ‖ tag.
    func seal(_ secret: [UInt8], label: String) throws(Failure) -> [UInt8] {
        let nonce = OpenSSLHashing().random(Self.nonceSize)
        guard let context = EVP_CIPHER_CTX_new() else { throw Self.broken }
        defer { EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: secret.count)
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        var length: Int32 = 0
        let aad = Array(label.utf8)
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &length, aad, Int32(aad.count)) == 1,
            EVP_EncryptUpdate(context, &sealed, &length, secret, Int32(secret.count)) == 1,
            EVP_EncryptFinal_ex(context, nil, &length) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), &tag) == 1
        else { throw Self.broken }
        return nonce + sealed + tag
    }

    /// - Throws: `Failure(.operatorNeeded, .credential)` if it was sealed under another key, for another place, or
    ///   has been changed.
    func open(_ bytes: [UInt8], label: String) throws(Failure) -> [UInt8] {
        guard bytes.count >= Self.nonceSize + Self.tagSize, let context = EVP_CIPHER_CTX_new() else {
            throw Self.closed(label)
        }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = Array(bytes.prefix(Self.nonceSize))
        let sealed = Array(bytes.dropFirst(Self.nonceSize).dropLast(Self.tagSize))
        var tag = Array(bytes.suffix(Self.tagSize))
        var secret = [UInt8](repeating: 0, count: sealed.count)
        var length: Int32 = 0
        let aad = Array(label.utf8)
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &length, aad, Int32(aad.count)) == 1,
            EVP_DecryptUpdate(context, &secret, &length, sealed, Int32(sealed.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1,
            EVP_DecryptFinal_ex(context, nil, &length) == 1
        else { throw Self.closed(label) }
        return secret
    }

    private static let broken = Failure(.transient, .defect, "The cryptographic library failed.")

    private static func closed(_ label: String) -> Failure {
        Failure(
            .operatorNeeded, .credential, "The sealed password of \(label) does not open with the key in malote.key.",
            remedy: "Restore the key file that belongs to this database, or enter the password again.")
    }
}
