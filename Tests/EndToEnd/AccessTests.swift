// Tokens and the audit log as an operator meets them, with the real binaries.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct AccessCommandTests {
    @Test func tokensAreMadeListedAndEndedAndAllOfItIsTold() async throws {
        let folder = try TemporaryFolder()
        let daemon = try RealDaemon(in: folder.path)
        try await daemon.start()
        let applied = try daemon.apply("contracts: [{name: acme, title: Acme, prefix: ACME}]")
        try #require(applied.status == 0, "\(applied.errors)")
        let made = try daemon.ctl(
            "token", "add", "--name", "ci", "--role", "contract", "--contract", "acme", "--expires", "90d")
        #expect(made.output.wholeMatch(of: /malote_[A-Za-z0-9_-]{43}\n/) != nil, "\(made.errors)")
        let token = made.output.trimmingCharacters(in: .newlines)
        #expect(try daemon.ctl("token", "list").output.contains("in 89d"))
        #expect(try daemon.ctl("token", "add", "--name", "ci", "--role", "admin").errors.contains("already"))
        #expect(try daemon.ctl("token", "add", "--name", "x", "--role", "owner").errors.contains("role"))
        // Only its digest is anywhere.
        #expect(daemon.stop() == 0)
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let octets = FileManager.default.contents(atPath: folder.path + "/" + file) ?? Data()
            #expect(octets.range(of: Data(token.utf8)) == nil, "\(file)")
        }
        try await daemon.start()
        #expect(try daemon.ctl("token", "revoke", "ci").status == 0)
        #expect(try daemon.ctl("token", "revoke", "ci").status == 1)
        let log = try daemon.ctl("audit", "--json").output
        let lines = try #require(try JSONSerialization.jsonObject(with: Data(log.utf8)) as? [[String: Any]])
        #expect(
            lines.map { "\($0["action"] ?? "") \($0["outcome"] ?? "")" } == [
                "token.revoke 404 Not found", "token.revoke done", "token.add 422 Invalid request",
                "token.add 409 Name is taken", "token.add done", "registry.apply done",
            ])
        let user = getuid() == 0 ? "root" : "uid \(getuid())"
        #expect(lines.allSatisfy { $0["who"] as? String == user && $0["place"] as? String == "control socket" })
        #expect(try daemon.ctl("audit", "--contract", "acme").output.contains("token ci, contract"))
        #expect(try daemon.ctl("audit", "--who", "nobody").output == "Nothing was changed.\n")
        #expect(daemon.stop() == 0)
    }
}
