// What a check of a store has found, as values; knows neither SQL nor the terminal.

/// One thing that is not as it must be.
package struct Complaint: Sendable, Hashable, Codable {
    /// The rule that it breaks, such as `messages`.
    package var rule: String
    /// The row it is about, such as `message 17`.
    package var row: String
    package var text: String

    package init(rule: String, row: String, text: String) {
        self.rule = rule
        self.row = row
        self.text = text
    }
}

package struct CheckReport: Sendable, Hashable, Codable {
    /// One rule and what came of it.
    package struct Line: Sendable, Hashable, Codable {
        package var rule: String
        /// Rows that were looked at.
        package var checked: Int
        package var complaints: Int
    }

    package var file: String
    package var schema: Int
    package var lines: [Line] = []
    /// The first of each rule; `Line.complaints` counts them all.
    package var complaints: [Complaint] = []
    /// What is no fault but good to know, such as secrets for which there was no key.
    package var notes: [String] = []

    package var isSound: Bool { lines.allSatisfy { $0.complaints == 0 } }

    /// Complaints of one rule that are told.
    static let most = 100

    init(file: String, schema: Int) {
        self.file = file
        self.schema = schema
    }
}
