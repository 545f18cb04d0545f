// token: what opens the API and the pages to people and programs.

import Foundation
import MaloteCore

enum TokenCommands {
    static let all = [
        Command(
            words: ["token", "add"],
            options: [
                .init(name: "--name", value: "NAME", help: "how the audit log calls whoever uses it"),
                .init(name: "--role", value: "ROLE", help: "admin, contract or read-only"),
                .init(
                    name: "--contract", value: "NAME", help: "the one contract: for contract, and to narrow read-only"),
                .init(name: "--expires", value: "WHEN", help: "in 90d, 12h, ... or on a date (YYYY-MM-DD); else never"),
            ], summary: "Make an access token for the HTTP API and the web pages, and print it this once",
            details: """
                admin may do everything. contract may see and do what belongs to its contract, but not change the registry.
                read-only changes nothing. Only a digest of the token is kept: whoever loses it needs a new one.
                """, run: add),
        Command(
            words: ["token", "list"], summary: "List access tokens: whom they are for, until when, and when last used",
            run: list),
        Command(
            words: ["token", "revoke"], positional: ["NAME"], summary: "End an access token; takes effect at once",
            run: revoke),
    ]

    private struct Issued: Decodable {
        var token: String
    }

    private static func add(_ session: Session) throws {
        let arguments = session.arguments
        let wish = AccessTokenWish(
            name: try arguments.required("--name"), role: try arguments.required("--role"),
            contract: arguments.value("--contract"), expires: try arguments.value("--expires").map(moment))
        let data = try session.ask("POST", ["tokens"], body: Array(try JSONEncoder().encode(wish)))
        guard !session.isJSON else { return session.printJSON(data) }
        // Alone on its line, for scripts.
        print(try JSONDecoder().decode(Issued.self, from: data).token)
    }

    /// A span from now, or what was written.
    private static func moment(_ text: String) throws -> String {
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()) else { return text }
        guard (1...100_000).contains(count) else { throw Stop.usage("--expires: \(text) is no time to come.") }
        let now = Int64(Date().timeIntervalSince1970)
        return Timestamp(seconds: now + count * unit).description
    }

    private static func list(_ session: Session) throws {
        let data = try session.ask("GET", ["tokens"])
        guard !session.isJSON else { return session.printJSON(data) }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var table = Table("NAME", "ROLE", "CONTRACT", "CREATED", "EXPIRES", "LAST USED")
        for token in try JSONDecoder().decode([AccessTokenView].self, from: data) {
            let end = token.expires.map { $0 <= now ? "expired" : Ago.ahead($0, now: now) } ?? "never"
            table.add(
                token.name, token.role.rawValue, token.contract ?? "all", Ago.past(token.created, now: now),
                token.isValid || end == "expired" ? end : "its contract is gone",
                used(token.lastUsed, now: now))
        }
        table.print(empty: "There is no access token. Make one with: malotectl token add")
    }

    /// Known to the hour only.
    private static func used(_ time: Timestamp?, now: Timestamp) -> String {
        guard let time, (now - time).milliseconds < 3_600_000 else { return Ago.past(time, now: now) }
        return "this hour"
    }

    private static func revoke(_ session: Session) throws {
        let name = session.arguments.positional[0]
        let data = try session.ask("DELETE", ["tokens", name])
        guard !session.isJSON else { return session.printJSON(data) }
        print("access token \(name) opens nothing any more".printable)
    }
}
