// A way to the database that is made when it is needed, and anew once it is lost; knows no table.

import MaloteCore

/// Used by one thread at a time: whoever owns it says which.
final class PostgresLine {
    private let settings: PostgresSettings
    private let purpose: () throws -> String
    private let greeting: String?
    private var last: PostgresConnection?

    /// - Parameters:
    ///   - purpose: told to the server.
    ///   - greeting: statements with which each new connection begins.
    init(_ settings: PostgresSettings, purpose: @escaping @autoclosure () throws -> String, greeting: String? = nil) {
        self.settings = settings
        self.purpose = purpose
        self.greeting = greeting
    }

    /// Whether there is a connection that is not known to be lost.
    var isOpen: Bool { last?.isLost == false }

    /// - Throws: `PostgresError` if the server is not reached.
    func connection() throws -> PostgresConnection {
        if let last, !last.isLost { return last }
        let fresh = try PostgresConnection(settings, purpose: purpose())
        if let greeting { try fresh.execute(greeting) }
        last = fresh
        return fresh
    }

    func hangUp() { last = nil }
}
