// What signing keys are derived from: a sealed row, so that it outlives the key that seals it; knows no purpose.

import Foundation
import MaloteCore

/// Message-IDs and links that were sent must be recognised for years, whatever becomes of the key. So what they are signed
/// with hangs on this row, not on the key. In a database from before the row it is what it was then: the key itself.
enum DerivationRoot {
    static let setting = "derivation root"
    static let label = "derivation root"

    /// Hands the root to the vault; keeps one if there is none.
    /// - Parameter isFresh: the database was made just now, so nothing is signed yet.
    /// - Returns: whether the row is there but does not open. Then the vault goes on with its first key, and the row
    ///   waits for its own.
    static func settle(_ connection: any SQLConnection, _ vault: Vault, isFresh: Bool) throws -> Bool {
        let kept = try connection.first("SELECT value FROM settings WHERE name = ?", .text(setting)) {
            try JSONColumn.decode($0.text(0), SecretRecord.self)
        }
        guard let kept else {
            try keep(isFresh ? OpenSSLHashing().random(SealingKey.size) : vault.root, connection, vault)
            return false
        }
        guard let root = open(kept, vault) else { return true }
        vault.setRoot(root)
        return false
    }

    static func open(_ record: SecretRecord, _ vault: Vault) -> [UInt8]? {
        let bytes = record.sealed.flatMap { Data(base64Encoded: $0) } ?? Data()
        return try? vault.open(Array(bytes), label: label, key: record.key)
    }

    /// Seals it under the current key.
    static func keep(_ root: [UInt8], _ connection: any SQLConnection, _ vault: Vault) throws {
        let record = try SecretRecord(.literal(Secret(root)), label: label, vault: vault)
        try connection.run(
            """
            INSERT INTO settings (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """, .text(setting), .text(try JSONColumn.encode(record)))
        vault.setRoot(root)
    }
}
