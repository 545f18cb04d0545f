// Finds the command that was typed, runs it, and words what went wrong; knows no command's work.

import Foundation
import MaloteCore
import MaloteTransport

/// What ends a command early.
enum Stop: Error {
    /// Wrong usage: exit status 2.
    case usage(String)
    /// The daemon refused, or did not answer: exit status 1.
    case refused(String)
    /// What was asked for was there once and is not kept any more: exit status 1.
    case gone(String)
}

enum CommandLineTool {
    static func run(_ words: [String]) -> Int32 {
        do {
            try dispatch(words)
            return 0
        } catch Stop.usage(let text) {
            say(text)
            return 2
        } catch Stop.refused(let text), Stop.gone(let text) {
            say(text)
            return 1
        } catch let failure as Failure {
            say(failure.description)
            return 1
        } catch {
            say("An internal error occurred: \(error)")
            return 1
        }
    }

    private static func say(_ text: String) {
        fflush(nil)
        FileHandle.standardError.write(Data("malotectl: \(text)\n".utf8))
    }

    private static func dispatch(_ words: [String]) throws {
        var words = words
        let global = try GlobalOptions(taking: &words)
        guard let first = words.first, first != "help", first != "--help", first != "-h" else {
            return Help.print(for: Array(words.dropFirst()))
        }
        if first == "--version" || first == "version" { return print("malotectl \(MaloteVersion.text)") }
        guard let (command, rest) = Command.find(words) else { throw unknown(words) }
        guard !rest.contains("--help"), !rest.contains("-h") else { return Help.print(command) }
        let arguments = try Arguments(rest, for: command)
        try command.run(Session(arguments: arguments, isJSON: global.isJSON, socket: global.socket))
    }

    private static func unknown(_ words: [String]) -> Stop {
        let typed = words.prefix(2).joined(separator: " ")
        let family = Command.all.filter { $0.words.first == words.first }
        if !family.isEmpty {
            let verbs = family.compactMap { $0.words.dropFirst().first }.joined(separator: ", ")
            return .usage("\"\(words[0])\" needs one of: \(verbs). See: malotectl help \(words[0])")
        }
        let names = Array(Set(Command.all.map { $0.words[0] }))
        let hint = Spelling.nearest(to: words[0], among: names).map { "Did you mean \"\($0)\"?" }
        return .usage("There is no command \"\(typed)\". \(hint ?? "See: malotectl help")")
    }
}

/// Options that every command takes, in any place.
private struct GlobalOptions {
    var isJSON = false
    var socket = ProcessInfo.processInfo.environment["MALOTE_SOCKET"] ?? "/run/malote/control.sock"

    init(taking words: inout [String]) throws {
        var rest: [String] = []
        var index = 0
        while index < words.count {
            switch words[index] {
            case "--json": isJSON = true
            case "--socket":
                index += 1
                guard index < words.count else {
                    throw Stop.usage("--socket needs the path of maloted's control socket.")
                }
                socket = words[index]
            case let word where word.hasPrefix("--socket="): socket = String(word.dropFirst(9))
            case let word: rest.append(word)
            }
            index += 1
        }
        words = rest
    }
}
