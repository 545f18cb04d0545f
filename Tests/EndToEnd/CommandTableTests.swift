// The command table as its readers have it: the manual pages name every command and option, and bash completes them.

import Foundation
import MaloteTestKit
import Testing

@Suite struct CommandTableTests {
    private static func ctl(_ words: String...) throws -> String {
        try Program.succeed(RealDaemon.binary("malotectl"), words)
    }

    /// Asked once: it is a program run for each command.
    private static let known = Result { try ask() }
    private static func table() throws -> [(words: [String], options: Set<String>)] { try known.get() }

    /// Each command with its options, as its own help tells them.
    private static func ask() throws -> [(words: [String], options: Set<String>)] {
        let lines = try ctl("help").split(separator: "\n").filter { $0.hasPrefix("  ") }
        return try lines.map { line in
            let title = line.dropFirst(2).components(separatedBy: "  ")[0].split(separator: " ").map(String.init)
            let words = title.filter { $0 == $0.lowercased() && !$0.contains("|") && !$0.hasPrefix("[") }
            let help = try Program.succeed(RealDaemon.binary("malotectl"), ["help"] + words)
            let options = help.split(separator: "\n").compactMap { line -> String? in
                let word = line.drop { $0 == " " }.prefix { $0 != " " }
                return line.hasPrefix("  -") ? String(word) : nil
            }
            return (words, Set(options))
        }
    }

