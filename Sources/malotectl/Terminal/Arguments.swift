// What was typed after a command, checked against what the command takes.

import MaloteCore

struct Arguments {
    private var values: [String: [String]] = [:]
    private(set) var positional: [String] = []

    /// - Throws: `Stop.usage` naming what is unknown, missing or too much.
    init(_ words: [String], for command: Command) throws {
        var index = 0
        var isOver = false
        while index < words.count {
            let word = words[index]
            index += 1
            guard word.hasPrefix("-"), word.count > 1, !isOver else {
                positional.append(word)
                continue
            }
            if word == "--" {
                isOver = true
                continue
            }
            try takeOption(word, words, &index, command)
        }
        try checkPositional(command)
    }

    private mutating func takeOption(_ word: String, _ words: [String], _ index: inout Int, _ command: Command) throws {
        let name = String(word.prefix { $0 != "=" })
        guard let option = command.options.first(where: { $0.name == name }) else {
            let hint = Spelling.nearest(to: name, among: command.options.map(\.name)).map { " Did you mean \($0)?" }
            throw Stop.usage("There is no option \(name) here.\(hint ?? "") Usage: \(command.usage)")
        }
        guard let placeholder = option.value else {
            guard name == word else { throw Stop.usage("\(name) takes no value.") }
            values[name] = []
            return
        }
        let value: String
        if name != word {
            value = String(word.dropFirst(name.count + 1))
        } else {
            guard index < words.count else { throw Stop.usage("\(name) needs a value: \(placeholder).") }
            value = words[index]
            index += 1
        }
        guard values[name] == nil || option.repeats else { throw Stop.usage("\(name) is given twice.") }
        values[name, default: []].append(value)
    }

    private func checkPositional(_ command: Command) throws {
        let required = command.positional.filter { !$0.hasPrefix("[") }
        guard positional.count >= required.count else {
            throw Stop.usage("\(required[positional.count]) is missing. Usage: \(command.usage)")
        }
        guard positional.count <= command.positional.count else {
            throw Stop.usage("\"\(positional[command.positional.count])\" is too much. Usage: \(command.usage)")
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }
    func value(_ name: String) -> String? { values[name]?.first }
    func values(_ name: String) -> [String] { values[name] ?? [] }

    func required(_ name: String) throws -> String {
        guard let value = value(name) else { throw Stop.usage("\(name) is missing.") }
        return value
    }
}
