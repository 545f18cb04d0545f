// The main job with the state in PostgreSQL behind TLS and a password, by one node and by two; with real servers.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct DatabaseTests {
    private func expectConfirmed(_ customer: Customer, _ range: Range<Int>, _ daemon: RealDaemon) async throws {
        let once = Dictionary(uniqueKeysWithValues: range.map { ($0, 1) })
        let isDone = try await eventually(within: .seconds(60)) { customer.confirmations().count >= range.count }
        #expect(isDone, "\(daemon.log.suffix(3000))")
        #expect(customer.confirmations() == once)
        #expect(try customer.opened(daemon) == once)
    }

    private func expectSound(_ daemon: RealDaemon, environment: [String] = []) throws {
        let checked = try DatabaseHall.maloted(["check", "--config", daemon.configFile], environment: environment)
        #expect(
            checked.status == 0 && checked.output.contains("Nothing is wrong."), "\(checked.output)\(checked.errors)")
        #expect(checked.output.contains("postgres://malote@db.example"))
    }

    @Test func aDeskWorksWithItsStateBehindTLSAndAPassword() async throws {
        let hall = try DatabaseHall()
        let acme = try Customer("acme", in: hall.folder.path)
        let byFile = try hall.node("desk-1")
        try await byFile.start()
        let applied = try byFile.apply(registry([acme]))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver(acme.mails(0..<3))
        try await expectConfirmed(acme, 0..<3, byFile)
        // Every connection is protected, and nothing but the database has the mail.
        let ways = try hall.server.sql(
            """
            SELECT bool_and(ssl), count(*) > 3 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE application_name LIKE 'maloted %'
            """)
        #expect(ways == "t|t")
        #expect(!FileManager.default.fileExists(atPath: byFile.folder + "/state/malote.db"))
        try expectSound(byFile)
        #expect(byFile.stop() == 0)

        let credential = DatabaseHall.Section(
            url: hall.section.url, password: "{credential: malote.database}", authorities: hall.section.authorities)
        let byCredential = try hall.node("desk-1", credential)
        let environment = ["CREDENTIALS_DIRECTORY": hall.credentials]
        try await byCredential.start(environment: environment)
        try acme.dovecot.deliver(acme.mails(3..<5))
        try await expectConfirmed(acme, 0..<5, byCredential)
        try expectSound(byCredential, environment: environment.map { "\($0.key)=\($0.value)" })
        // The test's server does not sync, and the doctor sees it.
        let doctor = try byCredential.ctl("doctor")
        #expect(doctor.status == 1 && doctor.output.contains("WRONG    database"), "\(doctor.output)")
        #expect(doctor.output.contains("fsync is off") && doctor.output.contains("Set fsync = on"))
        #expect(!doctor.output.contains("max_connections") && !doctor.output.contains("synchronous_commit"))
        for words in [["cluster"], ["status"], ["doctor"], ["export"], ["audit", "--json"]] {
            let said = try byCredential.ctl(words)
            #expect(!(said.output + said.errors).contains(DatabaseHall.canary), "\(words)")
        }
        #expect(byCredential.stop() == 0)
        #expect(!byCredential.log.contains(DatabaseHall.canary))
    }

    @Test func twoNodesShareTheWorkUntilOneHasItAll() async throws {
        let hall = try DatabaseHall()
        let customers = try ["acme", "birch"].map { try Customer($0, in: hall.folder.path) }
        let one = try hall.node("desk-1")
        try await one.start()
        let applied = try one.apply(registry(customers))
        try #require(applied.status == 0, "\(applied.errors)")
        let two = try hall.node("desk-2", keyOf: one)
        try await two.start()
        #expect(
            try await eventually { try DatabaseHall.mailboxes(two) == ["desk-1": 2, "desk-2": 2] },
            "\(two.log.suffix(3000))")
        let shown = try two.ctl("cluster").output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(shown.first?.prefix(5) == ["NODE", "STATE", "VERSION", "SCHEMA", "LEASE"])
        #expect(shown.contains { $0.prefix(2) == ["desk-1", "active"] }, "\(shown)")
        #expect(shown.contains { $0.prefix(3) == ["desk-2", "(this)", "active"] }, "\(shown)")
        // A port that is any port is no address.
        #expect(!shown.contains { $0.last?.hasSuffix(":0") ?? true }, "\(shown)")
        #expect(try one.ctl("status").output.contains("on desk-2"))
        try refuse(hall, beside: one)

        for customer in customers { try customer.dovecot.deliver(customer.mails(0..<5)) }
        for customer in customers { try await expectConfirmed(customer, 0..<5, two) }
        #expect(one.stop() == 0)
        #expect(
            try await eventually { try DatabaseHall.mailboxes(two) == ["desk-2": 4] }, "\(two.log.suffix(3000))")
        #expect(try await eventually { try DatabaseHall.report(two).unheld.isEmpty }, "\(two.log.suffix(3000))")
        let after = try two.ctl("cluster").output
        #expect(!after.contains("desk-1") && after.contains("4 mailbox"), "\(after)")
        let leases = try two.ctl("cluster", "leases", "--kind", "mailbox").output.split(separator: "\n").dropFirst()
        #expect(leases.count == 4 && leases.allSatisfy { $0.contains(" desk-2 ") }, "\(leases)")
        let history = try two.ctl("cluster", "leases", "--history", "--node", "desk-1").output
        #expect(history.contains("released") && !history.contains("expelled"), "\(history)")

        for customer in customers { try customer.dovecot.deliver(customer.mails(5..<8)) }
        for customer in customers { try await expectConfirmed(customer, 0..<8, two) }
        try expectSound(two)
        #expect(two.stop() == 0)
    }

    /// Whoever is no node of this cluster is told why, and the others do not notice.
    private func refuse(_ hall: DatabaseHall, beside one: RealDaemon) throws {
        let strange = try hall.node("desk-3")
        let keyless = try DatabaseHall.maloted(["--config", strange.configFile, "--log", "text"])
        #expect(keyless.status == 77 && keyless.errors.contains("malote.key"), "\(keyless.status) \(keyless.errors)")
        let double = try hall.node("desk-1", keyOf: one, in: "double")
        let taken = try DatabaseHall.maloted(["--config", double.configFile, "--log", "text"])
        #expect(taken.status == 75 && taken.errors.contains("cluster: {name: ...}"), "\(taken.status) \(taken.errors)")
    }
}
