// Every message has its raw source, whole and as it came; knows no MIME.

import MaloteCore

/// Reads each mail in its order of pieces, one piece at a time, and hashes it again.
struct RawSourceRule {
    let hashing = OpenSSLHashing()

    func run(_ check: CheckRun) throws {
        try check.connection.each(
            """
            SELECT message.id, sha256, size, ledger.state, first.message IS NULL,
                message.history LIKE '% \(Decision.Step.removed.rawValue) %'
                    OR length(message.history) >= \(History.limit)
            FROM messages AS message LEFT JOIN ledger ON ledger.id = message.ledger
                LEFT JOIN raw_sources AS first ON first.message = message.id
            ORDER BY message.id
            """
        ) { row in
            check.looked()
            let name = "message \(row.integer(0))"
            guard !row.flag(4) else {
                // What a contract does not keep for ever leaves a line; a history that is full has no room for one.
                if !row.flag(5) { check.complain(name, "its raw source is missing") }
                return
            }
            guard let kept = try read(row.integer(0), name, check) else { return }
            guard kept.digest.bytes == row.blob(1) else {
                return check.complain(
                    name,
                    "its raw source of \(kept.size) octets is not the one that came: its "
                        + "SHA-256 differs")
            }
            // Of a mail that was too large only the header is here, while its whole size is told.
            let isCut =
                kept.size < row.integer(2) && (row.isNull(3) || row.text(3) == LedgerEntry.State.refused.rawValue)
            guard kept.size != row.integer(2), !isCut else { return }
            check.complain(name, "its raw source has \(kept.size) octets, not \(row.integer(2))")
        }
        try strays(check)
    }

    /// - Returns: `nil` if there was a gap, which is told.
    private func read(_ id: Int64, _ name: String, _ check: CheckRun) throws -> (size: Int64, digest: Digest)? {
        let digest = hashing.sha256()
        var size: Int64 = 0
        var gap: Int64?
        let take: (SQLRow) -> Void = { row in
            if gap == nil, row.integer(0) != size { gap = row.integer(0) }
            row.withBlob(1) { digest.update($0) }
            size += row.octets(1)
        }
        try check.connection.each("SELECT 0, bytes FROM raw_sources WHERE message = ?", .integer(id), body: take)
        try check.connection.each(
            "SELECT start, bytes FROM raw_pieces WHERE message = ? ORDER BY start", .integer(id), body: take)
        if let gap {
            check.complain(name, "its raw source is not whole: a piece begins at octet \(gap), where none ended")
            return nil
        }
        return (size, digest.finish())
    }

    private func strays(_ check: CheckRun) throws {
        for table in ["raw_sources", "raw_pieces"] {
            try check.connection.each(
                """
                SELECT DISTINCT child.message FROM \(table) AS child LEFT JOIN messages ON messages.id = child.message
                WHERE messages.id IS NULL
                """
            ) { check.complain("message \($0.integer(0))", "there is a raw source of it, but it does not exist") }
        }
    }
}
