// A tree of scalars, mappings and sequences with line numbers: what YAML and JSON readers hand to the rules.

/// A node of a parsed registry or configuration file. Scalars stay text: the schema, not the reader, decides types.
package struct DocumentNode: Sendable, Hashable {
    package indirect enum Value: Sendable, Hashable {
        /// `isPlain` is false for quoted scalars, so that `""` differs from nothing and `"null"` from null.
        case scalar(String, isPlain: Bool)
        case sequence([DocumentNode])
        case mapping([Entry])
    }

    package struct Entry: Sendable, Hashable {
        package var key: String
        package var keyLine: Int
        package var value: DocumentNode
        package init(key: String, keyLine: Int = 0, value: DocumentNode) {
            self.key = key
            self.keyLine = keyLine
            self.value = value
        }
    }

    package var value: Value
    /// 1-based line in the source; 0 when the node was made by program.
    package var line: Int

    package init(_ value: Value, line: Int = 0) {
        self.value = value
        self.line = line
    }
}

/// One thing wrong with a document or a request: where, what, and what to write instead.
package struct DocumentError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// 1-based; 0 when unknown.
    package var line: Int
    /// Path of the field, such as `mailboxes[0].port`.
    package var field: String
    package var message: String
    /// What to write instead; may be empty.
    package var remedy: String

    package init(line: Int = 0, field: String, message: String, remedy: String = "") {
        self.line = line
        self.field = field
        self.message = message
        self.remedy = remedy
    }

    package var description: String {
        let place = line > 0 ? "line \(line): " : ""
        let name = field.isEmpty ? "" : "\(field): "
        return place + name + message + (remedy.isEmpty ? "" : " " + remedy)
    }
}

/// Several `DocumentError`s found in one reading, in document order. Never empty.
package struct DocumentErrors: Error, Sendable, Hashable {
    package var errors: [DocumentError]
    package init(_ errors: [DocumentError]) { self.errors = errors }
}
