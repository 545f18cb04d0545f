// ticket: all that belongs to one, and the ticket system's own id for it.

import Foundation
import MaloteCore

enum TicketCommands {
    private static let whose = Command.Option(
        name: "--contract", value: "NAME", help: "whose ticket, if several contracts have this key")

    private static let turning: [Command.Option] = [
        .init(name: "--quiet", help: "run no flow"),
        .init(name: "--data", value: "JSON", help: "what templates and conditions see as data; - reads it"),
    ]

    static let all = [
        Command(
            words: ["ticket", "show"], positional: ["KEY"], options: [whose],
            summary: "Show a ticket with its messages, events and deliveries", run: show),
        Command(
            words: ["ticket", "link"], positional: ["KEY", "EXTERNAL"], options: [whose],
            summary: "Keep the ticket system's own id with a ticket", run: link),
        Command(
            words: ["ticket", "close"], positional: ["KEY"], options: [whose] + turning,
            summary: "Keep that the ticket system has closed a ticket, and say ticket.completed to its flows",
            details: "Closing a closed ticket does nothing: one closing is told once."
        ) { try turn($0, "close") },
        Command(
            words: ["ticket", "reopen"], positional: ["KEY"], options: [whose] + turning,
            summary: "Keep that the ticket system has opened a ticket again, and say ticket.reopened to its flows"
        ) { try turn($0, "reopen") },
    ]

    private static func show(_ session: Session) throws {
        let data = try session.ask(
            "GET", ["tickets", session.arguments.positional[0]],
            query: [("contract", session.arguments.value("--contract"))])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(TicketReport.self, from: data)
        print("ticket \(report.key) of contract \(report.contract): \(report.subject.printable)")
        print("state: \(report.closed.map { "closed on \($0)" } ?? "open")")
        print("external: \((report.external ?? "-").printable)")
        print("requester: \((report.requester?.description ?? "-").printable)\n")
        MessageCommands.table(report.messages).print(empty: "No message.")
        print("")
        var events = Table("TIME", "EVENT", "ID")
        for event in report.events { events.add(event.time.description, event.kind, event.id) }
        events.print(empty: "No event.")
        print("")
        var deliveries = Table("NOTIFICATION", "RECIPIENT", "OUTBOX", "STATE", "TRIES", "SUBJECT")
        for delivery in report.deliveries {
            deliveries.add(
                "\(delivery.notification)", delivery.recipient, delivery.outbox, delivery.state.rawValue,
                "\(delivery.attempts)", delivery.subject)
        }
        deliveries.print(empty: "No notification.")
        print("")
        var flows = Table("TIME", "CAUSE", "WHAT FLOWS DID")
        for line in report.flows {
            flows.add(
                line.time.description, line.cause,
                TriggerCommands.words(line.step, line.reason, reference: line.reference))
        }
        flows.print(empty: "No flow has run.")
        if !report.planned.isEmpty {
            print("")
            PlannedStepCommands.table(report.planned).print(empty: "")
        }
        guard !report.approvals.isEmpty else { return }
        print("")
        ApprovalCommands.table(report.approvals).print(empty: "")
    }

    private static func turn(_ session: Session, _ verb: String) throws {
        let data = try session.ask(
            "POST", ["tickets", session.arguments.positional[0], verb],
            query: [
                ("contract", session.arguments.value("--contract")),
                ("quiet", session.arguments.has("--quiet") ? "true" : nil),
            ],
            body: try TriggerCommands.data(session.arguments).map {
                Array(try JSONSerialization.data(withJSONObject: ["data": $0]))
            } ?? [])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(TicketReport.self, from: data)
        let state = report.closed.map { "closed on \($0)" } ?? "open"
        print("ticket \(report.key) of contract \(report.contract) is \(state)")
    }

    private static func link(_ session: Session) throws {
        let words = session.arguments.positional
        let data = try session.ask(
            "POST", ["tickets", words[0], "link"],
            query: [("contract", session.arguments.value("--contract")), ("external", words[1])])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(TicketReport.self, from: data)
        print("ticket \(report.key) of contract \(report.contract) is \((report.external ?? "-").printable)")
    }
}
