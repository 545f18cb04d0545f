// What keeps a connection from being made, for each protocol: names, addresses, refusals, certificates.

import Foundation
import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteTransport

@Suite(.timeLimit(.minutes(2))) struct ReachTests {
    private static let securities = [Mailbox.Security.none, .starttls, .implicit]

    private static func network(
        patience: Duration = .seconds(30), resolver: HostResolver
    ) throws -> Network {
        try Network(
            caFile: Certificates.authority, policy: .always, clientName: "client.test", patience: patience,
            signs: nil, resolver: resolver)
    }

    /// - Returns: how a first try ended, after which a second, with nothing in its way, has done everything.
    private static func firstTry(
        _ errand: any Errand, _ network: Network, port: Int? = nil
    ) async throws -> Failure? {
        let end = await errand.run(port: port ?? errand.server.port, network)
        #expect(errand.complaint(isDone: end == nil) == nil)
        guard end != nil else { return nil }
        #expect(await errand.run(port: errand.server.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil)
        return end
    }

    // MARK: - N1, N2

    @Test(arguments: Errands.allCases, securities) func refused(kind: Errands, security: Mailbox.Security) async throws
    {
        let nobody = try LoopbackListener { _ in }.port
        let end = try await Self.firstTry(try kind.make(security), try sharedNetwork(), port: nobody)
        #expect(words(end) == "transient connect")
    }

    /// A listener whose queue is full takes no further connection, and does not say so.
    @Test(arguments: Errands.allCases) func swallowed(kind: Errands) async throws {
        let (hole, port) = try LoopbackListener.listen(backlog: 0)
        defer { close(hole) }
        let filling = (0..<4).map { _ in LoopbackListener.begin(to: port) }
        defer { for descriptor in filling { close(descriptor) } }
        let end = try await Self.firstTry(try kind.make(.implicit), try hastyNetwork(), port: port)
        #expect(words(end) == "transient connect")
    }

    // MARK: - N7

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: HostResolver.Answer
        var ends: String
    }

    static let answers = [
        Answer(
            testDescription: "NXDOMAIN", answer: .failure(DialFailure.unknownHost("localhost")),
            ends: "operator-needed dns"),
        Answer(
            testDescription: "SERVFAIL", answer: .failure(Failure(.transient, .dns, "Nobody knows.")),
            ends: "transient dns"),
        Answer(
            testDescription: "v6 refuses, v4 is fine",
            answer: .success([.init(text: "::1", isWritten: true), .init(text: "127.0.0.1", isWritten: true)]),
            ends: "fine"),
        Answer(
            testDescription: "v6 leads nowhere, v4 is fine",
            answer: .success([.init(text: "100::1", isWritten: true), .init(text: "127.0.0.1", isWritten: true)]),
            ends: "fine"),
        Answer(
            testDescription: "the first of two is dead",
            answer: .success([.init(text: "127.0.0.2", isWritten: true), .init(text: "127.0.0.1", isWritten: true)]),
            ends: "fine"),
    ]

    @Test(arguments: Errands.allCases, answers) func looksUp(kind: Errands, entry: Answer) async throws {
        let network = try Self.network(resolver: HostResolver { _ in entry.answer })
        let end = try await Self.firstTry(try kind.make(.implicit), network)
        #expect(words(end) == entry.ends)
    }

    /// Half a minute, as some resolvers take: the poll ends long before.
    @Test(arguments: Errands.allCases) func looksUpSlowly(kind: Errands) async throws {
        let gate = Gate()
        let resolver = HostResolver(patience: .milliseconds(150)) { _ in
            gate.wait()
            return .success([])
        }
        let end = try await Self.firstTry(try kind.make(.implicit), try Self.network(resolver: resolver))
        gate.open()
        #expect(words(end) == "transient dns")
    }

    // MARK: - N8, N9

    @Test(
        arguments: Errands.allCases,
        [
            (Certificates.expired, "expired"), (Certificates.elsewhere, "another name"),
            (Certificates.stranger, "not trusted"),
        ])
    func isShownAnotherCertificate(
        kind: Errands, certificate: (identity: Certificates.Identity, says: String)
    ) async throws {
        let errand = try kind.make(.implicit, certificate.identity)
        let end = await errand.run(port: errand.server.port, try sharedNetwork())
        #expect(words(end) == "operator-needed certificate")
        #expect(end?.detail.contains(certificate.says) == true, "\(end?.detail ?? "")")
        #expect(errand.server.heard.isEmpty)
    }

    @Test(arguments: Errands.allCases, [true, false]) func isOfferedOldTLS(kind: Errands, isImplicit: Bool) async throws
    {
        let greeter: Endpoint.Greeter = kind == .imap ? .imap : kind == .pop3 ? .pop3 : .smtp
        let old = try LoopbackServer(Certificates.here, isImplicit: isImplicit, isOld: true) { peer in
            MailPeer(greeter: greeter).serve(peer)
        }
        let errand = try kind.make(isImplicit ? .implicit : .starttls)
        let end = await errand.run(port: old.port, try sharedNetwork())
        #expect(words(end) == "operator-needed tls", "\(end?.detail ?? "")")
        #expect(!old.heard.contains { $0.isSecure })
    }

    /// Between two tries, at the same address: a session of the old server must not be resumed with the new one.
    @Test(arguments: Errands.allCases, [Mailbox.Security.starttls, .implicit])
    func theCertificateChanges(kind: Errands, security: Mailbox.Security) async throws {
        let errand = try kind.make(security)
        let other = try kind.make(security, Certificates.stranger)
        let proxy = try FaultProxy(to: errand.server.port)
        for _ in 1...2 {
            let before = kind == .smtp ? try kind.make(security) : errand
            proxy.set(.none, target: before.server.port)
            #expect(await before.run(port: proxy.port, try sharedNetwork()) == nil)
            proxy.set(.none, target: other.server.port)
            #expect(words(await errand.run(port: proxy.port, try sharedNetwork())) == "operator-needed certificate")
        }
        #expect(!other.server.heard.contains { $0.isSecure })
    }
}
