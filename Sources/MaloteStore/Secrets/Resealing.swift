// Seals everything anew under the current key; knows not why the key has changed.

import Foundation
import MaloteCore

/// What a resealing did, and what it could not.
package struct Resealing: Sendable, Hashable {
    /// Secrets that were under another key.
    package var changed = 0
    /// Secrets that no key at hand opens, by their key's id. They stay as they are.
    package var closed: [String: Int] = [:]
}

extension StoreTransaction {
    /// Part of a transaction: all of it, or nothing.
    func reseal() throws -> Resealing {
        var done = Resealing()
        try resealRegistry(&done)
        try resealTokens(&done)
        try resealRoot(&done)
        return done
    }

    private func resealRegistry(_ done: inout Resealing) throws {
        let names = try connection.rows(
            "SELECT kind, name FROM registry WHERE kind IN ('mailbox', 'contract') ORDER BY kind, name"
        ) { ($0.text(0), $0.text(1)) }
        for (kind, name) in names {
            let body = try connection.first(
                "SELECT body FROM registry WHERE kind = ? AND name = ?", .text(kind), .text(name)
            ) { $0.text(0) }
            guard let body, let changed = try resealed(kind, body, &done) else { continue }
            try connection.run(
                "UPDATE registry SET body = ? WHERE kind = ? AND name = ?", .text(changed), .text(kind), .text(name))
        }
    }

    /// - Returns: `nil` if nothing in it was under another key, or if it cannot be read.
    private func resealed(_ kind: String, _ body: String, _ done: inout Resealing) throws -> String? {
        let before = done.changed
        if kind == "mailbox" {
            guard var record = try? JSONColumn.decode(body, MailboxRecord.self) else { return nil }
            try record.eachSecret { try reseal(&$0, $1, &done) }
            return done.changed > before ? try JSONColumn.encode(record) : nil
        }
        guard var record = try? JSONColumn.decode(body, ContractRecord.self) else { return nil }
        try record.eachSecret { try reseal(&$0, $1, &done) }
        return done.changed > before ? try JSONColumn.encode(record) : nil
    }

    private func reseal(_ record: inout SecretRecord, _ label: String, _ done: inout Resealing) throws {
        guard let sealed = record.sealed, record.key != vault.keyID else { return }
        let bytes = Data(base64Encoded: sealed).map { Array($0) } ?? []
        guard let secret = try? vault.open(bytes, label: label, key: record.key) else {
            return done.closed[record.key ?? "", default: 0] += 1
        }
        record = try SecretRecord(.literal(Secret(secret)), label: label, vault: vault)
        done.changed += 1
    }

    private func resealTokens(_ done: inout Resealing) throws {
        let current = vault.current
        let rows = try connection.rows("SELECT mailbox, sealed, key FROM tokens") {
            (mailbox: $0.id(0, MailboxID.self), sealed: $0.blob(1), key: $0.optionalText(2))
        }
        for row in rows where row.key != current.id {
            let label = Self.tokenLabel(row.mailbox)
            guard let token = try? vault.open(row.sealed, label: label, key: row.key) else {
                done.closed[row.key ?? "", default: 0] += 1
                continue
            }
            try connection.run(
                "UPDATE tokens SET sealed = ?, key = ? WHERE mailbox = ?",
                .blob(try current.seal(token, label: label)), .text(current.id), .init(row.mailbox))
            done.changed += 1
        }
    }

    /// One that does not open is given up: what is signed with since then goes on.
    private func resealRoot(_ done: inout Resealing) throws {
        let kept = try connection.first("SELECT value FROM settings WHERE name = ?", .text(DerivationRoot.setting)) {
            try JSONColumn.decode($0.text(0), SecretRecord.self)
        }
        guard kept?.key != vault.keyID else { return }
        try DerivationRoot.keep(kept.flatMap { DerivationRoot.open($0, vault) } ?? vault.root, connection, vault)
        done.changed += 1
    }
}
