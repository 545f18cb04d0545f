// mailbox, contract, flow and template: one object at a time.

import Foundation
import MaloteCore

/// A kind of registered object on the command line: its word, its section in the API and its fields as options.
struct ObjectKind: Sendable {
    var word: String
    var section: String
    var fields: [ObjectField]
    var columns: [Column]
    /// From the options' values to the fields of the document, where they are not the same.
    var compose: @Sendable ([String: Any]) -> [String: Any] = { $0 }
    /// A column of `list`.
    struct Column: Sendable {
        var head: String
        var cell: @Sendable ([String: Any]) -> String

        init(_ head: String, cell: @escaping @Sendable ([String: Any]) -> String) {
            self.head = head
            self.cell = cell
        }

        /// - Parameter key: of the field that it shows.
        init(_ head: String, _ key: String) { self.init(head) { ObjectField.words($0[key]) } }
    }

    /// Further options of `list`.
    var listOptions: [Command.Option] = []
    /// A field that says, together with the name, which object is meant.
    var secondKey: ObjectField?
    /// Further options of `show`.
    var showOptions: [Command.Option] = []
    /// In place of showing the object, where one of them is given.
    var showInstead: (@Sendable (Session) throws -> Bool)?

    /// As options that only say which object is meant.
    var keyOptions: [Command.Option] { secondKey.map { [$0.option] } ?? [] }
    /// Further options of `add`, which are the query of the request.
    var addOptions: [Command.Option] = []
}

enum ObjectCommands {
    static let all = [ObjectKind.mailbox, .contract, .flow, .template].flatMap(commands)

    private static func commands(_ kind: ObjectKind) -> [Command] {
        let fieldOptions = kind.fields.map(\.option)
        let file = Command.Option(name: "-f", value: "FILE", help: "take the fields from a YAML or JSON mapping")
        let dryRun = Command.Option(name: "--dry-run", help: "show what would change and change nothing")
        return [
            Command(words: [kind.word, "list"], options: kind.listOptions, summary: "List every \(kind.word)") {
                try list($0, kind)
            },
            Command(
                words: [kind.word, "show"], positional: ["NAME"], options: kind.keyOptions + kind.showOptions,
                summary: "Show a \(kind.word)"
            ) { try show($0, kind) },
            Command(
                words: [kind.word, "add"], options: fieldOptions + [file, dryRun] + kind.addOptions,
                summary: "Add a \(kind.word)"
            ) { try add($0, kind) },
            Command(
                words: [kind.word, "edit"], positional: ["NAME"],
                options: fieldOptions.filter { $0.name != "--name" } + [file, dryRun],
                summary: "Change fields of a \(kind.word)",
                details:
                    "Fields that are not named stay. An empty value takes a field away, so that its default applies."
            ) { try edit($0, kind) },
            Command(
                words: [kind.word, "delete"], positional: ["NAME"], options: kind.keyOptions + [dryRun],
                summary: "Delete a \(kind.word); refused while it is used, naming the links"
            ) { try delete($0, kind) },
        ]
    }

    // MARK: - Looking

    private static func list(_ session: Session, _ kind: ObjectKind) throws {
        let query = kind.listOptions.map { (String($0.name.dropFirst(2)), session.arguments.value($0.name)) }
        let data = try session.ask("GET", [kind.section], query: query)
        guard !session.isJSON else { return session.printJSON(data) }
        let objects = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        var table = Table(kind.columns.map(\.head))
        for object in objects { table.add(kind.columns.map { $0.cell(object) }) }
        table.print(empty: "No \(kind.word) is registered.")
    }

    private static func show(_ session: Session, _ kind: ObjectKind) throws {
        if try kind.showInstead?(session) == true { return }
        let data = try session.ask("GET", [kind.section, session.arguments.positional[0]], query: key(session, kind))
        guard !session.isJSON else { return session.printJSON(data) }
        let found = try JSONSerialization.jsonObject(with: data)
        for object in found as? [[String: Any]] ?? [found as? [String: Any] ?? [:]] {
            for key in object.keys.sorted(by: { order($0, kind) < order($1, kind) }) {
                print("\(key): \(ObjectField.words(object[key]))")
            }
        }
        if kind.word == "flow" { try PlannedStepCommands.show(ofFlow: session.arguments.positional[0], session) }
    }

    /// Fields in the order of the options, the rest by name behind them.
    private static func order(_ key: String, _ kind: ObjectKind) -> String {
        guard key != "id" else { return "" }
        let place = kind.fields.firstIndex { $0.key == key }
        return place.map { String(format: "%03d", $0) } ?? "999\(key)"
    }

    // MARK: - Changing

    private static func add(_ session: Session, _ kind: ObjectKind) throws {
        let query = kind.addOptions.map { (String($0.name.dropFirst(2)), session.arguments.value($0.name)) }
        try change(session, "POST", [kind.section], query, body: try fields(session, kind))
    }

    private static func edit(_ session: Session, _ kind: ObjectKind) throws {
        var kind = kind
        let key = key(session, kind)
        // Which one is meant cannot be changed, so it is no change.
        if let second = kind.secondKey { kind.fields.removeAll { $0.key == second.key } }
        try change(
            session, "PATCH", [kind.section, session.arguments.positional[0]], key, body: try fields(session, kind))
    }

    private static func delete(_ session: Session, _ kind: ObjectKind) throws {
        try change(
            session, "DELETE", [kind.section, session.arguments.positional[0]], key(session, kind), body: [])
    }

    private static func key(_ session: Session, _ kind: ObjectKind) -> [(String, String?)] {
        kind.secondKey.map { [($0.key, session.arguments.value($0.option.name))] } ?? []
    }

    private static func change(
        _ session: Session, _ method: String, _ path: [String], _ key: [(String, String?)] = [], body: [UInt8]
    ) throws {
        let query = key + [("dry-run", session.arguments.has("--dry-run") ? "true" : nil)]
        try ApplyCommands.report(try session.ask(method, path, query: query, body: body), session)
    }

    private static func fields(_ session: Session, _ kind: ObjectKind) throws -> [UInt8] {
        if let file = session.arguments.value("-f") {
            if let field = kind.fields.first(where: { session.arguments.has($0.option.name) }) {
                throw Stop.usage("Give either -f or \(field.option.name).")
            }
            return try Session.read(file)
        }
        var object: [String: Any] = [:]
        for field in kind.fields {
            let given = session.arguments.values(field.option.name)
            guard session.arguments.has(field.option.name) else { continue }
            if let other = kind.fields.first(where: { $0.key == field.key && session.arguments.has($0.option.name) }),
                other.option.name != field.option.name
            {
                throw Stop.usage("Give either \(other.option.name) or \(field.option.name).")
            }
            if let value = try field.value(given) { object[field.key] = value }
        }
        guard !object.isEmpty else { throw Stop.usage("Name at least one field. See: malotectl help \(kind.word) add") }
        return Array(
            try JSONSerialization.data(
                withJSONObject: kind.compose(object), options: [.sortedKeys, .withoutEscapingSlashes]))
    }
}
