// queue: what waits, why, and what to do about it.

import Foundation
import MaloteCore

enum QueueCommands {
    private static let filters: [Command.Option] = [
        .init(name: "--contract", value: "NAME", help: "only this contract's"),
        .init(name: "--outbox", value: "MAILBOX", help: "only through this outbox"),
        .init(name: "--notification", value: "ID", help: "only this notification's"),
        .init(
            name: "--state", value: "STATES",
            help: "comma-separated: \(Delivery.State.allCases.map(\.rawValue).joined(separator: ", "))"),
        .init(name: "--limit", value: "NUMBER", help: "at most so many (1000)"),
    ]

    static let all =
        [
            Command(words: ["queue", "list"], options: filters, summary: "List deliveries, oldest first", run: list),
            Command(
                words: ["queue", "show"], positional: ["NOTIFICATION"],
                summary: "Show a notification's deliveries and why this outbox was chosen", run: show),
        ] + [
            action("retry", "Try deliveries now (queued, failed and unknown ones), and probe their servers at once"),
            action(
                "hold", "Hold queued deliveries back; with --contract alone, all of the contract's until its release",
                contract: "is on hold; nothing of it leaves before you release it"),
            action("release", "Release held deliveries, or a contract on hold", contract: "is released"),
            action("cancel", "Cancel deliveries that have not been sent"),
        ]

    /// - Parameter contract: what is said of a contract that alone was named.
    private static func action(_ name: String, _ summary: String, contract: String? = nil) -> Command {
        Command(words: ["queue", name], options: filters, summary: summary) { session in
            let chosen = filters.filter { session.arguments.has($0.name) && $0.name != "--limit" }
            guard !chosen.isEmpty else {
                throw Stop.usage("Say which deliveries: --contract, --outbox, --notification or --state.")
            }
            let data = try session.ask("POST", ["queue", name], query: query(session))
            guard !session.isJSON else { return session.printJSON(data) }
            let changed = try JSONDecoder().decode([String: Int].self, from: data)["changed"] ?? 0
            print("\(changed) deliveries changed")
            if let contract, let named = session.arguments.value("--contract"), chosen.count == 1 {
                print("contract \(named) \(contract)")
            }
        }
    }

    private static func query(_ session: Session) -> [(String, String?)] {
        filters.map { (String($0.name.dropFirst(2)), session.arguments.value($0.name)) }
    }

    private static func list(_ session: Session) throws {
        let items = try session.list(DeliveryView.self, ["queue"], query: query(session))
        guard !session.isJSON else { return try session.printJSON(items) }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var table = Table(
            "NOTIFICATION", "CONTRACT", "OUTBOX", "RECIPIENT", "STATE", "TRIES", "AGE", "NEXT", "LAST ANSWER")
        for view in items {
            table.add(
                "\(view.notification)", view.contract, view.outbox, view.recipient, view.state.rawValue,
                "\(view.attempts)",
                Ago.size((now - view.created).milliseconds), Ago.ahead(view.nextAttempt, now: now), answer(view))
        }
        table.print(empty: "No delivery matches.")
    }

    private static func answer(_ view: DeliveryView) -> String {
        if let failure = view.failure { return String(failure.detail.prefix(100)) }
        return view.reply.map { "\($0.code) \($0.status) \($0.text)" } ?? ""
    }

    private static func show(_ session: Session) throws {
        let views = try session.list(
            DeliveryView.self, ["queue"], query: [("notification", session.arguments.positional[0])])
        guard !session.isJSON else { return try session.printJSON(views) }
        guard let first = views.first else {
            throw Stop.refused("There is no notification \(session.arguments.positional[0]).")
        }
        print("notification \(first.notification) of contract \(first.contract): \(first.subject.printable)")
        print("Message-ID: \(first.messageID.printable)")
        print("outbox: \(first.outbox)")
        for line in first.outboxTrace { print("  \(line)") }
        for view in views {
            print(
                "to \(view.recipient): \(view.state.rawValue) after \(view.attempts) tries. \(answer(view).printable)")
            if let next = view.nextAttempt { print("  next try \(next)") }
            if let remedy = view.failure?.remedy, !remedy.isEmpty { print("  \(remedy)") }
        }
    }
}
