// The promise of the product, on real servers: one event and one confirmation a message, whatever dies on the way.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct ExactlyOnceTests {
    @Test func threeContractsSurviveDeadServersAndKills() async throws {
        let folder = try TemporaryFolder()
        let customers = try ["acme", "globex", "initech"].map { try Customer($0, in: folder.path) }
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start()
        let applied = try daemon.apply(registry(customers))
        #expect(applied.status == 0, "\(applied.errors)")

        let total = 60
        for customer in customers { try customer.dovecot.deliver(customer.mails(0..<total / 2)) }
        #expect(try await eventually { try customers[0].opened(daemon).count >= 5 })
        daemon.kill()
        try await daemon.start()

        customers[1].stopServers()
        for customer in customers { try customer.dovecot.deliver(customer.mails(total / 2..<total)) }
        #expect(try await eventually { try customers[2].opened(daemon).count >= total / 2 + 5 })
        daemon.kill()
        try await daemon.start()

        // The contracts whose servers live finish while the third is still dead.
        for customer in [customers[0], customers[2]] { try await expectEverything(customer, daemon, total) }
        try customers[1].startServersAgain()
        try await expectEverything(customers[1], daemon, total, serverDied: true)
        #expect(daemon.stop() == 0)
    }

    private func expectEverything(
        _ customer: Customer, _ daemon: RealDaemon, _ total: Int, serverDied: Bool = false
    ) async throws {
        let isDone = try await eventually(within: .seconds(120)) {
            try customer.opened(daemon).count == total && customer.confirmations().count == total
        }
        let opened = try customer.opened(daemon).count
        #expect(
            isDone, "\(customer.name): \(opened) opened, log: \(daemon.log.suffix(2000))")
        #expect(try customer.opened(daemon).values.allSatisfy { $0 == 1 })
        // Our own death doubles nothing. A server that dies between its acceptance and its answer may have made one
        // message doubtful: that one is sent again with the same Message-ID (docs/queue.md).
        let extra = customer.confirmations().values.reduce(0) { $0 + $1 - 1 }
        #expect(extra <= (serverDied ? 1 : 0))
    }
}
