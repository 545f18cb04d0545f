// One transaction's view of the tables: where the domain verbs live; knows nothing of queues and commits.

import MaloteCore

/// Implements the verbs, one extension a topic (folder Rows). Must not outlive the transaction it was made for.
struct StoreTransaction: StoreWriting {
    let connection: any SQLConnection
    let vault: Vault
    /// Where several nodes write to one database: who this one is.
    let node: String?
    let numbers: NumberBlocks?
    let tally = Tally()

    init(_ connection: any SQLConnection, _ vault: Vault, node: String? = nil, numbers: NumberBlocks? = nil) {
        self.connection = connection
        self.vault = vault
        self.node = node
        self.numbers = numbers
    }

    func missing(_ what: String) -> Failure { Failure(.transient, .defect, "There is no \(what).") }

    /// To read tables whose rows are not yet all written.
    var settled: any SQLConnection {
        get throws {
            try writeTally()
            return connection
        }
    }
}
