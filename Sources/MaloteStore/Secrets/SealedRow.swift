// Where sealed texts stand in the database, each with its place and its key; knows not what they are for.

import Foundation
import MaloteCore

/// One sealed text.
struct SealedRow {
    /// What it is bound to: `mailbox acme-in`.
    var label: String
    var bytes: [UInt8]
    /// The id of the key that sealed it; `nil` in rows older than that.
    var key: String?

    /// Shows all there are. A registry row that cannot be read has none.
    static func each(_ connection: any SQLConnection, _ body: (SealedRow) throws -> Void) throws {
        try connection.each("SELECT kind, body FROM registry WHERE kind IN ('mailbox', 'contract')") { row in
            for secret in secrets(kind: row.text(0), row.text(1)) { try body(secret) }
        }
        try connection.each("SELECT mailbox, sealed, key FROM tokens ORDER BY mailbox") { row in
            try body(
                SealedRow(label: StoreTransaction.tokenLabel(row.id(0)), bytes: row.blob(1), key: row.optionalText(2)))
        }
        try connection.each("SELECT value FROM settings WHERE name = '\(DerivationRoot.setting)'") { row in
            guard let record = try? JSONColumn.decode(row.text(0), SecretRecord.self),
                let secret = SealedRow(record, DerivationRoot.label)
            else { return }
            try body(secret)
        }
    }

    private static func secrets(kind: String, _ body: String) -> [SealedRow] {
        var found: [SealedRow] = []
        func take(_ record: inout SecretRecord, _ label: String) {
            if let row = SealedRow(record, label) { found.append(row) }
        }
        if kind == "mailbox", var record = try? JSONColumn.decode(body, MailboxRecord.self) {
            record.eachSecret(take)
        } else if kind == "contract", var record = try? JSONColumn.decode(body, ContractRecord.self) {
            record.eachSecret(take)
        }
        return found
    }

    private init(label: String, bytes: [UInt8], key: String?) {
        self.label = label
        self.bytes = bytes
        self.key = key
    }

    /// `nil` for a secret that lies elsewhere. What is no Base64 has no octets, and does not open.
    private init?(_ record: SecretRecord, _ label: String) {
        guard let sealed = record.sealed else { return nil }
        self.init(label: label, bytes: Array(Data(base64Encoded: sealed) ?? Data()), key: record.key)
    }
}

// MARK: - In records

extension MailboxRecord {
    /// Shows each secret with its label, to be looked at or replaced.
    mutating func eachSecret(_ body: (inout SecretRecord, String) throws -> Void) rethrows {
        let owner = "mailbox \(name)"
        if var secret = password {
            try body(&secret, owner)
            password = secret
        }
        guard var grant = oauth else { return }
        for field in grant.secrets.keys.sorted() {
            guard var secret = grant.secrets[field] else { continue }
            try body(&secret, OAuthRecord.label(owner, field))
            grant.secrets[field] = secret
        }
        oauth = grant
    }
}

extension ContractRecord {
    mutating func eachSecret(_ body: (inout SecretRecord, String) throws -> Void) rethrows {
        if var secret = eventSecret {
            try body(&secret, "contract \(name)")
            eventSecret = secret
        }
        if var secret = eventFormerSecret {
            try body(&secret, Self.formerLabel(name))
            eventFormerSecret = secret
        }
    }
}
