// Which files the store takes for its own, and which it refuses and why.

import Foundation
import MaloteCore
import Testing

@testable import MaloteStore

@Suite struct MigratorTests {
    @Test func anEmptyFileBecomesADatabase() async throws {
        let disk = try Disk()
        try Data().write(to: URL(fileURLWithPath: disk.database))
        let store = try disk.open()
        try await store.write { try $0.append(Sample.event(1)) }
        #expect(try await store.events() == ["event-1"])
    }

    @Test func aSecondOpeningMigratesNothing() async throws {
        let disk = try Disk()
        for number in 1...3 { try await disk.open().write { try $0.append(Sample.event(number)) } }
        #expect(try await disk.open().events().count == 3)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var detail: String
        var spoil: @Sendable (Disk) throws -> Void
    }

    static let refused = [
        Refused(
            testDescription: "newer schema",
            detail: "The database has schema 99, this version knows \(Migrations.steps.count)."
        ) { disk in
            _ = try disk.open()
            try disk.execute("PRAGMA user_version = 99")
        },
        Refused(testDescription: "another program's mark", detail: "not a Malote database") { disk in
            try disk.execute("PRAGMA application_id = 42; CREATE TABLE t (a)")
        },
        Refused(testDescription: "another program's version", detail: "not a Malote database") { disk in
            try disk.execute("PRAGMA user_version = 1; CREATE TABLE t (a)")
        },
        Refused(testDescription: "somebody's unmarked tables", detail: "not a Malote database") { disk in
            try disk.execute("CREATE TABLE t (a)")
        },
        Refused(testDescription: "no database at all", detail: "not a database") { disk in
            try Data(String(repeating: "Dear Sir or Madam, ", count: 500).utf8).write(
                to: URL(fileURLWithPath: disk.database))
        },
        Refused(testDescription: "a link", detail: "cannot open") { disk in
            try FileManager.default.createSymbolicLink(atPath: disk.database, withDestinationPath: "elsewhere.db")
        },
        Refused(testDescription: "a folder", detail: "cannot open") { disk in
            try FileManager.default.createDirectory(atPath: disk.database, withIntermediateDirectories: false)
        },
    ]

    @Test(arguments: refused)
    func aFileThatIsNotOursIsRefused(_ file: Refused) throws {
        let disk = try Disk()
        try file.spoil(disk)
        let failure = #expect(throws: Failure.self) { try disk.open() }
        #expect(failure?.kind == .operatorNeeded)
        #expect(failure?.cause == .storage)
        #expect(failure?.detail.contains(file.detail) == true, "\(failure?.detail ?? "")")
        #expect(failure?.remedy.isEmpty == false)
    }

    /// A row that this version cannot read is told, not guessed at.
    @Test(arguments: [
        "UPDATE deliveries SET failure = 'oops'", "UPDATE notifications SET recipients = '{}'",
        "UPDATE registry SET body = '{}'", "UPDATE registry SET body = replace(body, 'implicit', 'perhaps')",
        "UPDATE events SET kind = 'ticket.eaten'", "UPDATE health SET body = 'x'", "UPDATE messages SET sha256 = x'00'",
        "UPDATE ledger SET state = 'mislaid' WHERE settled = 0",
    ])
    func aDamagedRowIsToldAsSuch(sql: String) async throws {
        let disk = try Disk()
        try await disk.open().write { store in
            _ = try store.newDelivery(.failed)
            try store.apply([.putMailbox(RegistrySample.mailbox())])
            try store.append(Sample.event(1))
            try store.setHealth(MailboxHealth(mailbox: Sample.inbox))
            _ = try store.insert(Sample.message(), raw: RawMessage([]), ledger: nil)
            try store.record([LedgerEntry(key: Sample.keys(1...1)[0], state: .stored)])
        }
        let readAll: @Sendable (any StoreReading) throws -> Void = { store in
            _ = try store.deliveries(DeliveryFilter())
            _ = try store.notification(NotificationID(rawValue: 1))
            _ = try store.registry()
            _ = try store.events(contract: nil, after: nil, limit: 9)
            _ = try store.health()
            _ = try store.message(MessageID(rawValue: 1))
            _ = try store.unsettled(inbox: Sample.inbox, limit: 9)
        }
        try await disk.open().read(readAll)
        try disk.execute(sql)
        let failure = await #expect(throws: Failure.self) { try await disk.open().read(readAll) }
        #expect(failure?.kind == .operatorNeeded)
        #expect(failure?.cause == .storage)
    }
}
