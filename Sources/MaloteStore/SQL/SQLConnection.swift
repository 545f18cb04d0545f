// One connection to a database, whichever engine it is: what the verbs of the store are written against; knows no table.

import MaloteCore

/// Used by one thread at a time: whoever owns it says which.
///
/// Statements have `?` for their parameters, and keep to what SQLite and PostgreSQL understand alike; where that is not
/// possible, `engine` tells them apart.
protocol SQLConnection: AnyObject {
    var engine: SQLEngine { get }

    /// Runs statements without parameters or rows.
    func execute(_ sql: String) throws
    /// Hands over one statement of whose outcome nobody needs to know more than that it is good. It is done before anything
    /// that is asked or run after it; what it runs into may be thrown only there, or by `flush`.
    func run(_ sql: String, _ parameters: [SQLValue]) throws
    /// Returns when all that was handed over is done.
    func flush() throws
    /// Runs one statement at once. Returns how many rows it changed.
    func changed(_ sql: String, _ parameters: [SQLValue]) throws -> Int
    /// Shows the rows of a query that is known to give few, until `body` returns false.
    func query(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Bool) throws
    /// Runs one query for each set of parameters, and shows the rows with the place of the set that gave them.
    func queries(_ sql: String, for sets: [[SQLValue]], _ body: (Int, SQLRow) throws -> Void) throws
    /// Shows every row of a query: however many they are, few are in memory. Inside a transaction.
    func scan(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws
}

enum SQLEngine: Sendable { case sqlite, postgres }

/// What an engine refused.
protocol SQLFault: Error {
    /// For the rest of the house.
    var failure: Failure { get }
}

extension SQLConnection {
    func run(_ sql: String, _ parameters: SQLValue...) throws { try run(sql, parameters) }
    func changed(_ sql: String, _ parameters: SQLValue...) throws -> Int { try changed(sql, parameters) }

    /// Maps every row of a query.
    func rows<T>(_ sql: String, _ parameters: SQLValue..., map: (SQLRow) throws -> T) throws -> [T] {
        try rows(sql, parameters, map: map)
    }

    func rows<T>(_ sql: String, _ parameters: [SQLValue], map: (SQLRow) throws -> T) throws -> [T] {
        var rows: [T] = []
        try query(sql, parameters) { row in
            rows.append(try map(row))
            return true
        }
        return rows
    }

    /// Maps the first row of a query, if there is one.
    func first<T>(_ sql: String, _ parameters: SQLValue..., map: (SQLRow) throws -> T) throws -> T? {
        var first: T?
        try query(sql, parameters) { row in
            first = try map(row)
            return false
        }
        return first
    }

    /// Shows every row of a query, one after the other.
    func each(_ sql: String, _ parameters: SQLValue..., body: (SQLRow) throws -> Void) throws {
        try scan(sql, parameters, body)
    }

    /// Runs `body` in a transaction that begins as `begin` says.
    func transaction<T>(_ begin: String, _ body: () throws -> T) throws -> T {
        try execute(begin)
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }
}
