// The completion of fish; knows no command by name.

struct FishCompletion {
    private let commands: [Command]

    init(_ commands: [Command]) { self.commands = commands }

    var script: String {
        (["# Completion of malotectl. Made by: malotectl completion fish", Self.engine] + words + values + options)
            .joined(separator: "\n") + "\n"
    }

    /// Whether what stands on the line, options left out, is these words; `+` allows for more of them.
    private static let engine = """
        complete -c malotectl -f
        function __malotectl_at
            set -l words
            for word in (commandline -opc)[2..-1]
                string match -q -- '-*' $word; or set -a words $word
            end
            if test "$argv[1]" = '+'
                string match -q -- "$argv[2..-1] *" "$words "
            else
                test "$words" = "$argv"
            end
        end
        complete -c malotectl -l socket -r -F -d "maloted's control socket"
        complete -c malotectl -l json -d 'machine-readable output'
        """

    private var words: [String] {
        Completion.branches(commands).flatMap { path, next in
            next.map { word in
                let whole = commands.first {
                    $0.words.joined(separator: " ") == (path.isEmpty ? word : "\(path) \(word)")
                }
                return "complete -c malotectl -n '__malotectl_at\(path.isEmpty ? "" : " \(path)")' -a \(word) "
                    + "-d \(Self.quoted(whole?.summary ?? ""))"
            }
        }
    }

    private var values: [String] {
        commands.filter { !$0.positional.isEmpty }.map { command in
            let at = "__malotectl_at \(command.words.joined(separator: " "))"
            return "complete -c malotectl -n '\(at)' \(Self.source(Completion.value(ofPositional: 0, in: command)))"
        }
    }

    private var options: [String] {
        commands.flatMap { command in
            command.options.map { option in
                let name =
                    option.name.hasPrefix("--") ? "-l \(option.name.dropFirst(2))" : "-s \(option.name.dropFirst())"
                let value = option.value == nil ? "" : "-r \(Self.source(Completion.value(of: option, in: command))) "
                return "complete -c malotectl -n '__malotectl_at + \(command.words.joined(separator: " "))' \(name) "
                    + "\(value)-d \(Self.quoted(option.help))"
            }
        }
    }

    private static func source(_ value: Completion.Value) -> String {
        switch value {
        case .nothing: "-f"
        case .file: "-F"
        case .names(let section): "-f -a '(malotectl completion names \(section) 2>/dev/null)'"
        case .words(let words): "-f -a '\(words.joined(separator: " "))'"
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] } + "'"
    }
}
