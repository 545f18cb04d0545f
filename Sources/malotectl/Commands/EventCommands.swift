// events: the log of ticket events as JSON Lines.

import Foundation
import MaloteCore

enum EventCommands {
    static let all = [
        Command(
            words: ["events"],
            options: [
                .init(name: "--contract", value: "NAME", help: "only this contract's events"),
                .init(
                    name: "--after", value: "ID",
                    help: "start behind this event, or behind the last \"acknowledged\" one"),
                .init(name: "--limit", value: "NUMBER", help: "at most so many"),
                .init(name: "--follow", help: "go on with events as they happen, until interrupted"),
            ], summary: "Print ticket events, one JSON object a line, oldest first", run: events),
        Command(
            words: ["events", "acknowledge"], positional: ["EVENT"],
            options: [.init(name: "--contract", value: "NAME", help: "whose event it is")],
            summary: "Remember that a contract's events are dealt with up to this one",
            details: "For programs that read events rather than receive them: malotectl events --contract NAME --after "
                + "acknowledged goes on behind it. It never goes back.", run: acknowledge),
    ]

    private static let page = 500
    private static let patience = 30

    private static func events(_ session: Session) throws {
        let arguments = session.arguments
        let follow = arguments.has("--follow")
        var after = arguments.value("--after")
        var left = try limit(arguments)
        while left > 0 {
            let data = try session.ask(
                "GET", ["events"],
                query: [
                    ("contract", arguments.value("--contract")), ("after", after), ("limit", "\(min(left, page))"),
                    ("wait", follow ? "\(patience)" : nil),
                ], seconds: patience + 30)
            let lines = data.split(separator: UInt8(ascii: "\n"))
            print(String(decoding: data, as: UTF8.self), terminator: "")
            fflush(nil)
            left -= lines.count
            if let last = lines.last { after = try id(of: last) }
            if !follow, lines.count < page { return }
        }
    }

    private static func limit(_ arguments: Arguments) throws -> Int {
        guard let text = arguments.value("--limit") else { return .max }
        guard let number = Int(text), number > 0 else { throw Stop.usage("--limit needs a number above 0.") }
        return number
    }

    private static func acknowledge(_ session: Session) throws {
        let contract = try session.arguments.required("--contract")
        let body = try JSONEncoder().encode(["event": session.arguments.positional[0]])
        let data = try session.ask("POST", ["contracts", contract, "events", "acknowledge"], body: Array(body))
        guard !session.isJSON else { return session.printJSON(data) }
        let told = try JSONDecoder().decode(Acknowledgement.self, from: data)
        let what = told.moved ? "is acknowledged" : "was acknowledged before"
        print("contract \(contract): event \(told.event) \(what), \(told.waiting) wait".printable)
    }

    private struct Identified: Decodable { var id: String }

    private static func id(of line: Data) throws -> String { try JSONDecoder().decode(Identified.self, from: line).id }
}
