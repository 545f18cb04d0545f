// flow planned and cancel, contract pause and resume: what waits, and until when.

import Foundation
import MaloteCore

enum PlannedStepCommands {
    static let all = [
        Command(
            words: ["flow", "planned"],
            options: [
                .init(name: "--contract", value: "NAME", help: "only of this contract"),
                .init(name: "--flow", value: "NAME", help: "only of this flow"),
                .init(name: "--ticket", value: "KEY", help: "only about this ticket"),
            ], summary: "List steps that wait for their time", run: list),
        Command(
            words: ["flow", "cancel"], positional: ["ID"], summary: "Call a planned step off",
            details: "ID is what flow planned shows.", run: cancel),
        Command(
            words: ["contract", "pause"], positional: ["NAME"],
            summary: "Set a contract's mail aside, run none of its flows and hold its queue",
            details: "Inboxes that feed no other contract are not polled. Steps that come due wait."
        ) { try turn($0, "paused") },
        Command(
            words: ["contract", "resume"], positional: ["NAME"], summary: "Take a paused contract up again",
            details: "What was set aside meanwhile: malotectl quarantine replay."
        ) { session in
            try refuseEnded(session)
            try turn(session, "active")
        },
    ]

    private static func refuseEnded(_ session: Session) throws {
        let name = session.arguments.positional[0]
        let contract = try JSONSerialization.jsonObject(with: try session.ask("GET", ["contracts", name]))
        guard (contract as? [String: Any])?["status"] as? String == Contract.Status.ended.rawValue else { return }
        throw Stop.refused(
            "Contract \(name) has ended. To take it up again: malotectl contract edit \(name) --status active")
    }

    private static func list(_ session: Session) throws {
        let query = ["contract", "flow", "ticket"].map { ($0, session.arguments.value("--\($0)")) }
        let items = try session.list(PlannedStepView.self, ["planned-steps"], query: query)
        guard !session.isJSON else { return try session.printJSON(items) }
        table(items).print(empty: "No step is planned.")
    }

    /// Behind the flow itself; nothing if nothing is planned.
    static func show(ofFlow flow: String, _ session: Session) throws {
        let steps = try session.list(PlannedStepView.self, ["planned-steps"], query: [("flow", flow)])
        guard !steps.isEmpty else { return }
        print("")
        table(steps).print(empty: "")
    }

    static func table(_ steps: [PlannedStepView]) -> Table {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var table = Table("PLANNED", "DUE", "CONTRACT", "FLOW", "STEP", "TICKET", "FOR", "WAITS")
        for step in steps {
            table.add(
                "\(step.id)", Ago.ahead(step.due, now: now), step.contract, step.flow, "\(step.step)",
                step.ticket ?? "-", step.trigger, step.waits ?? "-")
        }
        return table
    }

    private static func cancel(_ session: Session) throws {
        let data = try session.ask("DELETE", ["planned-steps", session.arguments.positional[0]])
        guard !session.isJSON else { return session.printJSON(data) }
        let step = try JSONDecoder().decode(PlannedStepView.self, from: data)
        print("step \(step.step) of flow \(step.flow) will not be carried out")
    }

    private static func turn(_ session: Session, _ status: String) throws {
        let body = try JSONSerialization.data(withJSONObject: ["status": status])
        try ApplyCommands.report(
            try session.ask("PATCH", ["contracts", session.arguments.positional[0]], body: Array(body)), session)
    }
}
