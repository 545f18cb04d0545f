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
    /// Runs one statement; rows, if any, are passed over. Returns how many rows it changed.
    func run(_ sql: String, _ parameters: [SQLValue]) throws -> Int
    /// Shows the rows of a query that is known to give few, until `body` returns false.
    func query(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Bool) throws
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
    @discardableResult
    func run(_ sql: String, _ parameters: SQLValue...) throws -> Int { try run(sql, parameters) }

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
