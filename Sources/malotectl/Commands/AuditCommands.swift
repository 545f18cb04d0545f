// audit: who changed what.

import Foundation
import MaloteCore

enum AuditCommands {
    private static let filters: [Command.Option] = [
        .init(name: "--contract", value: "NAME", help: "only what was about this contract"),
        .init(name: "--who", value: "NAME", help: "only what this token or user did"),
        .init(name: "--since", value: "DATE", help: "only from then on (YYYY-MM-DD, or with a time in UTC)"),
        .init(name: "--limit", value: "NUMBER", help: "at most so many (100)"),
    ]

    static let all = [
        Command(
            words: ["audit"], options: filters,
            summary: "List changes, latest first: who made them, where, and of what",
            details: "Kept for 400 days. Values of fields are not in it, only their names.", run: list)
    ]

    private static func list(_ session: Session) throws {
        let query = filters.map { (String($0.name.dropFirst(2)), session.arguments.value($0.name)) }
        let items = try session.list(AuditEntry.self, ["audit"], query: query, atMost: 100)
        guard !session.isJSON else { return try session.printJSON(items) }
        var table = Table("TIME", "WHO", "FROM", "ACTION", "CONTRACT", "WHAT", "OUTCOME")
        for entry in items {
            // The details of one object's change begin with the object.
            let parts = entry.details.hasPrefix(entry.subject) ? [entry.details] : [entry.subject, entry.details]
            let what = String(parts.filter { !$0.isEmpty }.joined(separator: ": ").prefix(100))
            table.add(
                entry.time.description, entry.who, entry.place, entry.action, entry.contract ?? "-", what,
                entry.outcome)
        }
        table.print(empty: "Nothing was changed.")
    }
}
