// One transaction's view of the tables: where the domain verbs live; knows nothing of queues and commits.

import MaloteCore

/// Implements the verbs, one extension a topic (folder Rows). Must not outlive the transaction it was made for.
struct StoreTransaction: StoreWriting {
    let connection: SQLiteConnection
    let vault: Vault
    let tally = Tally()

    init(_ connection: SQLiteConnection, _ vault: Vault) {
        self.connection = connection
        self.vault = vault
    }

    func missing(_ what: String) -> Failure { Failure(.transient, .defect, "There is no \(what).") }
}
