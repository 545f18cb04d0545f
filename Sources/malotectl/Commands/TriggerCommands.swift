// trigger: tells flows that something has happened, and shows what they did about it.

import Foundation
import MaloteCore

enum TriggerCommands {
    static let all = [
        Command(
            words: ["trigger"],
            options: [
                .init(name: "--contract", value: "NAME", help: "whose flows"),
                .init(name: "--on", value: "EVENT", help: "what has happened, such as comment.added"),
                .init(name: "--flow", value: "NAME", help: "run this flow, whatever it waits for; instead of --on"),
                .init(name: "--ticket", value: "KEY", help: "which ticket it is about"),
                .init(name: "--data", value: "JSON", help: "what templates and conditions see as data; - reads it"),
                .init(name: "--attach", value: "FILE", help: "for steps that send attachments", repeats: true),
                .init(name: "--key", value: "KEY", help: "idempotency key: the same key runs flows only once"),
            ], summary: "Run the flows that wait for something, and show what each step did",
            details:
                "In data, \"fields\" are fields for templates; \"notify\": false and \"private\": true send nothing.",
            run: trigger),
        Command(
            words: ["trigger", "list"],
            options: [
                .init(name: "--contract", value: "NAME", help: "only of this contract"),
                .init(name: "--ticket", value: "KEY", help: "only about this ticket"),
                .init(name: "--limit", value: "NUMBER", help: "at most so many (100)"),
            ], summary: "Show what started flows without a mail and what they did, latest first", run: list),
    ]

    private static func trigger(_ session: Session) throws {
        let arguments = session.arguments
        let contract = try arguments.required("--contract")
        var request: [String: Any] = [:]
        request["on"] = arguments.value("--on")
        request["flow"] = arguments.value("--flow")
        request["ticket"] = arguments.value("--ticket")
        request["idempotencyKey"] = arguments.value("--key")
        request["data"] = try data(arguments)
        let files = try arguments.values("--attach").map(SendCommands.attachment)
        if !files.isEmpty { request["attachments"] = files }
        let body = try JSONSerialization.data(withJSONObject: request)
        let answer = try session.ask("POST", ["contracts", contract, "triggers"], body: Array(body))
        guard !session.isJSON else { return session.printJSON(answer) }
        show(try JSONDecoder().decode(TriggerReceipt.self, from: answer))
    }

    /// `--data`, read as JSON so that a slip is told here.
    static func data(_ arguments: Arguments) throws -> Any? {
        guard let text = arguments.value("--data") else { return nil }
        let bytes = text == "-" ? FileHandle.standardInput.readDataToEndOfFile() : Data(text.utf8)
        guard let value = try? JSONSerialization.jsonObject(with: bytes) else {
            throw Stop.usage("--data is not JSON. Write it as '{\"name\": \"value\"}'.")
        }
        return value
    }

    private static func list(_ session: Session) throws {
        let arguments = session.arguments
        let path = arguments.value("--contract").map { ["contracts", $0, "triggers"] } ?? ["triggers"]
        let answer = try session.ask(
            "GET", path, query: [("ticket", arguments.value("--ticket")), ("limit", arguments.value("--limit"))])
        guard !session.isJSON else { return session.printJSON(answer) }
        let receipts = try JSONDecoder().decode([TriggerReceipt].self, from: answer)
        if receipts.isEmpty { print("Nothing has started a flow but mail.") }
        for receipt in receipts { show(receipt) }
    }

    private static func show(_ receipt: TriggerReceipt) {
        let about = receipt.ticket.map { ", ticket \($0)" } ?? ""
        let before = receipt.repeated ? " (before, with the same key: nothing was done now)" : ""
        print("\(receipt.time) \(receipt.trigger) of contract \(receipt.contract)\(about)\(before)".printable)
        for decision in receipt.decisions {
            print("  " + words(decision.step, decision.reason, reference: decision.reference))
        }
    }

    /// With the number under which more can be asked.
    static func words(_ step: Decision.Step, _ reason: String, reference: String?) -> String {
        let number =
            switch step {
            case .notification: reference.map { " (notification \($0))" } ?? ""
            case .planned: reference.map { " (planned step \($0))" } ?? ""
            default: ""
            }
        return (reason + number).printable
    }
}
