// The key file in the state folder: read whole, written whole; knows nothing of what the keys seal.

import Foundation
import MaloteCore

/// `malote.key`: keys of 32 octets, one after the other, the current one first. There is more than one only between the
/// making of a new key and the moment when nothing is sealed under the one before.
struct KeyFile: Sendable {
    static let name = "malote.key"
    /// Rotations that were cut off at once one after the other leave so many at most.
    private static let most = 8

    private let folder: String
    private var path: String { folder + "/" + Self.name }
    private var draft: String { path + ".new" }

    /// - Parameter folder: its path.
    init(_ folder: String) { self.folder = folder }

    /// - Returns: at least one key; `nil` if there is no file.
    /// - Throws: `Failure(.operatorNeeded, .credential)` when the file is there but unusable.
    func read() throws(Failure) -> [SealingKey]? {
        guard let held = FileManager.default.contents(atPath: path) else {
            guard access(path, F_OK) != 0 else {
                throw Failure(
                    .operatorNeeded, .credential, "The key file \(path) cannot be read.",
                    remedy: "Let maloted's user read it (mode 0400).")
            }
            return nil
        }
        if let key = KeyText.key(Array(held)) { return [key] }
        guard !held.isEmpty, held.count % SealingKey.size == 0, held.count <= Self.most * SealingKey.size else {
            throw Failure(
                .operatorNeeded, .credential, "The key file \(path) does not hold a key of 32 octets.",
                remedy: "Restore it from a backup; without it the sealed passwords must be entered again.")
        }
        let octets = Array(held)
        return stride(from: 0, to: octets.count, by: SealingKey.size).map {
            SealingKey(Array(octets[$0..<$0 + SealingKey.size]))
        }
    }

    /// Under another name first: whoever is killed half-way leaves the file as it was, or as it is to be. When this
    /// returns, a power cut changes nothing about it either.
    func write(_ keys: [SealingKey]) throws(Failure) {
        let octets = keys.prefix(Self.most).flatMap(\.octets)
        unlink(draft)
        let file = Foundation.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o400)
        let written = file < 0 ? -1 : octets.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        let isSynced = file >= 0 && fsync(file) == 0
        if file >= 0 { Foundation.close(file) }
        guard written == octets.count, isSynced, rename(draft, path) == 0, StateFolder.sync(folder) else {
            throw Failure(
                .operatorNeeded, .storage,
                "The key file \(path) cannot be written: \(String(cString: strerror(errno))).",
                remedy: "Check the permissions and free space of the state directory.")
        }
    }

    func remove() throws(Failure) {
        guard unlink(path) == 0 || errno == ENOENT, StateFolder.sync(folder) else {
            throw Failure(
                .operatorNeeded, .storage,
                "The key file \(path) cannot be removed: \(String(cString: strerror(errno))).",
                remedy: "Check the permissions of the state directory.")
        }
    }

    /// What a writing that was cut off has left.
    func dropDraft() { unlink(draft) }
}

/// A key as people and tools keep it.
enum KeyText {
    /// - Returns: the key of 32 octets, or of 64 hex digits with or without a line's end; `nil` for anything else.
    static func key(_ octets: [UInt8]) -> SealingKey? {
        if octets.count == SealingKey.size { return SealingKey(octets) }
        guard octets.count <= 2 * SealingKey.size + 2, let text = String(bytes: octets, encoding: .utf8)?.trimmed,
            text.utf8.count == 2 * SealingKey.size, let key = Hexadecimal.decode(text)
        else { return nil }
        return SealingKey(key)
    }
}

/// Keys that systemd hands to the unit: they need not lie on the disk in the clear.
struct CredentialKeys {
    static let name = "malote.key"
    private static let formerName = "malote.key.old"

    /// The folder in which systemd puts them; `nil` when it gave none.
    private let folder: String?

    init(_ folder: String?) { self.folder = folder }

    /// - Returns: the current key, then the one before if that is given, too; `nil` without a current one.
    /// - Throws: `Failure(.operatorNeeded, .credential)` naming the one that is no key.
    func keys() throws(Failure) -> [SealingKey]? {
        guard let current = try key(Self.name) else { return nil }
        return [current] + (try key(Self.formerName).map { [$0] } ?? [])
    }

    private func key(_ name: String) throws(Failure) -> SealingKey? {
        guard let folder else { return nil }
        let path = folder + "/" + name
        guard access(path, F_OK) == 0 else { return nil }
        guard let held = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .operatorNeeded, .credential, "The credential \(name) cannot be read.",
                remedy: "Look at LoadCredential= of maloted's unit.")
        }
        guard let key = KeyText.key(Array(held)) else {
            throw Failure(
                .operatorNeeded, .credential,
                "The credential \(name) is no key: it has \(held.count) octets.",
                remedy: "Give it 32 octets, or 64 hex digits: openssl rand -hex 32 makes such a key.")
        }
        return key
    }
}
