// A sound store checks clean; each damage is found by the rule that is there for it.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct StoreCheckTests {
    private func desk() async throws -> Disk {
        let disk = try Disk()
        let store = try disk.open()
        try await WholeDesk.fill(store)
        await store.close()
        return disk
    }

    private func check(_ disk: Disk, isLive: Bool = true) throws -> CheckReport {
        try StoreCheck(disk.database, isLive: isLive, vault: Vault.present(in: disk.path, credentials: nil)).run()
    }

    @Test func aSoundStoreIsSound() async throws {
        let disk = try await desk()
        let report = try check(disk)
        #expect(report.isSound, "\(report.complaints)")
        #expect(report.notes.isEmpty, "\(report.notes)")
        for line in report.lines { #expect(line.checked > 0, "\(line.rule) looked at nothing") }
        #expect(report.schema == Migrations.steps.count)
    }

    @Test func anEmptyStoreIsSound() throws {
        let disk = try Disk()
        _ = try disk.open()
        #expect(try check(disk).isSound)
    }

    /// What has not been brought into the file counts, too.
    @Test func besideADaemonTheLogIsRead() async throws {
        let disk = try Disk()
        let store = try disk.open()
        try await WholeDesk.fill(store)
        let report = try check(disk)
        #expect(report.isSound, "\(report.complaints)")
        #expect(report.lines.first { $0.rule == "messages" }?.checked == 3)
        try await store.write { try $0.append(Sample.event(9)) }
    }

    @Test func aFileIsReadWithoutATrace() async throws {
        let disk = try await desk()
        let elsewhere = try TemporaryFolder()
        let file = elsewhere.path + "/a backup %41?.db"
        try FileManager.default.copyItem(atPath: disk.database, toPath: file)
        #expect(try StoreCheck(file, isLive: false, vault: nil).run().isSound)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path) == ["a backup %41?.db"])
    }

    /// As systemd's DynamicUser= has it: /var/lib/malote leads to /var/lib/private/malote.
    @Test(arguments: [true, false]) func aFolderMayBeALink(isLive: Bool) async throws {
        let disk = try await desk()
        let elsewhere = try TemporaryFolder()
        let link = elsewhere.path + "/malote"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: disk.path)
        let check = StoreCheck(
            link + "/malote.db", isLive: isLive, vault: try Vault.present(in: link, credentials: nil))
        #expect(try check.run().isSound)
    }

    @Test func withoutItsKeySealedSecretsAreCounted() async throws {
        let disk = try await desk()
        let id = try #require(try Vault.present(in: disk.path, credentials: nil)?.keyID)
        _ = try disk.takeKey()
        let report = try check(disk)
        #expect(report.isSound)
        #expect(report.notes == ["5 sealed secrets need key \(id), which is not here: they were not opened."])
    }

    // MARK: - Damages

    struct Damage: Sendable, CustomTestStringConvertible {
        var rule: String
        var row: String
        var sql: String
        var testDescription: String { "\(rule): \(sql)" }

        init(_ rule: String, _ row: String, _ sql: String) { (self.rule, self.row, self.sql) = (rule, row, sql) }
    }

    static let damages = [
        Damage("file", "the file", "PRAGMA application_id = 42"),
        Damage("file", "the file", "PRAGMA user_version = 999"),
        Damage("ledger", "ledger row 1", "UPDATE ledger SET state = 'mislaid' WHERE id = 1"),
        Damage("ledger", "ledger row 1", "DELETE FROM messages WHERE id = 1"),
        Damage("messages", "message 1", "UPDATE messages SET fate = 'eaten' WHERE id = 1"),
        Damage("messages", "message 1", "DELETE FROM ledger WHERE id = 1"),
        Damage("messages", "message 1", "DELETE FROM tickets"),
        Damage("messages", "message 1", "UPDATE tickets SET contract = 2"),
        Damage("tickets", "ticket ACME-1", "DELETE FROM counters WHERE name = 'ticket of 1'"),
        Damage("threads", "thread <1@acme.example>", "DELETE FROM tickets"),
        Damage("occasions", "occasion 1", "DELETE FROM tickets"),
        Damage("occasions", "planned step 1", "DELETE FROM occasions"),
        Damage("approvals", "approval 1", "DELETE FROM approvals"),
        Damage("approvals", "approval 1", "DELETE FROM approval_voters"),
        Damage("endpoints", "endpoint of contract 1", "UPDATE endpoints SET position = 99"),
        Damage(
            "endpoints", "refused event 7 of contract 1",
            "INSERT INTO refused_events VALUES (1, 7, 'waiting', 1, 0, 0, 0, '{}')"),
        Damage("notifications", "notification 1", "DELETE FROM contents WHERE notification = 1"),
        Damage("notifications", "notification 1", "DELETE FROM notifications WHERE id = 1"),
        Damage("notifications", "notification 8", "DELETE FROM deliveries WHERE recipient LIKE 'bia%'"),
        Damage("deliveries", "delivery 1", "DELETE FROM notifications WHERE id = 1"),
        Damage("deliveries", "delivery 1", "UPDATE deliveries SET state = 'eaten' WHERE id = 1"),
        Damage("deliveries", "delivery 1", "UPDATE deliveries SET outbox = 77 WHERE id = 1"),
        Damage("deliveries", "delivery 1", "UPDATE deliveries SET recipient = 'x@y' WHERE id = 1"),
        Damage("deliveries", "delivery 3", "UPDATE deliveries SET settled = NULL WHERE state = 'sent'"),
        Damage("deliveries", "delivery 3", "UPDATE deliveries SET attempts = 0 WHERE state = 'sent'"),
        Damage("ledger counts", "inbox 1 state stored", "UPDATE ledger_counts SET count = 9 WHERE state = 'stored'"),
        Damage("ledger counts", "inbox 1 state wanted", "DELETE FROM ledger_counts WHERE state = 'wanted'"),
        Damage("lane counts", "contract 1 outbox 5 state sent", "DELETE FROM deliveries WHERE state = 'sent'"),
        Damage("numbers", "series message", "UPDATE counters SET value = 1 WHERE name = 'message'"),
        Damage("numbers", "series contract", "DELETE FROM counters WHERE name = 'contract'"),
        Damage("columns", "notification 1", "UPDATE notifications SET recipients = '[' WHERE id = 1"),
        Damage("columns", "delivery 4", "UPDATE deliveries SET failure = 'oops' WHERE state = 'failed'"),
        Damage("raw sources", "message 1", "DELETE FROM raw_sources WHERE message = 1"),
        Damage("raw sources", "message 1", "UPDATE raw_sources SET bytes = x'00' WHERE message = 1"),
        Damage("raw sources", "message 2", "DELETE FROM raw_pieces WHERE start = 131072"),
        Damage("raw sources", "message 2", "DELETE FROM raw_pieces WHERE start = 393216"),
        Damage("raw sources", "message 2", "UPDATE raw_pieces SET bytes = zeroblob(131072) WHERE start = 131072"),
        Damage("raw sources", "message 1", "UPDATE messages SET size = size + 1 WHERE id = 1"),
        Damage("raw sources", "message 1", "UPDATE messages SET size = size - 1 WHERE id = 1"),
        Damage("raw sources", "message 1", "UPDATE messages SET sha256 = zeroblob(32) WHERE id = 1"),
        Damage("raw sources", "message 9", "INSERT INTO raw_sources VALUES (9, x'00')"),
        Damage("raw sources", "message 9", "INSERT INTO raw_pieces VALUES (9, 0, x'00')"),
        Damage("events", "event event-1", "UPDATE events SET json = substr(json, 1, 50) WHERE id = 1"),
        Damage("events", "event event-1", "UPDATE events SET kind = 'ticket.eaten' WHERE id = 1"),
        Damage("events", "event event-1", "UPDATE events SET kind = 'ticket.replied' WHERE id = 1"),
        Damage("events", "event event-7", "UPDATE events SET event = 'event-7' WHERE id = 1"),
        Damage("events", "event event-1", "UPDATE events SET contract = 77 WHERE id = 1"),
        Damage("events", "event event-1", "DELETE FROM messages WHERE id = 1"),
        Damage("events", "event event-1", "UPDATE messages SET sha256 = zeroblob(32) WHERE id = 1"),
        Damage("events", "event event-1", "DELETE FROM tickets"),
        Damage("registry", "mailbox acme-in", "UPDATE registry SET body = '{}' WHERE kind = 'mailbox'"),
        Damage("registry", "contract acme", "UPDATE registry SET body = replace(body, '\"prefix\"', '\"p\"')"),
        Damage("registry", "oddity a", "INSERT INTO registry VALUES ('oddity', 'a', 1, '{}')"),
        Damage("secrets", "mailbox #1 (refresh token)", "UPDATE tokens SET sealed = zeroblob(60)"),
        Damage(
            "secrets", "mailbox acme-in",
            "UPDATE registry SET body = json_set(body, '$.password.sealed', 'AAAA') WHERE kind = 'mailbox'"),
        Damage(
            "secrets", "derivation root",
            "UPDATE settings SET value = json_set(value, '$.sealed', '') WHERE name = 'derivation root'"),
    ]

    @Test(arguments: damages)
    func eachDamageIsFound(_ damage: Damage) async throws {
        let disk = try await desk()
        try disk.execute(damage.sql)
        let report = try check(disk)
        #expect(!report.isSound)
        #expect(
            report.complaints.contains { $0.rule == damage.rule && $0.row == damage.row }, "\(report.complaints)")
    }

    /// SQLite's own lists and checks are asked, too.
    @Test func aDamagedPageIsToldAndTheOtherRulesGoOn() async throws {
        let disk = try await desk()
        let size = try #require(FileManager.default.contents(atPath: disk.database)).count
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: disk.database))
        // The leaf pages of the large mail and whatever stands near.
        for page in stride(from: 8 * 4096, to: size, by: 3 * 4096) {
            try file.seek(toOffset: UInt64(page))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        }
        try file.close()
        let report = try check(disk)
        #expect(report.lines.first { $0.rule == "pages" }?.complaints ?? 0 > 0)
        #expect(report.lines.last?.rule == "secrets")
    }

    @Test(arguments: [0, 100, 4096, 40_000])
    func aCutFileIsTold(_ octets: Int) async throws {
        let disk = try await desk()
        truncate(disk.database, octets)
        do throws(Failure) {
            let report = try StoreCheck(disk.database, isLive: false, vault: nil).run()
            #expect(!report.isSound)
        } catch { #expect(error.cause == .storage) }
    }

    @Test func aFileThatIsNotThereCannotBeRead() throws {
        let disk = try Disk()
        let failure = #expect(throws: Failure.self) { try check(disk) }
        #expect(failure?.cause == .storage && failure?.remedy.isEmpty == false)
    }

    @Test func anEarlierSchemaIsSaidToBeOne() throws {
        let disk = try Disk()
        try disk.execute(
            Migrations.steps[0].common
                + "; PRAGMA user_version = 1; PRAGMA application_id = \(Migrations.applicationID)")
        let report = try check(disk)
        #expect(report.isSound && report.schema == 1)
        #expect(report.notes.first?.contains("schema 1") == true)
    }

    @Test func ofManyComplaintsTheFirstAreToldAndAllAreCounted() async throws {
        let disk = try await desk()
        try disk.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1099)
            INSERT INTO contents SELECT i, x'00' FROM n
            """)
        let report = try check(disk)
        #expect(report.lines.first { $0.rule == "notifications" }?.complaints == 1000)
        #expect(report.complaints.filter { $0.rule == "notifications" }.count == 100)
    }
}
