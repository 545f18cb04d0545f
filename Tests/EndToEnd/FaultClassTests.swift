// Each fault of a server shows its own class and remedy, and stays with its own contract.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct FaultClassTests {
    /// What is wrong with one contract's inbox and outbox, and how `status` must name it.
    private struct Fault {
        var contract: String
        var inbox: String
        var outbox: String
        var cause: String
        /// A word of the remedy.
        var remedy: String
    }

    @Test func everyFaultHasItsClassAndRemedyAndStaysAtHome() async throws {
        let folder = try TemporaryFolder()
        let well = try Customer("well", in: folder.path)
        let expired = try await ExpiredServer(in: folder.path + "/expired")
        let noStartTLS = try [
            ScriptedServer(greeting: .say("* OK ready\r\n")) { line in
                .say("* CAPABILITY IMAP4rev1\r\n\(line.prefix { $0 != " " }) OK done\r\n")
            },
            ScriptedServer(greeting: .say("220 ready\r\n")) { _ in .say("250 ready\r\n") },
        ]
        let (imaps, submission) = (well.dovecot.ports["imaps"] ?? 0, well.postfix.ports["submission"] ?? 0)
        let wellCA = "ca: \(well.dovecot.caFile)"
        let faults = [
            Fault(
                contract: "password", inbox: "server: localhost, port: \(imaps), provider: imaps, \(wellCA)",
                outbox: "server: localhost, port: \(submission), tls: starttls, ca: \(well.postfix.caFile)",
                cause: "auth-refused", remedy: "password"),
            Fault(
                contract: "host", inbox: "server: no-such-host.invalid, port: 993, provider: imaps",
                outbox: "server: no-such-host.invalid, port: 465, tls: implicit", cause: "dns", remedy: "spelling"),
            Fault(
                contract: "expired",
                inbox: "server: localhost, port: \(expired.port), provider: imaps, ca: \(expired.caFile)",
                outbox: "server: localhost, port: \(expired.port), tls: implicit, ca: \(expired.caFile)",
                cause: "certificate", remedy: "renewed"),
            Fault(
                contract: "authority", inbox: "server: localhost, port: \(imaps), provider: imaps",
                outbox: "server: localhost, port: \(submission), tls: starttls", cause: "certificate", remedy: "ca:"),
            Fault(
                contract: "starttls", inbox: "server: localhost, port: \(noStartTLS[0].port), provider: imap",
                outbox: "server: localhost, port: \(noStartTLS[1].port), tls: starttls", cause: "starttls",
                remedy: "TLS from the start"),
            Fault(
                contract: "plain", inbox: "server: localhost, port: \(noStartTLS[0].port), provider: imaps",
                outbox: "server: localhost, port: \(noStartTLS[1].port), tls: implicit", cause: "tls",
                remedy: "STARTTLS"),
        ]
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(
            registry([well], mailboxes: Self.mailboxes(faults), contracts: Self.contracts(faults)))
        try #require(applied.status == 0, "\(applied.errors)")
        for fault in faults {
            let sent = try daemon.ctl(
                "send", "--contract", fault.contract, "--to", "someone@else.example", "--subject", "hello",
                input: "hello\n")
            #expect(sent.status == 0, "\(sent.errors)")
        }
        try well.dovecot.deliver(well.mails(0..<3))
        #expect(try await eventually { well.confirmations().count == 3 }, "\(daemon.log.suffix(3000))")

        for fault in faults {
            for name in ["\(fault.contract)-in", "\(fault.contract)-out"] {
                let shown = try await eventually(within: .seconds(60)) { try Self.failure(name, daemon) != nil }
                let failure = try Self.failure(name, daemon)
                #expect(shown && failure?.cause == fault.cause, "\(name): \(String(describing: failure))")
                #expect(
                    failure?.remedy.lowercased().contains(fault.remedy.lowercased()) == true,
                    "\(name): \(failure?.remedy ?? "")")
            }
        }
        for name in ["well-in", "well-out"] { #expect(try Self.failure(name, daemon) == nil) }
        #expect(!daemon.log.contains("canary"))
        #expect(daemon.stop() == 0)
    }

    private static func mailboxes(_ faults: [Fault]) -> String {
        faults.map { fault in
            let login = "user: nobody@\(fault.contract).example, password: canary-wrong"
            return "  - {name: \(fault.contract)-in, type: inbox, \(fault.inbox), \(login), poll: 5s}\n"
                + "  - {name: \(fault.contract)-out, type: outbox, \(fault.outbox), auth: true, \(login), "
                + "senders: [\"Help <help@\(fault.contract).example>\"]}\n"
        }.joined()
    }

    private static func contracts(_ faults: [Fault]) -> String {
        faults.map { fault in
            "  - {name: \(fault.contract), title: x, prefix: \(fault.contract.uppercased()), "
                + "inboxes: [\(fault.contract)-in], outbox: \(fault.contract)-out}\n"
        }.joined()
    }

    private struct Failure: Decodable {
        var cause: String
        var detail: String
        var remedy: String
    }

    private static func failure(_ mailbox: String, _ daemon: RealDaemon) throws -> Failure? {
        struct Status: Decodable {
            struct Line: Decodable {
                var name: String
                var failure: Failure?
            }
            var mailboxes: [Line]
        }
        let output = try daemon.ctl("status", "--json").output
        return try JSONDecoder().decode(Status.self, from: Data(output.utf8)).mailboxes.first { $0.name == mailbox }?
            .failure
    }
}
