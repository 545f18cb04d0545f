// How the words of Core stand in a row; knows no table.

import MaloteCore

extension SQLiteValue {
    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: Int64?) { self = value.map(SQLiteValue.integer) ?? .null }
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    init(_ value: String) { self = .text(value) }
    init(_ value: String?) { self = value.map(SQLiteValue.text) ?? .null }
    init(_ value: Timestamp) { self = .integer(value.milliseconds) }
    init(_ value: Timestamp?) { self = value.map { .integer($0.milliseconds) } ?? .null }
    init<Of>(_ value: RowID<Of>) { self = .integer(value.rawValue) }
    init<Of>(_ value: RowID<Of>?) { self = value.map { .integer($0.rawValue) } ?? .null }
    init(_ value: Digest) { self = .blob(value.bytes) }
}

extension SQLiteRow {
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
