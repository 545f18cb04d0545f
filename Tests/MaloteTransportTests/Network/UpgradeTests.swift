// STARTTLS as the mailboxes see it: required, never tricked, and no secret in the clear.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct UpgradeTests {
    private static let greeters = [Endpoint.Greeter.imap, .pop3, .smtp]

    /// Opens a mailbox of the protocol as the daemon does.
    private func open(_ greeter: Endpoint.Greeter, _ port: Int, _ network: Network) async throws {
        let sample = Sample(port: port, security: .starttls)
        switch greeter {
        case .imap: try await sample.openInbox(.imap, by: network).close()
        case .pop3: try await sample.openInbox(.pop3, by: network).close()
        case .smtp: await (try await sample.openOutbox(by: network)).close()
        }
    }

    private static let secrets = ["sesame", "c2VzYW1l", "AHJlYWRlcgBzZXNhbWU=", "reader", "cmVhZGVy"]

    private func expectNoSecretInTheClear(_ server: LoopbackServer) {
        for heard in server.heard where !heard.isSecure {
            #expect(!Self.secrets.contains { heard.line.contains($0) }, "\(heard.line)")
            let verbs = ["AUTH", "LOGIN", "USER", "PASS"]
            #expect(!heard.line.uppercased().split(separator: " ").contains { verbs.contains(String($0)) })
        }
    }

    @Test(arguments: greeters) func logsInBehindTLSAndAsksAnew(greeter: Endpoint.Greeter) async throws {
        let server = try LoopbackServer(Certificates.here) { MailPeer(greeter: greeter).serve($0) }
        try await open(greeter, server.port, sharedNetwork())
        expectNoSecretInTheClear(server)
        let secure = server.heard.filter(\.isSecure).map(\.line)
        let question = [.imap: "CAPABILITY", .pop3: "CAPA", .smtp: "EHLO client.test"][greeter] ?? ""
        #expect(secure.first?.hasSuffix(question) == true)
        #expect(secure.contains { line in Self.secrets.contains { line.contains($0) } })
    }

    struct Trick: Sendable, CustomTestStringConvertible {
        var greeter: Endpoint.Greeter
        var fault: MailPeer.Fault
        var ends: String
        var testDescription: String { "\(greeter) \(fault)" }
    }

    static let tricks =
        greeters.flatMap { greeter in
            [
                Trick(greeter: greeter, fault: .notOffered, ends: "operator-needed starttls"),
                Trick(greeter: greeter, fault: .refused, ends: "operator-needed starttls"),
                Trick(greeter: greeter, fault: .injected, ends: "operator-needed starttls"),
                Trick(greeter: greeter, fault: .busy, ends: "transient throttled"),
                Trick(greeter: greeter, fault: .silent, ends: "transient silent-peer"),
            ]
        } + [Trick(greeter: .imap, fault: .preauthenticated, ends: "operator-needed starttls")]

    @Test(arguments: tricks) func isNotTricked(_ trick: Trick) async throws {
        let server = try LoopbackServer(Certificates.here) {
            MailPeer(greeter: trick.greeter, fault: trick.fault).serve($0)
        }
        let network =
            trick.fault == .silent
            ? try Network(caFile: Certificates.authority, clientName: "client.test", patience: .milliseconds(500))
            : try sharedNetwork()
        let end = await failure { try await open(trick.greeter, server.port, network) }
        #expect(words(end) == trick.ends, "\(end?.detail ?? "")")
        expectNoSecretInTheClear(server)
    }

    /// A certificate that is not trusted ends it before the first word behind TLS.
    @Test(arguments: greeters) func tellsNothingToAStranger(greeter: Endpoint.Greeter) async throws {
        let server = try LoopbackServer(Certificates.elsewhere) { MailPeer(greeter: greeter).serve($0) }
        let end = await failure { try await open(greeter, server.port, sharedNetwork()) }
        #expect(words(end) == "operator-needed certificate")
        expectNoSecretInTheClear(server)
        #expect(!server.heard.contains { $0.isSecure })
    }
}
