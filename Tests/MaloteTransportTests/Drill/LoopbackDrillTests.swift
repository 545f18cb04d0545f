// The drill's own server, met over the real network code.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite struct LoopbackDrillTests {
    private func outbox(_ port: Int) -> Mailbox? {
        MailboxName("drill").map {
            Mailbox(
                name: $0, server: "127.0.0.2", port: port, security: .none, login: nil,
                role: .outbox(Outbox(senders: [])))
        }
    }

    /// Sends one message; a server that does not answer is closed after a moment.
    private func send(_ fault: DrillFault?, closesAfter pause: Duration? = nil) async throws -> Submission {
        let server = try await LoopbackDrill().open("127.0.0.2", fault: fault)
        let network = try Network(caFile: "", clientName: "desk.example")
        let connector = MailConnector(
            streams: network, secrets: NoSecrets(), spool: MemorySpool(), clientName: "desk.example")
        let mailbox = try #require(outbox(server.port))
        return try await withThrowingTaskGroup(of: Submission?.self) { group in
            group.addTask {
                let session = try await connector.open(mailbox, outbox: Outbox(senders: []))
                let envelope = Envelope(from: "a@drill.invalid", recipients: ["b@drill.invalid"])
                let content = Array("Subject: Drill\r\n\r\n.one\r\n".utf8)
                let submission = try await session.submit(envelope, content: content) { true }
                await session.close()
                return submission
            }
            if let pause {
                group.addTask {
                    try await Task.sleep(for: pause)
                    await server.close()
                    return nil
                }
            }
            var found: Submission?
            for try await submission in group where submission != nil { found = submission }
            if pause == nil { await server.close() }
            return try #require(found)
        }
    }

    @Test func aServerWithoutFaultTakesMail() async throws {
        let submission = try await send(nil)
        guard case .sent(let reply)? = submission.outcomes.first else {
            Issue.record("\(submission)")
            return
        }
        #expect(reply.code == 250)
    }

    /// A reset may come while the connection is still being opened.
    static let failing: [(DrillFault, Set<Failure.Cause>)] = [
        (.refuse, [.connect]), (.reset, [.disconnected, .connect]),
    ]

    @Test(arguments: failing)
    func aServerThatFailsIsMetAsOne(fault: DrillFault, causes: Set<Failure.Cause>) async throws {
        do {
            _ = try await send(fault)
            Issue.record("it was taken")
        } catch {
            let cause = try #require(error as? Failure).cause
            #expect(causes.contains(cause), "\(cause)")
        }
    }

    @Test(arguments: [DrillFault.mute, .slow])
    func aServerThatSaysTooLittleEndsWithTheDrill(fault: DrillFault) async throws {
        await #expect(throws: Failure.self) { _ = try await send(fault, closesAfter: .milliseconds(200)) }
    }

    @Test func anAnswerThatDoesNotComeIsUnknown() async throws {
        let submission = try await send(.hangAfterData, closesAfter: .milliseconds(500))
        guard case .refused(let failure)? = submission.outcomes.first else {
            Issue.record("\(submission)")
            return
        }
        #expect(failure.cause == .unknownOutcome)
    }

    private struct NoSecrets: SecretReader {
        func reveal(_ source: SecretSource) async throws(Failure) -> Secret { Secret("") }
    }
}
