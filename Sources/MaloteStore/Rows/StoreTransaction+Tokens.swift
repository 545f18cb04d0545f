// Refresh tokens, sealed, one row a mailbox; knows not how they are used.

import MaloteCore

extension StoreTransaction {
    func refreshToken(of mailbox: MailboxID) throws -> KeptToken? {
        let row = try connection.first(
            "SELECT sealed, origin, since, expires, key FROM tokens WHERE mailbox = ?", .init(mailbox)
        ) {
            (
                sealed: $0.blob(0), origin: $0.blob(1), since: $0.time(2), expires: $0.optionalTime(3),
                key: $0.optionalText(4)
            )
        }
        guard let row else { return nil }
        guard let origin = Digest(row.origin) else {
            throw Failure(
                .operatorNeeded, .storage, "The stored refresh token of mailbox #\(mailbox) cannot be read.",
                remedy: "Restore the database from a backup, or authorize the mailbox again.")
        }
        let token = try vault.open(row.sealed, label: Self.tokenLabel(mailbox), key: row.key)
        return KeptToken(token: Secret(token), origin: origin, since: row.since, expires: row.expires)
    }

    func keep(_ token: KeptToken, of mailbox: MailboxID) throws {
        let isRegistered = try connection.first(
            "SELECT 1 FROM registry WHERE kind = 'mailbox' AND id = ?", .init(mailbox)
        ) { _ in true }
        guard isRegistered == true else {
            throw Failure(.permanent, .registry, "Mailbox #\(mailbox) is not registered any more.")
        }
        let key = vault.current
        let sealed = try token.token.reveal { try key.seal($0, label: Self.tokenLabel(mailbox)) }
        try connection.run(
            """
            INSERT INTO tokens (mailbox, sealed, origin, since, expires, key) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (mailbox) DO UPDATE SET sealed = excluded.sealed, origin = excluded.origin,
                since = excluded.since, expires = excluded.expires, key = excluded.key
            """, .init(mailbox), .blob(sealed), .init(token.origin), .init(token.since), .init(token.expires),
            .text(key.id))
    }

    /// Of mailboxes that are gone.
    func dropStrayTokens() throws {
        try connection.run(
            "DELETE FROM tokens WHERE mailbox NOT IN (SELECT id FROM registry WHERE kind = 'mailbox')")
    }

    static func tokenLabel(_ mailbox: MailboxID) -> String { "mailbox #\(mailbox) (refresh token)" }
}
