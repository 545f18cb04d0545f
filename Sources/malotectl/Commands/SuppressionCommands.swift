// suppression: addresses that a contract does not write to.

import Foundation
import MaloteCore

enum SuppressionCommands {
    private static let contract = Command.Option(name: "--contract", value: "NAME", help: "whose list")

    static let all = [
        Command(
            words: ["suppression", "list"], options: [contract],
            summary: "List addresses that are not written to, latest first", run: list),
        Command(
            words: ["suppression", "add"], positional: ["ADDRESS"],
            options: [contract, .init(name: "--reason", value: "TEXT", help: "why, for whoever finds it")],
            summary: "Write to an address no more",
            details: "Deliveries to it fail with the reason, those that wait as well. Nothing is left out silently.",
            run: add),
        Command(
            words: ["suppression", "remove"], positional: ["ADDRESS"], options: [contract],
            summary: "Write to an address again",
            details: "What failed meanwhile stays failed until: malotectl queue retry.", run: remove),
    ]

    private static func list(_ session: Session) throws {
        let items = try session.list(
            SuppressionView.self, ["suppressions"], query: [("contract", session.arguments.value("--contract"))],
            atMost: 100_000)
        guard !session.isJSON else { return try session.printJSON(items) }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var table = Table("CONTRACT", "ADDRESS", "SINCE", "REASON")
        for entry in items {
            table.add(entry.contract, entry.address, Ago.past(entry.since, now: now), entry.reason)
        }
        table.print(empty: "No address is suppressed.")
    }

    private static func add(_ session: Session) throws {
        let data = try change(session, "POST", [("reason", session.arguments.value("--reason"))])
        guard !session.isJSON else { return session.printJSON(data) }
        let entry = try JSONDecoder().decode(SuppressionView.self, from: data)
        print("\(entry.address) is not written to by contract \(entry.contract)".printable)
    }

    private static func remove(_ session: Session) throws {
        let data = try change(session, "DELETE", [])
        guard !session.isJSON else { return session.printJSON(data) }
        print("\(session.arguments.positional[0]) is written to again".printable)
    }

    private static func change(_ session: Session, _ method: String, _ more: [(String, String?)]) throws -> Data {
        let contract = try session.arguments.required("--contract")
        let query = [("contract", contract as String?), ("address", session.arguments.positional[0])]
        return try session.ask(method, ["suppressions"], query: query + more)
    }
}
