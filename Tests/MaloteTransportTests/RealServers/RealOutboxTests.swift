// Outboxes on real servers by every door: plain, STARTTLS and implicit TLS, with a login where the server takes one.

import Foundation
import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct RealOutboxTests {
    private struct Door {
        var security: Mailbox.Security
        var port: String

        static let all = [
            Door(security: .none, port: "smtp"), Door(security: .starttls, port: "submission"),
            Door(security: .implicit, port: "smtps"),
        ]
    }

    private static let content = """
        From: help@malote.example
        To: ana@acme.example
        Subject: Re: Printer

        .
        ..
        .dot
        From here on

        """.replacing("\n", with: "\r\n")

    @Test(.enabled(if: RealPostfix.isPossible, "Postfix needs root")) func postfix() async throws {
        let folder = try TemporaryFolder()
        let users = try RealDovecot(in: folder.path + "/users", user: "reader", password: "sesame")
        defer { users.stop() }
        let server = try RealPostfix(in: folder.path + "/out", authSocket: users.authSocket)
        defer { server.stop() }
        for door in Door.all {
            let sample = Sample(
                port: server.ports[door.port] ?? 0, security: door.security, trust: .init(caFile: server.caFile))
            try await send(sample, to: ["ana@acme.example", "bea@acme.example"])
            try await refuse(sample)
        }
        try await expectReceived(12) { server.received() }
        // Its log tells of the login with every message.
        #expect(server.logins() == ["SCRAM-SHA-256": 6])
    }

    @Test(.enabled(if: UnpackedServer.Kind.exim.isPossible, "\(UnpackedServer.Kind.absence)"))
    func exim() async throws {
        let folder = try TemporaryFolder()
        let server = try UnpackedServer(.exim, in: folder.path + "/out", user: "reader", password: "sesame")
        defer { server.stop() }
        for door in Door.all {
            let sample = Sample(
                port: server.ports[door.port] ?? 0, security: door.security, trust: .init(caFile: server.caFile))
            let outcomes = try await send(
                sample, to: ["ana@acme.example", "nobody@acme.example", "later@acme.example"])
            #expect(outcomes == ["sent 250", "permanent rejected 550", "transient greylisted 451"], "\(door)")
            try await refuse(sample)
        }
        try await expectReceived(6) { server.received() }
    }

    @Test(.enabled(if: UnpackedServer.Kind.opensmtpd.isPossible, "\(UnpackedServer.Kind.absence)"))
    func openSMTPD() async throws {
        let folder = try TemporaryFolder()
        let server = try UnpackedServer(.opensmtpd, in: folder.path + "/out", user: "reader", password: "sesame")
        defer { server.stop() }
        var sample = Sample(port: server.ports["smtp"] ?? 0, security: .none)
        let unoffered = await failure { await (try await sample.openOutbox(by: sharedNetwork())).close() }
        #expect(words(unoffered) == "operator-needed auth-unsupported")
        sample.hasLogin = false
        let outcomes = try await send(sample, to: ["ana@acme.example", "bea@acme.example"])
        #expect(outcomes == ["sent 250", "sent 250"])
        try await expectReceived(4) { server.received() }
    }

    // MARK: - What must hold on each

    /// Twice over one session: the connection must be fit for the next message.
    /// - Returns: each recipient's outcome, which must be the same both times.
    @discardableResult
    private func send(_ sample: Sample, to recipients: [String]) async throws -> [String] {
        let session = try await sample.openOutbox(by: sharedNetwork())
        let envelope = Envelope(from: "help@malote.example", recipients: recipients)
        let first = try await session.submit(envelope, content: Array(Self.content.utf8)) { true }
        let second = try await session.submit(envelope, content: Array(Self.content.utf8)) { true }
        #expect(first.isReusable && second.isReusable)
        await session.close()
        let told = [first, second].map { $0.outcomes.map(Self.told) }
        #expect(told[0] == told[1])
        return told[0]
    }

    private static func told(_ outcome: Submission.Outcome) -> String {
        switch outcome {
        case .sent(let reply): "sent \(reply.code)"
        case .refused(let failure): "\(words(failure)) \(failure.reply?.code ?? 0)"
        }
    }

    private func refuse(_ sample: Sample) async throws {
        var sample = sample
        sample.password = "wrong"
        let end = await failure { await (try await sample.openOutbox(by: sharedNetwork())).close() }
        #expect(words(end) == "operator-needed auth-refused", "\(end?.detail ?? "")")
    }

    private func expectReceived(_ count: Int, _ received: () -> [String]) async throws {
        #expect(try await eventually { received().count == count }, "\(received().count) messages")
        for message in received() {
            let text = message.replacing("\r\n", with: "\n")
            #expect(
                text.contains("Subject: Re: Printer") && text.hasSuffix("\n\n.\n..\n.dot\nFrom here on\n"), "\(text)")
        }
    }
}