    /// A page's text without its markup.
    private static func page(_ name: String) throws -> String {
        let source = try String(contentsOfFile: projectFolder + "/man/" + name, encoding: .utf8)
        return source.split(separator: "\n").map { line in
            line.split(separator: " ").map { word in
                word.hasPrefix("\\-") ? String(word.dropFirst()) : String(word)
            }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// Whether an option is in a page: `.Fl -name` for `--name`, `.Fl f` for `-f`.
    private static func has(_ option: String, _ page: String) -> Bool {
        let name = option.dropFirst()
        return page.contains("Fl \(name)\n") || page.contains("Fl \(name) ") || page.contains("Fl \(name)|")
    }

    @Test func theManualNamesEveryCommand() throws {
        let (page, table) = (try Self.page("malotectl.1"), try Self.table())
        #expect(table.count > 60)
        let kinds = ["mailbox", "contract", "flow", "template"]
        for (words, _) in table {
            let isCommon =
                words.count == 2 && kinds.contains(words[0])
                && ["list", "show", "add", "edit", "delete"].contains(words[1])
            let forms = isCommon ? [".Cm \(words[1])"] : ["Cm \(words.joined(separator: " "))"]
            for form in forms { #expect(page.contains(form), "man/malotectl.1 does not name \(words)") }
        }
    }

    @Test func theManualNamesEveryOption() throws {
        let (page, table) = (try Self.page("malotectl.1"), try Self.table())
        for (words, options) in table {
            for option in options where !Self.has(option, page) {
                Issue.record("man/malotectl.1 does not name \(option) of \(words.joined(separator: " "))")
            }
        }
    }

    @Test func theDaemonsManualNamesEveryOption() throws {
        let page = try Self.page("maloted.8")
        let help = try Program.succeed(RealDaemon.binary("maloted"), ["--help"])
        let words = Set(help.split { " \n[]|,;".contains($0) }.filter { $0.hasPrefix("--") }.map(String.init))
        #expect(words.isSuperset(of: ["--config", "--log", "--debug", "--jsonl"]))
        for option in words { #expect(Self.has(option, page), "man/maloted.8 does not name \(option)") }
    }

    // MARK: - Completion

    /// What bash offers for the last of these words.
    private func offered(_ words: [String], script: String, tool: String = "malotectl") throws -> Set<String> {
        try offered(each: [words], script: script, tool: tool).first ?? []
    }

    /// The same for many lines, by one shell.
    private func offered(each lines: [[String]], script: String, tool: String = "malotectl") throws -> [Set<String>] {
        let path = URL(fileURLWithPath: RealDaemon.binary("malotectl")).deletingLastPathComponent().path
        var text = "set -u\nPATH=\"\(path):$PATH\"\nsource '\(script)'\n"
        for words in lines {
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            text += "COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); _\(tool)\n"
            text += "echo \"${COMPREPLY[*]+${COMPREPLY[*]}}\"\n"
        }
        let result = try Program.run("/bin/bash", ["--norc"], input: text, within: .seconds(300))
        #expect(result.errors == "")
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(lines.count)
            .map { Set($0.split(separator: " ").map(String.init)) }
    }

    private func script(in folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/malotectl.bash"
        try Self.ctl("completion", "bash").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func bashCompletesEveryCommandAndOption() throws {
        let folder = try TemporaryFolder()
        let script = try script(in: folder)
        let table = try Self.table()
        let names = try offered(
            each: table.map { ["malotectl"] + $0.words.dropLast() + [String($0.words.last?.prefix(2) ?? "")] },
            script: script)
        let all = try offered(each: table.map { ["malotectl", "--json"] + $0.words + ["-"] }, script: script)
        try #require(names.count == table.count && all.count == table.count)
        for (place, command) in table.enumerated() {
            #expect(names[place].contains(command.words.last ?? ""), "\(command.words)")
            #expect(all[place] == command.options.union(["--socket", "--json"]), "\(command.words)")
        }
    }

    @Test(
        arguments: [
            (["mailbox", "add", "--type", ""], ["inbox", "outbox"]), (["completion", "z"], ["zsh"]),
            (["mailbox", "add", "--tls", "=", "st"], ["starttls"]), (["nonsense", ""], []),
            (["--socket", "/nowhere", "contract", "show", ""], []), (["send", "--priority", "n"], ["normal"]),
        ] as [([String], Set<String>)])
    func bashCompletesValues(_ words: [String], expected: Set<String>) throws {
        let folder = try TemporaryFolder()
        #expect(try offered(["malotectl"] + words, script: try script(in: folder)) == expected)
    }

    @Test func bashCompletesNamesThatTheDaemonTells() async throws {
        let folder = try TemporaryFolder()
        let daemon = try RealDaemon(in: folder.path)
        try await daemon.start()
        let registry = """
            mailboxes:
              - {name: acme-in, type: inbox, server: mail.acme.example, provider: imaps, user: u, password: p}
              - {name: acme-out, type: outbox, server: smtp.acme.example, port: 587, tls: starttls, auth: true, user: u, password: p,
                 senders: [help@acme.example]}
            contracts:
              - {name: acme, prefix: ACME, inboxes: [], outbox: acme-out, status: paused}

            """
        #expect(try daemon.apply(registry).status == 0)
        let script = try script(in: folder)
        for (words, names) in [
            (["mailbox", "show", ""], ["acme-in", "acme-out"]), (["poll", "acme"], ["acme-in"]),
            (["queue", "list", "--outbox", ""], ["acme-out"]), (["contract", "pause", ""], ["acme"]),
            (["flow", "show", ""], []),
        ] as [([String], Set<String>)] {
            let all = ["malotectl", "--socket", daemon.socket] + words
            #expect(try offered(all, script: script) == names, "\(words)")
        }
        daemon.stop()
    }

    @Test(arguments: ["zsh", "fish"])
    func otherShellsAreServed(_ shell: String) throws {
        let text = try Self.ctl("completion", shell)
        for (words, _) in try Self.table() { #expect(text.contains(words.last ?? "")) }
        #expect(try Program.run(RealDaemon.binary("malotectl"), ["completion", "csh"]).status == 2)
    }

    @Test(
        arguments: [
            (
                [""],
                [
                    "check-config", "check", "restore", "migrate-store", "parse", "help", "--config", "--log",
                    "--debug",
                    "--version", "--help",
                ]
            ),
            (["--log", ""], ["journal", "text", "json"]), (["parse", "--"], ["--jsonl"]),
            (["check-config", "-"], ["--config"]), (["migrate-store", ""], ["--from", "--to", "--config"]),
            (["migrate-store", "--from", "sqlite", "--to", ""], ["sqlite", "postgres"]),
        ] as [([String], Set<String>)])
    func bashCompletesTheDaemon(_ words: [String], expected: Set<String>) throws {
        let script = projectFolder + "/etc/completion/maloted.bash"
        #expect(try offered(["maloted"] + words, script: script, tool: "maloted") == expected)
    }
}
