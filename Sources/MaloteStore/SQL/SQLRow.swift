// One row of a query, and how the words of Core stand in it; knows no table.

import MaloteCore

/// A row of either engine. Valid until the query goes on; columns are counted from 0. What is asked for as another type
/// than it has is 0 or empty.
enum SQLRow {
    case sqlite(SQLiteRow)
    case postgres(PostgresRow)

    func isNull(_ column: Int32) -> Bool {
        switch self {
        case .sqlite(let row): row.isNull(column)
        case .postgres(let row): row.isNull(column)
        }
    }

    func integer(_ column: Int32) -> Int64 {
        switch self {
        case .sqlite(let row): row.integer(column)
        case .postgres(let row): row.integer(column)
        }
    }

    /// A blob or a text where it lies; valid only inside the closure.
    func withBlob<T>(_ column: Int32, _ use: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        switch self {
        case .sqlite(let row): try row.withBlob(column, use)
        case .postgres(let row): try row.withBlob(column, use)
        }
    }

    func text(_ column: Int32) -> String {
        switch self {
        case .sqlite(let row): row.text(column)
        case .postgres(let row): row.withBlob(column) { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Octets of a blob.
    func octets(_ column: Int32) -> Int64 { withBlob(column) { Int64($0.count) } }
    func blob(_ column: Int32) -> [UInt8] { withBlob(column) { Array($0) } }
    func count(_ column: Int32) -> Int { Int(clamping: integer(column)) }
    func flag(_ column: Int32) -> Bool { integer(column) != 0 }
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func id<Of>(_ column: Int32, _: RowID<Of>.Type = RowID<Of>.self) -> RowID<Of> { RowID(rawValue: integer(column)) }
    func optionalID<Of>(_ column: Int32) -> RowID<Of>? { isNull(column) ? nil : id(column) }
    func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column)) }
    func optionalTime(_ column: Int32) -> Timestamp? { isNull(column) ? nil : time(column) }

    /// - Throws: when the stored word is not one this version knows.
    func word<Word: RawRepresentable>(_ column: Int32, _: Word.Type = Word.self) throws -> Word
    where Word.RawValue == String {
        let text = text(column)
        guard let word = Word(rawValue: text) else {
            throw Failure(.operatorNeeded, .storage, "The database holds \"\(text)\", unknown to this version.")
        }
        return word
    }
}
