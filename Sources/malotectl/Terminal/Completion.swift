// What may stand in each place of a command line, for completions; knows no shell.

import MaloteCore

enum Completion {
    static let sections = ["mailboxes", "inboxes", "outboxes", "contracts", "flows", "templates"]
    static let globals = [
        Command.Option(name: "--socket", value: "PATH", help: "maloted's control socket"),
        Command.Option(name: "--json", help: "machine-readable output"),
    ]

    /// What stands for a value.
    enum Value: Hashable {
        case nothing, file
        /// Names of what is registered.
        case names(String)
        case words([String])

        /// In one word: `-`, `file`, `@SECTION`, or words parted by `|`.
        var code: String {
            switch self {
            case .nothing: "-"
            case .file: "file"
            case .names(let section): "@\(section)"
            case .words(let words): words.joined(separator: "|")
            }
        }
    }

    static func value(of option: Command.Option, in command: Command) -> Value {
        switch option.name {
        case "--contract": return .names("contracts")
        case "--inbox": return .names("inboxes")
        case "--outbox": return .names("outboxes")
        case "--flow": return .names("flows")
        case "--template": return .names("templates")
        default: return value(of: option.value ?? "", in: command)
        }
    }

    static func value(ofPositional place: Int, in command: Command) -> Value {
        guard command.positional.indices.contains(place) else { return .nothing }
        let placeholder = command.positional[place].filter { $0 != "[" && $0 != "]" }
        let kinds = ["mailbox": "mailboxes", "contract": "contracts", "flow": "flows", "template": "templates"]
        if placeholder == "NAME", let section = kinds[command.words[0]] { return .names(section) }
        if placeholder == "SECTION" { return .words(sections) }
        return value(of: placeholder, in: command)
    }

    private static func value(of placeholder: String, in command: Command) -> Value {
        switch placeholder {
        case "FILE", "FOLDER", "PATH": return .file
        case "MAILBOX": return .names(command.words == ["poll"] ? "inboxes" : "mailboxes")
        case "CONTRACT": return .names("contracts")
        default: break
        }
        let words = placeholder.split(separator: "|").map(String.init)
        // Words that stand for something else are in capitals.
        let plain = words.filter { $0 == $0.lowercased() }
        return words.count > 1 && !plain.isEmpty ? .words(plain) : .nothing
    }

    /// Each beginning of a command with the words that may follow it; the empty one first.
    static func branches(_ commands: [Command]) -> [(path: String, next: [String])] {
        var next: [String: Set<String>] = [:]
        for command in commands {
            for place in command.words.indices {
                next[command.words[..<place].joined(separator: " "), default: []].insert(command.words[place])
            }
        }
        next["", default: []].insert("help")
        return next.map { ($0.key, $0.value.sorted()) }.sorted { $0.path < $1.path }
    }
}
