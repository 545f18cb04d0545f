// What a table has in both engines, read from SQLite's own description of it; knows no table's meaning.

import MaloteCore

/// A table with its columns, as every engine has them.
struct TableShape {
    enum Kind { case integer, text, blob }

    struct Column {
        var name: String
        var kind: Kind
        /// Its place in the primary key, from 1; 0 if it is not part of it.
        var keyPlace: Int
    }

    var name: String
    var columns: [Column]

    /// Counts are kept by each node in PostgreSQL, and once in SQLite: they are added up.
    var isCounted: Bool { name == "ledger_counts" || name == "lane_counts" }
    var key: [String] { columns.filter { $0.keyPlace > 0 }.sorted { $0.keyPlace < $1.keyPlace }.map(\.name) }

    /// All that SQLite keeps, in the order of their names.
    static func all(_ sqlite: SQLiteConnection) throws -> [TableShape] {
        let names = try sqlite.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ) { $0.text(0) }
        return try names.map { table in
            let columns = try sqlite.rows("SELECT name, type, pk FROM pragma_table_info(?)", .text(table)) { row in
                Column(name: row.text(0), kind: try kind(row.text(1)), keyPlace: row.count(2))
            }
            return TableShape(name: table, columns: columns)
        }
    }

    private static func kind(_ type: String) throws -> Kind {
        switch type {
        case "INTEGER": return .integer
        case "TEXT": return .text
        case "BLOB": return .blob
        default: throw Failure(.transient, .defect, "A column has the type \(type), which no copy knows.")
        }
    }

    // MARK: - Its rows

    /// All rows by the order of the key, the same for both engines.
    func rows(_ connection: any SQLConnection, _ body: ([SQLValue]) throws -> Void) throws {
        let names = columns.map { isCounted && $0.name == "count" ? "CAST(SUM(count) AS BIGINT)" : $0.name }
        let grouping = isCounted ? "GROUP BY \(key.joined(separator: ", ")) " : ""
        let order = key.isEmpty ? "rowid" : key.joined(separator: ", ")
        try connection.each(
            "SELECT \(names.joined(separator: ", ")) FROM \(name) \(grouping)ORDER BY \(order)"
        ) { row in try body(columns.indices.map { value(row, Int32($0)) }) }
    }

    private func value(_ row: SQLRow, _ column: Int32) -> SQLValue {
        if row.isNull(column) { return .null }
        return switch columns[Int(column)].kind {
        case .integer: .integer(row.integer(column))
        case .text: .text(PostgresText.kept(row.text(column)))
        case .blob: .blob(row.blob(column))
        }
    }

    func insert(_ values: [SQLValue], into connection: any SQLConnection) throws {
        let names = columns.map(\.name).joined(separator: ", ")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        try connection.run("INSERT INTO \(name) (\(names)) VALUES (\(places))", values)
    }
}
