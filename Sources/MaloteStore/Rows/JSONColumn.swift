// Small structured values kept as JSON text in a column; knows nothing of what they mean.

import Foundation
import MaloteCore

enum JSONColumn {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Throws: `Failure(.operatorNeeded, .storage)` when the column does not hold what this version wrote.
    static func decode<Value: Decodable>(_ text: String, _: Value.Type = Value.self) throws -> Value {
        do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
            throw Failure(
                .operatorNeeded, .storage, "A row of the database cannot be read by this version (\(Value.self)).",
                remedy: "Restore the database from a backup, or install the version that wrote it.")
        }
    }
}
