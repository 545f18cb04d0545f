// alert and system: what people are told without asking, who they are, and through what.

import Foundation
import MaloteCore

enum AlertCommands {
    static let all = [
        Command(
            words: ["alert", "list"], summary: "List what was told by alerts and is not over",
            details: "An alert is told once, again when it gets worse, daily while it lasts, and when it is over.",
            run: list),
        Command(
            words: ["alert", "test"], summary: "Send a mail as alerts do, now, and say through what", run: test),
        Command(
            words: ["system", "show"], summary: "Show the system outbox and who hears of alerts", run: show),
        Command(
            words: ["system", "set"],
            options: [
                .init(name: "--outbox", value: "NAME", help: "the system outbox"),
                .init(name: "--no-outbox", help: "no system outbox"),
                .init(
                    name: "--alerts", value: "ADDRESS", help: "who hears of alerts, in place of all so far",
                    repeats: true),
                .init(name: "--no-alerts", help: "nobody hears of alerts"),
                .init(name: "--dry-run", help: "show what would change and change nothing"),
            ], summary: "Set the system outbox, or who hears of alerts", run: set),
    ]

    // MARK: - Alerts

    private static func list(_ session: Session) throws {
        let data = try session.ask("GET", ["alerts"])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(AlertReport.self, from: data)
        var table = Table("ALERT", "SUBJECT", "CONTRACTS", "SINCE", "TOLD")
        for alert in report.alerts {
            table.add(
                alert.kind.rawValue, alert.subject, Self.short(alert.contracts), Ago.past(alert.since, now: report.now),
                Ago.past(alert.told, now: report.now) + (alert.clear == nil ? "" : ", not so at present"))
        }
        table.print(empty: "Nothing is wrong that people were told of.")
        for alert in report.alerts {
            print("\n\(alert.subject) (\(alert.kind.rawValue)):\n  \(alert.detail.printable)")
            if !alert.remedy.isEmpty { print("  \(alert.remedy.printable)") }
        }
        if !report.alerts.isEmpty { print("") }
        print(Self.way(report))
    }

    private static func short(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }

    private static func way(_ report: AlertReport) -> String {
        guard !report.addresses.isEmpty else {
            return "Nobody hears of alerts by mail. Change that with: malotectl system set --alerts ADDRESS"
        }
        let addresses = report.addresses.joined(separator: ", ").printable
        guard let outbox = report.outbox else {
            return "Alerts are for \(addresses), but there is no system outbox. "
                + "Set one with: malotectl system set --outbox NAME"
        }
        return "Alerts go to \(addresses) through \(outbox)."
    }

    private static func test(_ session: Session) throws {
        let data = try session.ask("POST", ["alerts", "test"])
        guard !session.isJSON else { return session.printJSON(data) }
        let receipt = try JSONDecoder().decode(AlertReceipt.self, from: data)
        let addresses = receipt.addresses.joined(separator: ", ").printable
        print("notification \(receipt.notification) is queued for \(addresses) through \(receipt.outbox)")
        print("See what becomes of it: malotectl queue list --notification \(receipt.notification)")
    }

    // MARK: - System

    /// The part of the registry that belongs to no object.
    private struct System: Codable {
        struct Part: Codable {
            var outbox: String?
            var alerts: [String]?
        }

        var system: Part?
    }

    private static func show(_ session: Session) throws {
        let data = try session.ask("GET", ["registry"], query: [("format", "json")])
        let part = try JSONDecoder().decode(System.self, from: data).system ?? .init()
        guard !session.isJSON else {
            return session.printJSON(try JSONEncoder().encode(part))
        }
        print("outbox: \(part.outbox ?? "none")")
        print("alerts: \(part.alerts?.joined(separator: ", ").printable ?? "nobody")")
    }

    private static func set(_ session: Session) throws {
        let arguments = session.arguments
        let outbox = arguments.value("--outbox")
        guard outbox == nil || !arguments.has("--no-outbox") else {
            throw Stop.usage("Say --outbox NAME or --no-outbox, not both.")
        }
        guard !arguments.has("--alerts") || !arguments.has("--no-alerts") else {
            throw Stop.usage("Say --alerts ADDRESS or --no-alerts, not both.")
        }
        // An outbox of null is none; what is not said stays.
        var fields: [String] = []
        if let outbox { fields.append("\"outbox\": \(try json(outbox))") }
        if arguments.has("--no-outbox") { fields.append("\"outbox\": null") }
        if arguments.has("--alerts") { fields.append("\"alerts\": \(try json(arguments.values("--alerts")))") }
        if arguments.has("--no-alerts") { fields.append("\"alerts\": []") }
        guard !fields.isEmpty else { throw Stop.usage("Say what to set: --outbox NAME or --alerts ADDRESS.") }
        let data = try session.ask(
            "PUT", ["registry"], query: [("dry-run", arguments.has("--dry-run") ? "true" : nil)],
            body: Array("{\"system\": {\(fields.joined(separator: ", "))}}".utf8))
        try ApplyCommands.report(data, session)
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
