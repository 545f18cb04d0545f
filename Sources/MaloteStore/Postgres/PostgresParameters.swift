// Parameters of a statement in PostgreSQL's binary format; knows no statement.

import CPQ

/// What is sent beside a statement: every value with the type that it has here, so that the server guesses none.
struct PostgresParameters {
    /// Object ids of built-in types (pg_type.dat), which never change.
    private enum TypeID { static let bytea: Oid = 17, int8: Oid = 20, text: Oid = 25 }

    private(set) var types: [Oid] = []
    private var storage: [UInt8] = []
    /// Where each begins, and its octets; `nil` for NULL.
    private var places: [(start: Int, count: Int)?] = []

    init(_ values: [SQLValue]) {
        for value in values { append(value) }
        // An empty value needs a place to point to.
        storage.append(0)
    }

    private mutating func append(_ value: SQLValue) {
        let start = storage.count
        switch value {
        case .null:
            types.append(0)
            return places.append(nil)
        case .integer(let number):
            types.append(TypeID.int8)
            withUnsafeBytes(of: number.bigEndian) { storage += $0 }
        case .text(let text):
            types.append(TypeID.text)
            storage += PostgresText.kept(text).utf8
        case .blob(let bytes):
            types.append(TypeID.bytea)
            storage += bytes
        }
        places.append((start, storage.count - start))
    }

    /// Calls with what libpq wants: where the values are, how long they are, and that all are binary.
    func withPointers<Result>(
        _ call: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        storage.withUnsafeBufferPointer { storage in
            storage.withMemoryRebound(to: CChar.self) { octets in
                let values = places.map { place in
                    place.flatMap { place in octets.baseAddress.map { $0 + place.start } }
                }
                let lengths = places.map { Int32(clamping: $0?.count ?? 0) }
                return call(values, lengths, [Int32](repeating: 1, count: places.count))
            }
        }
    }
}

/// PostgreSQL keeps every character but one.
enum PostgresText {
    /// U+0000 becomes U+FFFD. It comes only from damaged mail, whose raw source is kept as it was.
    static func kept(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : Character($0) })
    }
}
