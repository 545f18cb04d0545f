// mailbox test: one mailbox, step by step, with what to change.

import Foundation
import MaloteCore

enum TestCommands {
    static let all = [
        Command(
            words: ["mailbox", "test"], positional: ["NAME"],
            options: [
                .init(
                    name: "--round-trip", value: "MAILBOX", help: "then send a message and wait for its arrival there"),
                .init(name: "--to", value: "ADDRESS", help: "what leads to the inbox (default: the inbox's user)"),
            ],
            summary: "Try a mailbox step by step: name, connection, TLS, login, folder, rights, sender",
            details: "Nothing is fetched, changed or sent, unless you ask for a round trip: then one message leaves "
                + "by the outbox and has two minutes to arrive in the inbox. It is known for our own and opens no "
                + "ticket. The first step that fails is the last. Warnings alone leave the exit status 0.",
            run: test)
    ]

    /// The daemon gives a test 60 seconds, and a round trip three minutes more.
    private static let patience = 75
    private static let roundTripPatience = 260

    private static func test(_ session: Session) throws {
        let name = session.arguments.positional[0]
        let partner = session.arguments.value("--round-trip")
        let to = session.arguments.value("--to")
        guard partner != nil || to == nil else { throw Stop.usage("--to is the address of a --round-trip.") }
        let data = try session.ask(
            "POST", ["mailboxes", name, "test"], query: [("round-trip", partner), ("to", to)],
            seconds: partner == nil ? patience : roundTripPatience)
        let steps = try JSONDecoder().decode([ProbeStep].self, from: data)
        if session.isJSON { session.printJSON(data) } else { show(steps) }
        guard let failed = steps.last(where: { $0.failure != nil }), let failure = failed.failure else { return }
        throw Stop.refused(
            "mailbox \(name) fails at \(failed.name.rawValue) (\(failure.cause.rawValue)): \(failure)".printable)
    }

    private static func show(_ steps: [ProbeStep]) {
        var table = Table("STEP", "RESULT", "FOUND")
        for step in steps { table.add(step.name.rawValue, result(step), found(step)) }
        table.print(empty: "Nothing was tried.")
        for step in steps {
            for warning in step.warnings { print("warning: \(step.name.rawValue): \(warning.printable)") }
        }
    }

    /// The failure itself is told below the table.
    private static func found(_ step: ProbeStep) -> String {
        step.found.isEmpty ? step.failure?.cause.rawValue ?? "" : step.found
    }

    private static func result(_ step: ProbeStep) -> String {
        if step.failure != nil { return "failed" }
        return step.warnings.isEmpty ? "ok" : "warning"
    }
}
