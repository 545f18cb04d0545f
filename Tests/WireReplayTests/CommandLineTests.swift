// The built tool as a user runs it: words in either order, standard input, exit statuses.

import Foundation
import MaloteTestKit
import Testing

@Suite struct CommandLineTests {
    private func run(_ words: String..., input: String = "") throws -> ProgramResult {
        try Program.run(RealDaemon.binary("wire-replay"), words, input: input)
    }

    @Test func understood() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/smtp"
        try "220 hi\r\n550 5.1.1 \"no\"\r\n".write(toFile: file, atomically: true, encoding: .utf8)
        for words in [["smtp", file], [file, "SMTP"], ["--", "Smtp", file]] {
            let result = try Program.run(RealDaemon.binary("wire-replay"), words)
            #expect(result.status == 0 && result.errors.isEmpty)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 2)
            for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        #expect(
            try run("pop3", "-", input: "+OK hi").output
                == "{\"event\":\"greeting\",\"ok\":true,\"code\":\"\",\"text\":\"hi\",\"verdict\":null}\n")
    }

    @Test func refused() throws {
        let result = try run("imap", "-", input: "* OK hi\r\n* 1 FETCH oops\r\n")
        #expect(result.status == 1)
        #expect(result.output.split(separator: "\n").count == 1)
        #expect(
            result.errors
                == "wire-replay: standard input: The server sent an IMAP response without \"(\". (line 2, octet 9)\n")
        let missing = try run("imap", "/nowhere/at/all")
        #expect(missing.status == 1 && missing.errors.contains("/nowhere/at/all cannot be read: No such file"))
    }

    @Test(arguments: [[], ["imap"], ["imap", "a", "b"], ["http", "a"], ["imap", "--fast", "a"]])
    func wrongUsage(_ words: [String]) throws {
        let result = try Program.run(RealDaemon.binary("wire-replay"), words)
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("wire-replay: ") && result.errors.hasSuffix("See: wire-replay --help\n"))
    }

    @Test func help() throws {
        #expect(try run("--help").output.hasPrefix("Usage: wire-replay imap|pop3|smtp FILE\n"))
        #expect(try run("--version").output.hasPrefix("wire-replay 0."))
    }
}
