// What a store does about its keys when it opens: finishes what a crash cut off; knows not who asked for it.

import MaloteCore

enum KeyCare {
    /// Runs before anybody reads. Whatever is under an old key is sealed anew, and old keys go when nothing needs them.
    /// - Returns: what operators should know of it, a sentence each.
    static func settle(_ connection: SQLiteConnection, _ vault: Vault, isFresh: Bool) throws -> [String] {
        var news: [String] = []
        try connection.transaction("BEGIN IMMEDIATE") {
            if try DerivationRoot.settle(connection, vault, isFresh: isFresh) {
                news.append(
                    "The key that signs Message-IDs and links does not open: what was sent before is not recognised "
                        + "until its key is back.")
            }
        }
        guard !vault.old.isEmpty else { return news }
        let done = try connection.transaction("BEGIN IMMEDIATE") { try StoreTransaction(connection, vault).reseal() }
        if done.changed > 0 { news.append("\(done.changed) secrets are sealed anew under key \(vault.keyID).") }
        let old = vault.old.map(\.id).joined(separator: ", ")
        guard try isTidied(connection) else {
            news.append("Somebody reads the database: the old key \(old) is kept until the next start.")
            return news
        }
        try vault.forgetOld()
        news.append(
            vault.source == .file
                ? "Nothing is sealed under key \(old) any more, and it is forgotten."
                : "Nothing is sealed under key \(old) any more: a key file is removed, and the credential malote.key.old "
                    + "may go.")
        return news
    }

    /// The same where nodes share a database: each must have the key under which it is sealed. Nothing is sealed
    /// anew here: another node may have the old key only. `malotectl key rotate` does it.
    static func settleShared(_ connection: PostgresConnection, _ vault: Vault, isFresh: Bool) throws -> [String] {
        try connection.transaction("BEGIN ISOLATION LEVEL READ COMMITTED") {
            try connection.execute("SELECT pg_advisory_xact_lock(\(PostgresSchema.Lock.migration.rawValue))")
            guard try DerivationRoot.settle(connection, vault, isFresh: isFresh) else { return }
            throw Failure(
                .operatorNeeded, .credential,
                "The database's secrets are sealed under a key that is not on this node.",
                remedy: "Give every node the same key: as systemd credential malote.key, or as malote.key in `state`.")
        }
        return []
    }

    /// Brings the whole log into the file and empties it, so that nothing of what was sealed before is left.
    /// - Returns: whether nobody kept it from that.
    static func isTidied(_ connection: SQLiteConnection) throws(SQLiteError) -> Bool {
        do {
            return try connection.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.integer(0) == 0 } ?? false
        } catch let error as SQLiteError { throw error } catch { return false }
    }
}
