// A backup takes the database's place, whole; the former one stays beside it.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct StoreRestoreTests {
    private func backup() async throws -> (TemporaryFolder, String, key: Data) {
        let (disk, elsewhere) = (try Disk(), try TemporaryFolder())
        let store = try disk.open()
        try await WholeDesk.fill(store)
        await store.close()
        let path = elsewhere.path + "/backup.db"
        try FileManager.default.copyItem(atPath: disk.database, toPath: path)
        return (elsewhere, path, disk.bytes(of: "malote.key"))
    }

    @Test func aBackupComesBackWithItsKey() async throws {
        let (folder, path, key) = try await backup()
        let disk = try Disk()
        let former = try disk.open()
        try await former.write { try $0.append(Sample.event(77)) }
        // As a kill leaves it: the last commits are in the log only.
        let killed = try disk.asKilledNow()
        try Data([7]).write(to: URL(fileURLWithPath: killed.path + "/flight.old"))
        let kept = try StoreRestore(killed.state).run(path, now: Timestamp(milliseconds: 1_800_000_000_000))
        #expect(kept == killed.path + "/malote.db.before-2027-01-15T080000")
        #expect(try killed.files().filter { $0.hasPrefix("flight") || $0.hasSuffix("restoring") } == [])
        #expect(try killed.mode(of: "malote.db") == 0o600)
        try killed.putBack(key: key)
        let store = try killed.open()
        #expect(try await store.events() == ["event-1", "event-2"])
        #expect(
            try await store.read { try $0.registry() }.mailboxes.first?.login?.password
                == .literal(Secret(WholeDesk.password)))
        // The former one has everything, also what stood in the log.
        let old = try SQLiteConnection(path: killed.path + "/malote.db.before-2027-01-15T080000", mode: .readOnly)
        #expect(try old.rows("SELECT event FROM events") { $0.text(0) } == ["event-77"])
        withExtendedLifetime(folder) {}
    }

    @Test func anEmptyStateFolderIsFilled() async throws {
        let (folder, path, _) = try await backup()
        let disk = try Disk()
        #expect(try StoreRestore(disk.state).run(path, now: Sample.at(0)) == nil)
        #expect(try disk.files() == ["malote.db"])
        withExtendedLifetime(folder) {}
    }

    /// Also one that cannot be opened any more: it is what is left of the mail.
    @Test func aDamagedFormerIsKeptAsItIs() async throws {
        let (folder, path, _) = try await backup()
        let disk = try Disk()
        try Data("damaged".utf8).write(to: URL(fileURLWithPath: disk.database))
        try Data("log".utf8).write(to: URL(fileURLWithPath: disk.database + "-wal"))
        let kept = try #require(try StoreRestore(disk.state).run(path, now: Sample.at(0)))
        #expect(FileManager.default.contents(atPath: kept) == Data("damaged".utf8))
        #expect(FileManager.default.contents(atPath: kept + "-wal") == Data("log".utf8))
        #expect(try StoreCheck(disk.database, isLive: true, vault: nil).run().isSound)
        withExtendedLifetime(folder) {}
    }

    @Test func whatCannotBeReadChangesNothing() throws {
        let disk = try Disk()
        _ = try disk.open()
        let before = try disk.files().filter { !$0.hasSuffix("shm") && !$0.hasSuffix("wal") }
        #expect(throws: Failure.self) { try StoreRestore(disk.state).run("/nowhere.db", now: Sample.at(0)) }
        #expect(try disk.files().filter { !$0.hasSuffix("shm") && !$0.hasSuffix("wal") } == before)
    }
}
