// apply and export: the registry as a file.

import Foundation
import MaloteCore

enum ApplyCommands {
    static let all = [
        Command(
            words: ["apply"],
            options: [
                .init(name: "-f", value: "FILE", help: "the registry file (YAML or JSON); - reads standard input"),
                .init(name: "--dry-run", help: "show what would change and change nothing"),
                .init(name: "--prune", help: "also remove what the file does not name"),
            ], summary: "Apply a registry file; takes effect at once",
            details: "All or nothing: with an error in the file nothing is changed. Applying twice changes nothing.",
            run: apply),
        Command(
            words: ["export"], summary: "Print the registry in the form apply reads, without secrets", run: export),
    ]

    private static func apply(_ session: Session) throws {
        let file = try session.arguments.required("-f")
        let data = try session.ask(
            "PUT", ["registry"],
            query: [
                ("dry-run", session.arguments.has("--dry-run") ? "true" : nil),
                ("prune", session.arguments.has("--prune") ? "true" : nil),
            ], body: try Session.read(file), type: "application/yaml")
        try report(data, session)
    }

    /// Prints what changed: one line an object, then warnings.
    static func report(_ data: Data, _ session: Session) throws {
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(ApplyReport.self, from: data)
        for line in report.lines where line.action != "unchanged" {
            let fields = line.fields.isEmpty ? "" : ": \(line.fields.joined(separator: ", "))"
            print("\(report.dryRun ? "would be " : "")\(line.action) \(line.kind) \(line.name)\(fields)")
        }
        if report.lines.allSatisfy({ $0.action == "unchanged" }) { print("nothing to change") }
        for warning in report.warnings { print("warning: \(warning)") }
    }

    private static func export(_ session: Session) throws {
        let format = session.isJSON ? "json" : nil
        print(
            String(decoding: try session.ask("GET", ["registry"], query: [("format", format)]), as: UTF8.self),
            terminator: "")
    }
}
