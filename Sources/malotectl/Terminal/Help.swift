// The help texts, made from the command table.

enum Help {
    static func print(for words: [String]) {
        if let (command, rest) = Command.find(words), rest.isEmpty { return print(command) }
        let family = Command.all.filter { command in words.isEmpty || command.words.first == words.first }
        Swift.print("malotectl: the operator's tool of maloted, the mail room of a service desk.\n")
        Swift.print("Usage: malotectl [--socket PATH] [--json] COMMAND ...\n")
        let width = family.map { $0.title.count }.max() ?? 0
        for command in family.isEmpty ? Command.all : family {
            Swift.print("  " + command.title.padded(to: width) + "  " + command.summary)
        }
        Swift.print(
            """

            --socket PATH  maloted's control socket (default: $MALOTE_SOCKET or /run/malote/control.sock)
            --json         machine-readable output
            malotectl help COMMAND shows a command's options. Exit status: 0 done, 1 refused or failed, 2 wrong usage.
            """)
    }

    static func print(_ command: Command) {
        Swift.print("\(command.summary)\n\nUsage: \(command.usage)")
        if !command.options.isEmpty { Swift.print("") }
        let names = command.options.map { option in option.value.map { "\(option.name) \($0)" } ?? option.name }
        let width = names.map(\.count).max() ?? 0
        for (name, option) in zip(names, command.options) {
            Swift.print("  " + name.padded(to: width) + "  " + option.help)
        }
        if !command.details.isEmpty { Swift.print("\n" + command.details) }
    }
}

extension Command {
    fileprivate var title: String { (words + positional).joined(separator: " ") }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
