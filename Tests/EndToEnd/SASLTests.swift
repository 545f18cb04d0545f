// Every kind of login on real servers: pinned one by one over IMAP, POP3 and SMTP, chosen, and refused.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct SASLTests {
    private static let mechanisms = [
        "plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2", "oauthbearer",
    ]

    /// One contract with two inboxes and an outbox, all of which log in the same way.
    private static func contract(_ name: String, _ customer: Customer, password: String, sasl: String) -> (
        String, String
    ) {
        let login = "user: \(customer.user), password: \"\(password)\"\(sasl)"
        let (imap, pop3s) = (customer.dovecot.ports["imap"] ?? 0, customer.dovecot.ports["pop3s"] ?? 0)
        let read = "after: leave, start: new, poll: 1h, ca: \(customer.dovecot.caFile)"
        let mailboxes = """
              - {name: \(name)-imap, type: inbox, server: localhost, port: \(imap), provider: imap, \(login), \(read)}
              - {name: \(name)-pop, type: inbox, server: localhost, port: \(pop3s), provider: pops, \(login), \(read)}
              - {name: \(name)-out, type: outbox, server: localhost, port: \(customer.postfix.ports["submission"] ?? 0),
                 tls: starttls, auth: true, \(login), senders: ["help@sasl.example"], ca: \(customer.postfix.caFile)}

            """
        let prefix = name.uppercased().filter { $0.isLetter || $0.isNumber }
        let contract =
            "  - {name: \(name), title: x, prefix: \(prefix), inboxes: [\(name)-imap, \(name)-pop], outbox: \(name)-out}\n"
        return (mailboxes, contract)
    }

    private static func registry(_ contracts: [(String, String)]) -> String {
        "mailboxes:\n" + contracts.map(\.0).joined() + "contracts:\n" + contracts.map(\.1).joined()
    }

    private static func send(_ contract: String, _ daemon: RealDaemon) throws {
        let sent = try daemon.ctl(
            "send", "--contract", contract, "--to", "someone@else.example", "--subject", "by \(contract)",
            input: "hello\n")
        #expect(sent.status == 0, "\(sent.errors)")
    }

    @Test func everyMechanismLogsInByEveryProtocol() async throws {
        let folder = try TemporaryFolder()
        let customer = try Customer("sasl", in: folder.path)
        defer { customer.stopServers() }
        let token = try customer.dovecot.token()
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let contracts = Self.mechanisms.map { word in
            let password = ["xoauth2", "oauthbearer"].contains(word) ? token : customer.dovecot.password
            return Self.contract(word, customer, password: password, sasl: ", sasl: \(word)")
        }
        let applied = try daemon.apply(Self.registry(contracts))
        try #require(applied.status == 0, "\(applied.errors)")
        for word in Self.mechanisms {
            for name in ["\(word)-imap", "\(word)-pop"] {
                let polled = try daemon.ctl("poll", name)
                #expect(polled.status == 0, "\(name): \(polled.output) \(polled.errors)")
            }
            try Self.send(word, daemon)
        }
        #expect(
            try await eventually {
                customer.postfix.received().count == Self.mechanisms.count
            }, "\(daemon.log.suffix(3000))")
        for name in Self.mechanisms.map({ $0.uppercased() }) {
            #expect(customer.dovecot.logins("imap-login")[name, default: 0] > 0, "\(name) over IMAP")
            #expect(customer.dovecot.logins("pop3-login")[name, default: 0] > 0, "\(name) over POP3")
            #expect(customer.postfix.logins()[name, default: 0] > 0, "\(name) over SMTP")
        }
        #expect(!daemon.log.contains(token) && !daemon.log.contains(customer.dovecot.password))
        #expect(daemon.stop() == 0)
    }

    @Test func unaskedTheStrongestIsTaken() async throws {
        let folder = try TemporaryFolder()
        let customer = try Customer("sasl", in: folder.path)
        defer { customer.stopServers() }
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let contract = Self.contract("best", customer, password: customer.dovecot.password, sasl: "")
        try #require(try daemon.apply(Self.registry([contract])).status == 0)
        for name in ["best-imap", "best-pop"] { #expect(try daemon.ctl("poll", name).status == 0) }
        try Self.send("best", daemon)
        #expect(try await eventually { customer.postfix.received().count == 1 }, "\(daemon.log.suffix(3000))")
        for logins in [
            customer.dovecot.logins("imap-login"), customer.dovecot.logins("pop3-login"), customer.postfix.logins(),
        ] {
            #expect(Array(logins.keys) == ["SCRAM-SHA-256"])
        }
        #expect(daemon.stop() == 0)
    }

    // MARK: - Refusals

    @Test func aRefusalSaysWhatIsWrong() async throws {
        let folder = try TemporaryFolder()
        let customer = try Customer("sasl", in: folder.path)
        defer { customer.stopServers() }
        let plainOnly = try ScriptedServer(greeting: .say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")) { line in
            .say("\(line.prefix { $0 != " " }) BAD not expected\r\n")
        }
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let token = try customer.dovecot.token()
        let pinned =
            "  - {name: pinned, type: inbox, server: localhost, port: \(plainOnly.port), provider: imap, tls: none, "
            + "user: ana, password: canary, sasl: scram-sha-256, poll: 1h}\n"
        let applied = try daemon.apply(
            Self.registry([
                Self.contract("scram", customer, password: "canary-wrong", sasl: ", sasl: scram-sha-256"),
                Self.contract("cram", customer, password: "canary-wrong", sasl: ", sasl: cram-md5"),
                Self.contract("bearer", customer, password: token + "x", sasl: ", sasl: oauthbearer"),
                Self.contract("google", customer, password: token + "x", sasl: ", sasl: xoauth2"),
                (pinned, "  - {name: pinned, title: x, prefix: PINNED, inboxes: [pinned]}\n"),
            ]))
        try #require(applied.status == 0, "\(applied.errors)")
        // The status in the JSON with which Dovecot refuses a token.
        let statuses = ["bearer": "invalid_token", "google": "401"]
        for name in ["scram", "cram", "bearer", "google"] {
            try Self.send(name, daemon)
            for box in ["imap", "pop", "out"] {
                let failure = try await Self.failure("\(name)-\(box)", daemon)
                #expect(failure?.cause == "auth-refused", "\(name)-\(box): \(String(describing: failure))")
                guard let status = statuses[name] else { continue }
                #expect(failure?.detail.contains(status) == true, "\(name)-\(box): \(failure?.detail ?? "")")
                #expect(failure?.remedy.contains("access token") == true, "\(name)-\(box): \(failure?.remedy ?? "")")
            }
        }
        let failure = try await Self.failure("pinned", daemon)
        #expect(failure?.cause == "auth-unsupported", "\(String(describing: failure))")
        #expect(failure?.detail.contains("does not offer SCRAM-SHA-256") == true)
        #expect(failure?.detail.contains("it offers PLAIN") == true)
        #expect(
            !plainOnly.lines.contains { $0.contains("canary") || $0.contains("AUTHENTICATE") || $0.contains("LOGIN") })
        #expect(!daemon.log.contains("canary") && !daemon.log.contains(token))
        #expect(daemon.stop() == 0)
    }

    private struct Failure: Decodable {
        var cause: String
        var detail: String
        var remedy: String
    }

    /// What status says of the mailbox, as soon as it says something.
    private static func failure(_ mailbox: String, _ daemon: RealDaemon) async throws -> Failure? {
        _ = try await eventually(within: .seconds(60)) { try shown(mailbox, daemon) != nil }
        return try shown(mailbox, daemon)
    }

    private static func shown(_ mailbox: String, _ daemon: RealDaemon) throws -> Failure? {
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
