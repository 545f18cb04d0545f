// One row of a result in PostgreSQL's binary format; knows no table.

import CPQ

/// Valid as long as its result.
struct PostgresRow {
    private let result: OpaquePointer
    private let row: Int32

    init(_ result: OpaquePointer, _ row: Int32) {
        self.result = result
        self.row = row
    }

    func isNull(_ column: Int32) -> Bool { PQgetisnull(result, row, column) != 0 }

    /// An integer of any width, or a boolean: octets in network order.
    func integer(_ column: Int32) -> Int64 {
        withBlob(column) { bytes in
            guard let first = bytes.first, bytes.count <= 8 else { return 0 }
            let sign: Int64 = bytes.count > 1 && first & 0x80 != 0 ? -1 : 0
            return bytes.reduce(sign) { $0 << 8 | Int64($1) }
        }
    }

    func withBlob<T>(_ column: Int32, _ use: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let count = Int(PQgetlength(result, row, column))
        return try use(UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: count))
    }
}
