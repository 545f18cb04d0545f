// endpoint: how receivers of events are doing, and what operators do about them.

import Foundation
import MaloteCore

enum EndpointCommands {
    private static let contract = Command.Option(name: "--contract", value: "NAME", help: "only of this contract")

    static let all = [
        Command(
            words: ["endpoint", "list"], options: [contract],
            summary: "List the endpoints that events are delivered to, and how far each is", run: list),
        Command(
            words: ["endpoint", "show"], positional: ["CONTRACT"],
            summary: "Show an endpoint: what it does, since when and why", run: show),
        Command(
            words: ["endpoint", "enable"], positional: ["CONTRACT"],
            summary: "Deliver again what waits for an endpoint, at once",
            details: "Also after the receiver has answered 410, which disables its endpoint.",
            run: { try change($0, "enable") }),
        Command(
            words: ["endpoint", "disable"], positional: ["CONTRACT"],
            summary: "Deliver nothing any more: events wait until the endpoint is enabled",
            run: { try change($0, "disable") }),
        Command(
            words: ["endpoint", "retry"], positional: ["CONTRACT"],
            summary: "Try now what waits for its time: the endpoint, and the events that it refused",
            run: { try change($0, "retry") }),
        Command(
            words: ["endpoint", "replay"], positional: ["CONTRACT"],
            options: [
                .init(name: "--after", value: "EVENT", help: "what stands behind this event in the log"),
                .init(name: "--since", value: "TIME", help: "what happened from this date or time on (UTC)"),
                .init(name: "--dry-run", help: "only tell how many events would be delivered again"),
            ], summary: "Deliver events once more, from a point of the log on",
            details: "They go out in order, under the same ids, before what is new.", run: replay),
        Command(
            words: ["endpoint", "dead", "list"],
            options: [
                contract,
                .init(name: "--waiting", help: "refused events that are tried again, instead of dead letters"),
            ], summary: "List dead letters: events that a receiver refused at every try", run: listDead),
        Command(
            words: ["endpoint", "dead", "retry"], positional: ["CONTRACT", "[EVENT]"],
            options: [.init(name: "--all", help: "all dead letters of the contract")],
            summary: "Try dead letters again, from now on", run: { try changeDead($0, "retry", "are tried again") }),
        Command(
            words: ["endpoint", "dead", "drop"], positional: ["CONTRACT", "[EVENT]"],
            options: [.init(name: "--all", help: "all dead letters of the contract")],
            summary: "Forget dead letters; the events themselves stay in the log",
            run: { try changeDead($0, "drop", "are forgotten") }),
    ]

    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    private static func list(_ session: Session) throws {
        let data = try session.ask(
            "GET", ["endpoints"], query: [("contract", session.arguments.value("--contract"))])
        guard !session.isJSON else { return session.printJSON(data) }
        table(try JSONDecoder().decode([EndpointView].self, from: data), now: now)
            .print(empty: "No contract has an endpoint. Register one: its field events, with url and secret.")
    }

    static func table(_ endpoints: [EndpointView], now: Timestamp) -> Table {
        var table = Table(
            "CONTRACT", "URL", "STATE", "WAITING", "OLDEST", "REFUSED", "DEAD", "LAST DELIVERED", "NEXT")
        for endpoint in endpoints {
            table.add(
                endpoint.contract, endpoint.url, endpoint.state.rawValue, "\(endpoint.waiting)",
                endpoint.waitingSince == nil ? "-" : Ago.past(endpoint.waitingSince, now: now), "\(endpoint.refused)",
                "\(endpoint.dead)", Ago.past(endpoint.lastDelivered, now: now),
                endpoint.state == .waiting ? Ago.ahead(endpoint.nextTry, now: now) : "-")
        }
        return table
    }

    private static func show(_ session: Session) throws {
        let data = try session.ask("GET", ["contracts", session.arguments.positional[0], "endpoint"])
        guard !session.isJSON else { return session.printJSON(data) }
        print(try JSONDecoder().decode(EndpointView.self, from: data))
    }

