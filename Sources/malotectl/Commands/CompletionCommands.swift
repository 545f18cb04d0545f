// completion: what a shell needs to complete this tool's commands, made from the command table.

import Foundation
import MaloteCore

enum CompletionCommands {
    static let all = [
        Command(
            words: ["completion"], positional: ["bash|zsh|fish"],
            summary: "Print the completion of a shell, made from this tool's own commands",
            details: "Take it over with: source <(malotectl completion bash). It also completes the names of what is "
                + "registered, if maloted answers within a second.", run: completion),
        Command(
            words: ["completion", "names"], positional: ["SECTION"],
            summary: "Print the names of mailboxes, inboxes, outboxes, contracts, flows or templates, a line each",
            details: "Completions ask it. It prints nothing, and is content, where maloted does not answer at once.",
            run: names),
    ]

    private static func completion(_ session: Session) throws {
        switch session.arguments.positional[0] {
        case "bash": print(BashCompletion(Command.all).script, terminator: "")
        case "zsh":
            // Its own reading of bash's completions does the work.
            print(
                "#compdef malotectl\nautoload -U +X bashcompinit && bashcompinit\n"
                    + BashCompletion(Command.all).script, terminator: "")
        case "fish": print(FishCompletion(Command.all).script, terminator: "")
        case let other: throw Stop.usage("There is no completion for \"\(other)\": use bash, zsh or fish.")
        }
    }

    // MARK: - Names

    private struct Names: Decodable {
        struct Object: Decodable {
            var name: String
            var type: String?
        }

        var mailboxes: [Object]?
        var contracts: [Object]?
        var flows: [Object]?
        var templates: [Object]?

        func list(_ section: String) -> [Object]? {
            switch section {
            case "mailboxes": mailboxes ?? []
            case "inboxes": (mailboxes ?? []).filter { $0.type == "inbox" }
            case "outboxes": (mailboxes ?? []).filter { $0.type == "outbox" }
            case "contracts": contracts ?? []
            case "flows": flows ?? []
            case "templates": templates ?? []
            default: nil
            }
        }
    }

    private static func names(_ session: Session) throws {
        let section = session.arguments.positional[0]
        guard Completion.sections.contains(section) else {
            throw Stop.usage(
                "There is no section \"\(section)\": use \(Completion.sections.joined(separator: ", ")).")
        }
        // Whoever types waits: no answer, no names.
        guard let data = try? session.ask("GET", ["registry"], query: [("format", "json")], seconds: 1),
            let all = try? JSONDecoder().decode(Names.self, from: data)
        else { return }
        for name in Set((all.list(section) ?? []).map(\.name)).sorted() { print(name) }
    }
}
