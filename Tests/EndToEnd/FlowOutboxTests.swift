// One flow, three steps, three outboxes: system, contract and specific; what one server's loss costs the others.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct FlowOutboxTests {
    private static let flow = """
        flows:
          - name: tell
            contract: acme
            on: ticket.opened
            steps:
              - {email: {to: [requester], subject: "By the system {{ticket.key}}", text: "a"}}
              - {email: {outbox: contract, to: [requester], subject: "By the contract {{ticket.key}}", text: "b"}}
              - {email: {outbox: {specific: other-out}, to: [requester], subject: "By another {{ticket.key}}", text: "c"}}
          - name: done
            contract: acme
            on: ticket.completed
            steps:
              - {email: {outbox: contract, to: [requester], subject: "Done {{ticket.key}}", text: "{{data.answer}}"}}
              - {email: {outbox: contract, to: [requester], subject: "Content? {{ticket.key}}", text: "d", delay: 1s}}
          - name: comment
            contract: acme
            on: comment.added
            steps:
              - {email: {outbox: contract, to: [requester], subject: "News {{ticket.key}}", text: "{{data.text}}",
                         when: {fields.urgency: high}}}

        """

    private func registry(_ customers: [Customer]) -> String {
        "system: {outbox: house-out}\nmailboxes:\n" + customers.map(\.mailboxes).joined()
            + "contracts:\n  - {name: acme, title: acme, prefix: ACME, inboxes: [acme-in], outbox: acme-out}\n"
            + Self.flow
    }

    private func subjects(_ customer: Customer) -> [String] {
        customer.postfix.received().compactMap { mail in
            mail.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Subject: ") }.map { String($0.dropFirst(9)) }
        }.sorted()
    }

    @Test func aDeadOutboxCostsOnlyItsOwnStep() async throws {
        let folder = try TemporaryFolder()
        let customers = try ["house", "acme", "other"].map { try Customer($0, in: folder.path) }
        let (house, acme, other) = (customers[0], customers[1], customers[2])
        other.postfix.stop()
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(registry(customers))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver(acme.mails(1..<2))
        #expect(try await eventually { subjects(house) == ["By the system ACME-1"] }, "\(daemon.log)")
        #expect(try await eventually { subjects(acme) == ["By the contract ACME-1"] }, "\(daemon.log)")
        let waiting = try daemon.ctl("queue", "list", "--state", "queued").output
        #expect(waiting.contains("other-out"), "\(waiting)")
        #expect(!waiting.contains("acme-out") && !waiting.contains("house-out"))

        try other.postfix.startAgain()
        #expect(try daemon.ctl("queue", "retry", "--outbox", "other-out").status == 0)
        #expect(try await eventually { subjects(other) == ["By another ACME-1"] }, "\(daemon.log)")
        try await completion(daemon, acme)
        try trigger(daemon)
        #expect(try await eventually { subjects(acme).contains("News ACME-1") })
        try await pause(daemon, acme)
        #expect(daemon.stop() == 0)
    }

    /// The closing is told once, and what it planned comes in its time.
    private func completion(_ daemon: RealDaemon, _ acme: Customer) async throws {
        for _ in 0..<2 {
            let closed = try daemon.ctl("ticket", "close", "ACME-1", "--data", #"{"answer": "Mended."}"#)
            #expect(closed.status == 0 && closed.output.contains("closed on"), "\(closed.errors)")
        }
        #expect(try await eventually { subjects(acme).contains("Content? ACME-1") }, "\(daemon.log)")
        #expect(subjects(acme).filter { $0 == "Done ACME-1" }.count == 1)
        #expect(acme.postfix.received().contains { $0.contains("Mended.") })
        let told = try daemon.ctl("ticket", "show", "ACME-1").output
        #expect(told.contains("Step 2 of flow done is planned for") && told.contains("ticket.completed"), "\(told)")
        #expect(try daemon.ctl("flow", "planned").output.contains("No step is planned."))
    }

    /// Mail stays on the server while nobody may take it.
    private func pause(_ daemon: RealDaemon, _ acme: Customer) async throws {
        #expect(try daemon.ctl("contract", "pause", "acme").status == 0)
        #expect(try daemon.ctl("status").output.contains("acme-in is not polled: Contract acme is paused."))
        try acme.dovecot.deliver(acme.mails(2..<3))
        let refused = try daemon.ctl("trigger", "--contract", "acme", "--on", "x")
        #expect(refused.status == 1 && refused.errors.contains("Contract acme is paused."), "\(refused.errors)")
        #expect(try daemon.ctl("poll", "acme-in").status == 1)
        #expect(try daemon.ctl("ticket", "show", "ACME-2").status == 1)
        #expect(try daemon.ctl("contract", "resume", "acme").status == 0)
        #expect(try await eventually { subjects(acme).contains("By the contract ACME-2") }, "\(daemon.log)")
    }

    private func trigger(_ daemon: RealDaemon) throws {
        func run(_ words: String...) throws -> ProgramResult {
            try daemon.ctl(["trigger", "--contract", "acme", "--on", "comment.added", "--ticket", "ACME-1"] + words)
        }
        let calm = try run("--data", #"{"text": "x"}"#)
        #expect(calm.output.contains("Its condition does not hold: fields.urgency is empty"), "\(calm)")
        let data = #"{"text": "Soon.", "fields": {"urgency": "high"}}"#
        let urgent = try run("--data", data, "--key", "k")
        #expect(urgent.output.contains("writes to person1@acme.example") && urgent.output.contains("(notification "))
        #expect(try run("--data", data, "--key", "k").output.contains("nothing was done now"))
        let refused = try daemon.ctl("trigger", "--contract", "acme", "--on", "ticket.opened")
        #expect(refused.status == 1 && refused.errors.contains("Malote itself"), "\(refused.errors)")
        #expect(try daemon.ctl("trigger", "--contract", "acme", "--on", "x", "--data", "{").status == 2)
    }
}
