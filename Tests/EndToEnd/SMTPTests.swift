// Submission to a real Postfix: small messages, large ones in a chunk, and domains in other letters.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct SMTPTests {
    @Test(arguments: ["", "without: [chunking, dsn], "])
    func everySizeArrivesWhole(fields: String) async throws {
        let folder = try TemporaryFolder()
        let customer = try Customer("big", in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let registry = registry([customer]).replacing("name: big-out, ", with: "name: big-out, \(fields)")
        let applied = try daemon.apply(registry)
        #expect(applied.status == 0, "\(applied.errors)")
        let lines = (0..<20_000).map { "\($0 % 3 == 0 ? "." : "")line \($0)" }.joined(separator: "\r\n") + "\r\n.\r\n"
        let attachment = folder.path + "/lines.txt"
        try lines.write(toFile: attachment, atomically: false, encoding: .utf8)
        func send(_ arguments: [String]) throws {
            let sent = try daemon.ctl(["send", "--contract", "big"] + arguments, input: ".\n..\ntext\n")
            #expect(sent.status == 0, "\(sent.errors)")
        }
        try send(["--to", "ana@b\u{fc}cher.example", "--to", "b@x.example", "--subject", "small"])
        try send(["--to", "c@x.example", "--subject", "large", "--attach", attachment])
        #expect(try await eventually { customer.postfix.received().count == 3 }, "\(daemon.log)")
        let received = customer.postfix.received().map { $0.replacing("\r\n", with: "\n") }
        #expect(received.allSatisfy { $0.contains("\n\n.\n..\ntext\n") })
        #expect(
            received.contains {
                $0.contains("X-Original-To: ana@xn--bcher-kva.example")
                    || $0.contains("Delivered-To: ana@xn--bcher-kva.example")
            })
        let large = received.first { $0.contains("Subject: large") } ?? ""
        let encoded = Data(lines.utf8).base64EncodedString()
        #expect(large.filter { $0 != "\n" }.contains(encoded))
        #expect(daemon.stop() == 0)
        let commands = customer.postfix.log.split(separator: "\n").filter { $0.contains(" disconnect from ") }.joined()
        #expect(commands.contains(" bdat=1") == fields.isEmpty, "\(commands)")
    }
}
