// One transaction's view of the tables: where the domain verbs live; knows nothing of queues and commits.

import MaloteCore

/// Implements the verbs, one extension a topic (folder Rows). Must not outlive the transaction it was made for.
struct StoreTransaction: StoreWriting {
    let connection: SQLiteConnection
    let vault: Vault
    let tally = LaneTally()

    init(_ connection: SQLiteConnection, _ vault: Vault) {
        self.connection = connection
        self.vault = vault
    }

    /// The next number of a named series: 1, 2, 3, ... Never given twice, not even after deletions.
    func next(_ counter: String) throws -> Int64 {
        let value = try connection.first(
            """
            INSERT INTO counters (name, value) VALUES (?, 1)
            ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value
            """, .text(counter)
        ) { $0.integer(0) }
        guard let value else { throw Failure(.transient, .defect, "The counter \(counter) has no value.") }
        return value
    }

    func missing(_ what: String) -> Failure { Failure(.transient, .defect, "There is no \(what).") }
}
