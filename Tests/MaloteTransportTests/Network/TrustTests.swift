// Whom the network believes, and what it says of those whom it does not.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct TrustTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var identity = Certificates.here
        var trust = Mailbox.Trust()
        var ends = "operator-needed certificate"
        /// What the operator must find in the words.
        var says = ""
    }

    static let cases = [
        Case(testDescription: "the daemon's authority", ends: "fine"),
        Case(testDescription: "the mailbox's authority", trust: .init(caFile: Certificates.authority), ends: "fine"),
        Case(
            testDescription: "another authority", trust: .init(caFile: Certificates.otherAuthority), says: "not trusted"
        ),
        Case(testDescription: "another name", identity: Certificates.elsewhere, says: "another name"),
        Case(testDescription: "an expired certificate", identity: Certificates.expired, says: "has expired"),
        Case(testDescription: "the pinned key", trust: .init(pin: Certificates.pin), ends: "fine"),
        Case(
            testDescription: "the pinned key instead of the authority",
            trust: .init(caFile: Certificates.otherAuthority, pin: Certificates.pin), ends: "fine"),
        Case(testDescription: "another key", trust: .init(pin: Certificates.otherPin), says: "not the pinned one"),
        Case(
            testDescription: "another key, trusted authority",
            trust: .init(caFile: Certificates.authority, pin: Certificates.otherPin), says: "not the pinned one"),
        Case(testDescription: "no such file", trust: .init(caFile: "/nowhere/ca.pem"), says: "cannot be read"),
    ]

    @Test(arguments: cases, [Mailbox.Security.implicit, .starttls])
    func judges(_ entry: Case, security: Mailbox.Security) async throws {
        let server = try LoopbackServer(entry.identity, isImplicit: security == .implicit) { peer in
            security == .implicit ? peer.say("* OK hi\r\n") : MailPeer(greeter: .imap).serve(peer)
            peer.linger()
        }
        let end = await failure {
            _ = try await sharedNetwork().open(endpoint(server.port, security, trust: entry.trust))
        }
        #expect(words(end) == entry.ends)
        #expect(end == nil || end?.detail.contains(entry.says) == true, "\(end?.detail ?? "")")
        #expect(end?.remedy.isEmpty != true)
    }

    @Test(arguments: [Endpoint.Greeter.imap, .pop3, .smtp])
    func tlsOnAPlainPortIsCalledThat(greeter: Endpoint.Greeter) async throws {
        let server = try LoopbackServer { peer in
            peer.say("220 hi\r\n")
            peer.linger()
        }
        let end = await failure {
            _ = try await sharedNetwork().open(endpoint(server.port, .implicit, greeter: greeter))
        }
        #expect(words(end) == "operator-needed tls")
        #expect(end?.remedy.lowercased().contains("starttls") == true)
    }

    @Test func anotherAuthorityHoldsForConnectionsToCome() async throws {
        let server = try LoopbackServer(Certificates.here, isImplicit: true) { $0.linger() }
        let network = try Network(caFile: Certificates.otherAuthority, clientName: "client.test")
        let place = endpoint(server.port, .implicit)
        #expect(words(await failure { _ = try await network.open(place) }) == "operator-needed certificate")
        network.set(caFile: Certificates.authority, policy: .written)
        #expect(words(await failure { _ = try await network.open(place) }) == "fine")
    }

    // MARK: - Before TLS

    @Test func nobodyListens() async throws {
        let port = try LoopbackServer { _ in }.port
        for security in [Mailbox.Security.none, .implicit, .starttls] {
            let end = await failure { _ = try await sharedNetwork().open(endpoint(port, security)) }
            #expect(words(end) == "transient connect")
            #expect(end?.detail.contains("localhost:\(port)") == true)
        }
    }

    @Test func anUnknownNameIsCalledThat() async throws {
        let end = await failure {
            _ = try await sharedNetwork().open(endpoint(993, .implicit, host: "no-such-host.invalid"))
        }
        // Without a name server nobody can tell, and that passes.
        #expect(end?.cause == .dns)
        #expect(end?.detail.contains("no-such-host.invalid") == true)
    }
}
