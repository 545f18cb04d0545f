// The keys that seal what must not be readable in the database file; knows not what the secrets are for.

import Foundation
import MaloteCore
import Synchronization

/// One current key, which seals, and old ones, which only open until nothing is sealed under them any more. They live
/// beside the database, in the key file or in systemd's credentials, never in it.
package final class Vault: Sendable {
    /// Where the current key comes from.
    package enum Source: String, Sendable, Codable { case file, credential }

    private struct Ring {
        var current: SealingKey
        var old: [SealingKey]
        /// What other keys are derived from, once the store has it.
        var root: [UInt8]?
    }

    private let ring: Mutex<Ring>
    package let source: Source
    /// `nil` where keys are only at hand, and nothing may be changed.
    private let file: KeyFile?

    /// - Parameter key: 32 octets.
    convenience init(key: [UInt8]) { self.init(SealingKey(key), old: [], source: .file, file: nil) }

    /// - Parameter old: only opens.
    convenience init(_ current: SealingKey, old: [SealingKey]) {
        self.init(current, old: old, source: .credential, file: nil)
    }

    private init(_ current: SealingKey, old: [SealingKey], source: Source, file: KeyFile?) {
        ring = Mutex(Ring(current: current, old: old.filter { $0 != current }))
        self.source = source
        self.file = file
    }

    /// Takes the credential `malote.key`, or else reads `malote.key` in the state folder, or makes it at the first start.
    /// - Throws: `Failure(.operatorNeeded, .credential)` when a key is there but unusable.
    package convenience init(
        folder: StateFolder, credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    ) throws(Failure) {
        let file = KeyFile(folder.path)
        file.dropDraft()
        if let given = try CredentialKeys(credentials).keys() {
            self.init(given[0], old: given.dropFirst() + (try file.read() ?? []), source: .credential, file: file)
        } else if let held = try file.read() {
            self.init(held[0], old: Array(held.dropFirst()), source: .file, file: file)
        } else {
            let key = SealingKey.random()
            try file.write([key])
            self.init(key, old: [], source: .file, file: file)
        }
    }

    /// The keys that are there, to open only.
    /// - Parameter folder: the state folder's path.
    /// - Returns: `nil` if there is none.
    /// - Throws: as the other.
    package static func present(
        in folder: String, credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
    ) throws(Failure) -> Vault? {
        let given = try CredentialKeys(credentials).keys()
        let keys = (given ?? []) + (try KeyFile(folder).read() ?? [])
        guard let first = keys.first else { return nil }
        return Vault(first, old: Array(keys.dropFirst()), source: given == nil ? .file : .credential, file: nil)
    }

    // MARK: - Sealing

    var current: SealingKey { ring.withLock { $0.current } }
    var old: [SealingKey] { ring.withLock { $0.old } }
    package var keyID: String { current.id }

    func has(_ id: String) -> Bool { ring.withLock { $0.current.id == id || $0.old.contains { $0.id == id } } }

    func seal(_ secret: [UInt8], label: String) throws(Failure) -> [UInt8] { try current.seal(secret, label: label) }

    /// - Parameter key: the id of the key that sealed it; `nil` tries all there are.
    /// - Throws: `Failure(.operatorNeeded, .credential)` if it was sealed under another key, for another place, or
    ///   has been changed.
    func open(_ bytes: [UInt8], label: String, key: String? = nil) throws(Failure) -> [UInt8] {
        let keys = ring.withLock { [$0.current] + $0.old }.filter { key == nil || $0.id == key }
        for key in keys { if let secret = key.open(bytes, label: label) { return secret } }
        throw Failure(
            .operatorNeeded, .credential,
            "The sealed password of \(label) does not open with the key in \(source.words)"
                + (keys.isEmpty ? ": it was sealed under key \(key ?? "")." : "."),
            remedy: "Restore the key that belongs to this database, or enter the password again.")
    }

    // MARK: - Derived keys

    /// A key for another purpose, which tells nothing about those here and stays when they change.
    package func derivedKey(_ purpose: String) -> [UInt8] {
        OpenSSLHashing().hmacSHA256(key: root, Array("malote \(purpose)".utf8))
    }

    /// Before the store has one, or if that does not open: the first key, as ever.
    var root: [UInt8] { ring.withLock { $0.root ?? ($0.old.first ?? $0.current).octets } }

    func setRoot(_ root: [UInt8]) { ring.withLock { $0.root = root } }

    // MARK: - Rotation

    /// Makes a new key the current one. It is durable, beside those before it, when this returns.
    /// - Throws: `Failure(.operatorNeeded, .storage)` if the key file cannot be written; then nothing has changed.
    func begin() throws(Failure) {
        let key = SealingKey.random()
        let before = [current] + old
        try file?.write([key] + before)
        // Derived keys must stay as they are, also without a root in the store.
        let root = root
        ring.withLock { ring in
            ring.root = root
            (ring.current, ring.old) = (key, before)
        }
    }

    /// Nothing is sealed under the old keys any more: none of them is kept where Malote writes.
    /// - Throws: `Failure(.operatorNeeded, .storage)` if the key file cannot be written; then they are kept.
    func forgetOld() throws(Failure) {
        switch source {
        case .file: try file?.write([current])
        case .credential: try file?.remove()
        }
        let root = root
        ring.withLock { ring in
            ring.root = root
            ring.old = []
        }
    }
}

extension Vault.Source {
    var words: String { self == .file ? KeyFile.name : "the credential \(CredentialKeys.name)" }
}
