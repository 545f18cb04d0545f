// What stores on SQL have in common beside the verbs: tokens, and how errors leave; knows no engine.

import MaloteCore

/// A store whose transactions are `StoreTransaction`s.
protocol SQLStore: Store, TokenStore {}

extension SQLStore {
    package func refreshToken(of mailbox: MailboxID) async throws(Failure) -> KeptToken? {
        do { return try await inside(read: { try $0.refreshToken(of: mailbox) }) } catch { throw Failure(sql: error) }
    }

    package func keep(_ token: KeptToken, of mailbox: MailboxID) async throws(Failure) {
        do { try await inside(write: { try $0.keep(token, of: mailbox) }) } catch { throw Failure(sql: error) }
    }

    package func keys() async throws(Failure) -> KeyReport {
        do { return try await inside(read: { try KeyReport($0.connection, $0.vault) }) } catch {
            throw Failure(sql: error)
        }
    }

    func inside<T: Sendable>(read body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
        try await read { try body(.own($0)) }
    }

    func inside<T: Sendable>(write body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
        try await write { try body(.own($0)) }
    }
}

extension StoreTransaction {
    /// Only a store on SQL makes its transactions.
    static func own(_ transaction: any StoreReading) throws -> StoreTransaction {
        guard let own = transaction as? StoreTransaction else {
            throw Failure(.transient, .defect, "A transaction is not the store's own.")
        }
        return own
    }
}

extension Failure {
    /// Whatever a store on SQL ran into.
    init(sql error: any Error) {
        self =
            (error as? any SQLFault)?.failure ?? error as? Failure
            ?? Failure(.transient, .storage, "The store could not do it: \(error)")
    }
}
