// Values as they stand in rows, and how the words of Core become such; knows no engine and no table.

import MaloteCore

/// A value that every engine can hold.
enum SQLValue: Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: Int64?) { self = value.map(SQLValue.integer) ?? .null }
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    init(_ value: String) { self = .text(value) }
    init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
    init(_ value: Timestamp) { self = .integer(value.milliseconds) }
    init(_ value: Timestamp?) { self = value.map { .integer($0.milliseconds) } ?? .null }
    init<Of>(_ value: RowID<Of>) { self = .integer(value.rawValue) }
    init<Of>(_ value: RowID<Of>?) { self = value.map { .integer($0.rawValue) } ?? .null }
    init(_ value: Digest) { self = .blob(value.bytes) }
}
