// import: mailboxes of another system, from a table.

import Foundation
import MaloteCore

enum ImportCommands {
    static let all = [
        Command(
            words: ["import", "mailboxes"], positional: ["FILE"],
            options: [
                .init(name: "--dry-run", help: "show what would change and change nothing"),
                .init(name: "--contract-column", value: "NAME", help: "the column that names the contract (Contract)"),
                .init(name: "--create-contracts", help: "make contracts that there are not"),
                .init(
                    name: "--output", value: "FILE",
                    help: "write a registry file with the passwords instead, and change nothing"),
            ], summary: "Register the mailboxes of a table: CSV, or YAML by its name",
            details: """
                The first row names the columns, in English or Portuguese: Description, Type, Server, Server port, User,
                Password, Provider, Inbox folder, Requires TLS/SSL authentication?, Requires user authentication?,
                Sender, Contract, E-mail outbox. A table of Parameter and Value is the system outbox's parameters.
                Doing it twice changes nothing. All or nothing: errors name row and column.
                """, run: mailboxes)
    ]

    private static func mailboxes(_ session: Session) throws {
        let arguments = session.arguments
        let file = arguments.positional[0]
        let isYAML = [".yaml", ".yml", ".json"].contains { file.lowercased().hasSuffix($0) }
        let output = arguments.value("--output")
        if output != nil, arguments.has("--dry-run") { throw Stop.usage("Give either --output or --dry-run.") }
        let data = try session.ask(
            "POST", ["import", "mailboxes"],
            query: [
                ("format", isYAML ? "yaml" : "csv"), ("contract-column", arguments.value("--contract-column")),
                ("create-contracts", arguments.has("--create-contracts") ? "true" : nil),
                ("dry-run", arguments.has("--dry-run") ? "true" : nil), ("document", output == nil ? nil : "true"),
            ], body: try Session.read(file), type: isYAML ? "application/yaml" : "text/csv")
        guard let output else { return try ApplyCommands.report(data, session) }
        try write(data, to: output)
    }

    /// Passwords are in it: only its owner may read it, and nothing that is there is written over.
    private static func write(_ data: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Stop.refused("The file \(path) cannot be made: \(String(cString: strerror(errno))).")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: data)
        try file.synchronize()
        print("\(path) holds passwords. Apply it with: malotectl apply -f \(path)")
    }
}
