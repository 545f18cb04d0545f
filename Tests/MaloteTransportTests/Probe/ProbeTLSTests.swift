// What a probe tells of TLS: version, chain, name, days left, and which step a fault of it belongs to.

import MaloteCore
import Testing

@testable import MaloteTransport

@Suite(.timeLimit(.minutes(2))) struct ProbeTLSTests {
    private func probe(
        _ sample: ProbeSample, _ identity: Certificates.Identity = Certificates.here
    ) async throws -> [ProbeStep] {
        let server = try LoopbackServer(identity, isImplicit: true) { ProbePart.imap().serve($0) }
        var sample = sample
        (sample.server, sample.security) = ("localhost", .implicit)
        return try await sample.probe(.imap, port: server.port)
    }

    private func tls(_ steps: [ProbeStep]) throws -> ProbeStep { try #require(steps.first { $0.name == .tls }) }

    @Test func aGoodCertificateIsTold() async throws {
        let steps = try await probe(ProbeSample())
        #expect(steps.map(\.name) == [.name, .connection, .tls, .greeting, .capabilities, .login, .folder, .rights])
        let step = try tls(steps)
        let days = [29, 30].map { "TLSv1.3; CN=here, signed by CN=authority; fits localhost; \($0) days left, until 2" }
        #expect(days.contains { step.found.hasPrefix($0) }, "\(step.found)")
        #expect(step.warnings.isEmpty && step.failure == nil)
    }

    @Test func aCertificateThatEndsSoonIsWarnedOf() async throws {
        var sample = ProbeSample()
        sample.time.moment = sample.time.moment + .seconds(17 * 86_400)
        let step = try tls(try await probe(sample))
        #expect(step.failure == nil && step.warnings.count == 1)
        #expect(step.warnings.first?.contains("CN=here") == true, "\(step.warnings)")
        sample.time.moment = sample.time.moment + .seconds(-4 * 86_400)
        #expect(try tls(try await probe(sample)).warnings.isEmpty)
    }

    /// Authority, identity, pin; what the failing step tells of the certificate.
    static let faults: [(Mailbox.Trust, Certificates.Identity, String)] = [
        (.init(), Certificates.elsewhere, "is for elsewhere.test, not for localhost"),
        (.init(caFile: Certificates.otherAuthority), Certificates.here, "CN=here, signed by CN=authority"),
        (.init(pin: Certificates.otherPin), Certificates.here, "trusted by its pinned key alone"),
    ]

    @Test(arguments: faults.indices)
    func aBadCertificateIsShown(_ index: Int) async throws {
        let (trust, identity, shows) = Self.faults[index]
        let steps = try await probe(ProbeSample(trust: trust), identity)
        #expect(steps.map(\.name) == [.name, .connection, .tls])
        #expect(words(steps.last?.failure) == "operator-needed certificate")
        #expect(steps.last?.found.contains(shows) == true, "\(steps)")
    }

    @Test func aPinnedKeyIsEnough() async throws {
        let trust = Mailbox.Trust(caFile: Certificates.otherAuthority, pin: Certificates.pin)
        #expect(try await probe(ProbeSample(trust: trust)).allSatisfy { $0.failure == nil })
    }

    @Test func aServerWithoutTLSFailsAtTLS() async throws {
        let server = try LoopbackServer { ProbePart.imap().serve($0) }
        let steps = try await ProbeSample(server: "localhost", security: .implicit).probe(.imap, port: server.port)
        #expect(steps.map(\.name) == [.name, .connection, .tls])
        #expect(words(steps.last?.failure) == "operator-needed tls")
    }

    /// How a server does STARTTLS, the steps taken, and how they end.
    static let upgrades: [(MailPeer.Fault, String, String)] = [
        (.none, "name connection greeting tls capabilities login", ""),
        (.notOffered, "name connection greeting tls", "operator-needed starttls"),
        (.refused, "name connection greeting tls", "operator-needed starttls"),
        (.busy, "name connection greeting", "transient throttled"),
    ]

    @Test(arguments: upgrades, [Endpoint.Greeter.imap, .pop3, .smtp])
    func withSTARTTLSTheGreetingComesFirst(
        _ item: (fault: MailPeer.Fault, steps: String, ends: String), greeter: Endpoint.Greeter
    ) async throws {
        let server = try LoopbackServer(Certificates.here) { MailPeer(greeter: greeter, fault: item.fault).serve($0) }
        let steps = try await ProbeSample(server: "localhost", security: .starttls).probe(greeter, port: server.port)
        #expect(steps.map(\.name.rawValue).joined(separator: " ").hasPrefix(item.steps), "\(steps)")
        guard !item.ends.isEmpty else {
            return #expect(try tls(steps).found.contains("fits localhost") && tls(steps).failure == nil)
        }
        #expect(words(steps.last?.failure) == item.ends, "\(steps)")
    }
}
