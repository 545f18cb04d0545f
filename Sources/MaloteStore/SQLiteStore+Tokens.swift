// The TokenStore port on the same file and the same commits as everything else; knows no OAuth.

import MaloteCore

extension SQLiteStore: TokenStore {
    package func refreshToken(of mailbox: MailboxID) async throws(Failure) -> KeptToken? {
        do { return try await inside(read: { try $0.refreshToken(of: mailbox) }) } catch { throw Self.failure(error) }
    }

    package func keep(_ token: KeptToken, of mailbox: MailboxID) async throws(Failure) {
        do { try await inside(write: { try $0.keep(token, of: mailbox) }) } catch { throw Self.failure(error) }
    }

    private func inside<T: Sendable>(read body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
        try await read { try body(Self.own($0)) }
    }

    private func inside<T: Sendable>(write body: @escaping @Sendable (StoreTransaction) throws -> T) async throws -> T {
        try await write { try body(Self.own($0)) }
    }

    /// Only this store makes its transactions.
    static func own(_ transaction: any StoreReading) throws -> StoreTransaction {
        guard let own = transaction as? StoreTransaction else {
            throw Failure(.transient, .defect, "A transaction is not the store's own.")
        }
        return own
    }
}