    private static func print(_ endpoint: EndpointView) {
        let since = endpoint.disabledSince ?? (endpoint.state == .waiting ? endpoint.failingSince : nil)
        let waiting = endpoint.waitingSince.map { ", the oldest from \($0)" } ?? ""
        var lines = [
            "endpoint of contract \(endpoint.contract)", "url: \(endpoint.url)", "mode: \(endpoint.mode.rawValue)",
            "signed with: \(endpoint.isRotating ? "the new secret and the former one" : "one secret")",
            "state: \(endpoint.state.rawValue)" + (since.map { " since \($0)" } ?? ""),
        ]
        if let reason = endpoint.reason { lines.append("reason: \(reason)") }
        if let text = endpoint.failure?.reply?.text, !text.isEmpty { lines.append("it said: \(text)") }
        if endpoint.state == .waiting {
            lines.append("next try: \(endpoint.nextTry?.description ?? "now"), after \(endpoint.consecutiveFailures)")
        }
        lines += [
            "waiting: \(endpoint.waiting) events\(waiting)",
            "refused: \(endpoint.refused) tried again, \(endpoint.dead) dead letters",
            "position: \(endpoint.position?.rawValue ?? "the beginning of the log")",
            "delivered: \(endpoint.delivered), last \(endpoint.lastDelivered?.description ?? "never")",
            "last answer: \(endpoint.lastStatus.map(String.init) ?? "none")"
                + (endpoint.lastTried.map { " at \($0)" } ?? ""),
        ]
        for line in lines { Swift.print(line.printable) }
    }

    private static func change(_ session: Session, _ verb: String) throws {
        let data = try session.ask("POST", ["contracts", session.arguments.positional[0], "endpoint", verb])
        guard !session.isJSON else { return session.printJSON(data) }
        let endpoint = try JSONDecoder().decode(EndpointView.self, from: data)
        Swift.print(
            "endpoint of contract \(endpoint.contract): \(endpoint.state.rawValue), \(endpoint.waiting) waiting")
    }

    private static func replay(_ session: Session) throws {
        let arguments = session.arguments
        guard (arguments.value("--after") == nil) != (arguments.value("--since") == nil) else {
            throw Stop.usage("Say --after EVENT or --since TIME.")
        }
        let data = try session.ask(
            "POST", ["contracts", arguments.positional[0], "endpoint", "replay"],
            query: [
                ("after", arguments.value("--after")), ("since", arguments.value("--since")),
                ("dry-run", arguments.has("--dry-run") ? "true" : nil),
            ])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(ReplayReport.self, from: data)
        let what = report.dryRun ? "would be delivered again" : "are delivered again"
        Swift.print("endpoint of contract \(report.contract): \(report.events) events \(what)")
    }

    // MARK: - Dead letters

    private static func listDead(_ session: Session) throws {
        let state: RefusedEvent.State = session.arguments.has("--waiting") ? .waiting : .dead
        let data = try session.ask(
            "GET", ["refused-events"],
            query: [("contract", session.arguments.value("--contract")), ("state", state.rawValue)])
        guard !session.isJSON else { return session.printJSON(data) }
        var table = Table("CONTRACT", "EVENT", "TYPE", "SUBJECT", "TRIES", "REFUSED", "NEXT", "ANSWER")
        for event in try JSONDecoder().decode([RefusedEventView].self, from: data) {
            table.add(
                event.contract, event.event.rawValue, event.kind, event.subject, "\(event.attempts)",
                Ago.past(event.lastRefused, now: now), Ago.ahead(event.nextAttempt, now: now),
                "\(event.failure.reply.map { "\($0.code) \($0.text)" } ?? event.failure.detail)")
        }
        table.print(empty: state == .dead ? "No dead letter." : "No refused event.")
    }

    private static func changeDead(_ session: Session, _ verb: String, _ what: String) throws {
        let (contract, event) = (session.arguments.positional[0], session.arguments.positional.dropFirst().first)
        guard session.arguments.has("--all") == (event == nil) else { throw Stop.usage("Name an EVENT, or say --all.") }
        let data = try session.ask(
            "POST", ["contracts", contract, "dead-events", verb],
            query: [("event", event), ("all", event == nil ? "true" : nil)])
        guard !session.isJSON else { return session.printJSON(data) }
        let changed = try JSONDecoder().decode([String: Int].self, from: data)["changed"] ?? 0
        Swift.print("contract \(contract): \(changed) dead letters \(what)")
    }
}
