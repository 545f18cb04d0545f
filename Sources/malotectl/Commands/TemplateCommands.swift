// template preview, test, history and restore: how templates look, and how they looked.

import Foundation
import MaloteCore

enum TemplateCommands {
    private static let values: [Command.Option] = [
        .init(name: "--language", value: "CODE", help: "which of its languages; the contract's by default"),
        .init(name: "--contract", value: "NAME", help: "whose title, time zone and language; a sample by default"),
        .init(name: "--ticket", value: "KEY", help: "a ticket's values and those of its last mail; samples by default"),
        .init(name: "--data", value: "JSON", help: "what data.* is, as a trigger gives it; @FILE reads a file"),
    ]
    private static let language = Command.Option(
        name: "--language", value: "CODE", help: "of which language; the English one, or the only one")
    private static let version = Command.Option(name: "--version", value: "N", help: "a number of template history")

    static let all = [
        Command(
            words: ["template", "preview"], positional: ["NAME"],
            options: values + [.init(name: "--html", help: "print only the HTML body, as it is")],
            summary: "Show the mail that a template makes; nothing is sent",
            details: "Says which keys had no value.", run: preview),
        Command(
            words: ["template", "test"], positional: ["NAME"],
            options: values + [
                .init(name: "--to", value: "ADDRESS", help: "a recipient; may be repeated", repeats: true),
                .init(name: "--outbox", value: "contract|system|MAILBOX", help: "through which outbox (contract)"),
            ], summary: "Send the mail that a template makes, through the queue",
            details: "Prints the notification's id once it is stored. An inactive template is sent all the same.",
            run: test),
        Command(
            words: ["template", "history"], positional: ["NAME"], options: [language],
            summary: "List a template's versions; the last 100 of each language are kept", run: history),
        Command(
            words: ["template", "restore"], positional: ["NAME"],
            options: [
                version, language, .init(name: "--dry-run", help: "show what would change and change nothing"),
            ], summary: "Make a former version the present one", run: restore),
    ]

    // MARK: - Looking

    private static func preview(_ session: Session) throws {
        let data = try session.ask(
            "POST", ["templates", session.arguments.positional[0], "preview"], body: body(session))
        guard !session.isJSON else { return session.printJSON(data) }
        let preview = try JSONDecoder().decode(TemplatePreview.self, from: data)
        if session.arguments.has("--html") {
            guard let html = preview.html else {
                throw Stop.refused("Template \(preview.template) (\(preview.language)) has no HTML.")
            }
            return print(html)
        }
        print(
            "template: \(preview.template) (\(preview.language))\(preview.active ? "" : ", inactive: it sends nothing")"
        )
        print("subject: \(preview.subject.printable)\n\n\(lines(preview.text))")
        if let html = preview.html { print("\n--- HTML\n\(lines(html))") }
        if !preview.missing.isEmpty { print("\nwithout a value: \(preview.missing.joined(separator: ", ").printable)") }
    }

    /// Mail is quoted here: its words must not steer the terminal, but its lines stay.
    private static func lines(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { String($0).printable }
            .joined(separator: "\n")
    }

    private static func body(_ session: Session) throws -> [UInt8] {
        let arguments = session.arguments
        var wish: [String: Any] = [:]
        for key in ["language", "contract", "ticket"] { wish[key] = arguments.value("--\(key)") }
        if let text = arguments.value("--data") {
            let bytes = text.hasPrefix("@") ? try Session.read(String(text.dropFirst())) : Array(text.utf8)
            guard let data = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
                throw Stop.usage("--data is no JSON. Write it like '{\"service\": \"E-mail\"}'.")
            }
            wish["data"] = data
        }
        let to = arguments.values("--to")
        if !to.isEmpty { wish["to"] = to }
        wish["outbox"] = arguments.value("--outbox")
        return Array(try JSONSerialization.data(withJSONObject: wish))
    }

    private static func test(_ session: Session) throws {
        guard session.arguments.has("--to") else { throw Stop.usage("--to is missing.") }
        guard session.arguments.has("--contract") || session.arguments.has("--ticket") else {
            throw Stop.usage("--contract is missing.")
        }
        let data = try session.ask("POST", ["templates", session.arguments.positional[0], "test"], body: body(session))
        try SendCommands.report(data, session)
    }

    // MARK: - Versions

    private static func which(_ session: Session) -> [(String, String?)] {
        [("language", session.arguments.value("--language"))]
    }

    private static func history(_ session: Session) throws {
        let path = ["templates", session.arguments.positional[0], "versions"]
        let data = try session.ask("GET", path, query: which(session))
        guard !session.isJSON else { return session.printJSON(data) }
        var table = Table("VERSION", "LANGUAGE", "SINCE", "", "SUBJECT")
        for version in try JSONDecoder().decode([TemplateVersionView].self, from: data) {
            let state = version.isDeleted ? "deleted" : version.isCurrent ? "current" : ""
            table.add(
                "\(version.number)", version.language, version.time?.description ?? "-", state, version.subject ?? "")
        }
        table.print(empty: "No version.")
    }

    /// `template show NAME --version N`
    /// - Returns: whether that was asked for.
    @Sendable static func showVersion(_ session: Session) throws -> Bool {
        guard let number = session.arguments.value("--version") else { return false }
        let path = ["templates", session.arguments.positional[0], "versions", try self.number(number)]
        let data = try session.ask("GET", path, query: which(session))
        guard !session.isJSON else {
            session.printJSON(data)
            return true
        }
        let version = try JSONDecoder().decode(TemplateVersionView.self, from: data)
        print("name: \(version.template)\nlanguage: \(version.language)\nversion: \(version.number)")
        print("since: \(version.time?.description ?? "-")")
        if version.isDeleted { print("deleted") }
        if version.active == false { print("active: no") }
        for (key, value) in [("subject", version.subject), ("text", version.text), ("html", version.html)] {
            if let value { print("\(key): \(value)") }
        }
        return true
    }

    private static func restore(_ session: Session) throws {
        let number = try self.number(try session.arguments.required("--version"))
        let path = ["templates", session.arguments.positional[0], "versions", number, "restore"]
        let dryRun = session.arguments.has("--dry-run") ? "true" : nil
        try ApplyCommands.report(
            try session.ask("POST", path, query: which(session) + [("dry-run", dryRun)]), session)
    }

    private static func number(_ text: String) throws -> String {
        guard let number = Int(text), number > 0 else {
            throw Stop.usage("--version needs a number of malotectl template history.")
        }
        return String(number)
    }
}
