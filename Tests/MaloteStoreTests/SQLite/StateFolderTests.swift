// The state folder is private, belongs to one daemon, and says what is wrong with it.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct StateFolderTests {
    @Test func aSecondDaemonIsRefusedUntilTheFirstHasGone() throws {
        let temporary = try TemporaryFolder()
        let path = temporary.path + "/state"
        var first: StateFolder? = try StateFolder(path)
        let failure = #expect(throws: Failure.self) { try StateFolder(path) }
        // It passes by itself once the other one ends: commands tell that from a folder that is no good.
        #expect(failure?.kind == .transient)
        #expect(failure?.detail.contains("Another maloted") == true)
        #expect(failure?.detail.contains(path) == true)
        withExtendedLifetime(first) {}
        first = nil
        _ = try StateFolder(path)
    }

    @Test func aStoreKeepsItsFolderLocked() throws {
        let temporary = try TemporaryFolder()
        var store: SQLiteStore? = try open(temporary.path)
        #expect(throws: Failure.self) { try StateFolder(temporary.path) }
        withExtendedLifetime(store) {}
        store = nil
        _ = try StateFolder(temporary.path)
    }

    private func open(_ path: String) throws -> SQLiteStore {
        let folder = try StateFolder(path)
        return try SQLiteStore(folder: folder, vault: Vault(folder: folder))
    }

    @Test func allThatIsInItIsPrivate() async throws {
        let disk = try Disk()
        let store = try disk.open()
        try await store.write { try $0.append(Sample.event(1)) }
        let journal = try FileAttemptJournal(folder: disk.state)
        journal.clear()
        #expect(try disk.mode(of: ".") == 0o700)
        #expect(try disk.mode(of: "malote.key") == 0o400)
        #expect(try disk.mode(of: "lock") == 0o600)
        let files = try disk.files().filter { $0 != "malote.key" }
        #expect(Set(files).isSuperset(of: ["malote.db", "malote.db-wal", "flight"]))
        for file in files { #expect(try disk.mode(of: file) == 0o600, "\(file)") }
        withExtendedLifetime(store) {}
    }

    /// systemd itself makes the state directory a link for a service with a dynamic user.
    @Test func aFolderBehindALinkIsAsGood() async throws {
        let temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: temporary.path + "/private/state", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: temporary.path + "/state", withDestinationPath: "private/state")
        let folder = try StateFolder(temporary.path + "/state")
        let store = try SQLiteStore(folder: folder, vault: Vault(folder: folder))
        try await store.write { try $0.append(Sample.event(1)) }
        #expect(FileManager.default.fileExists(atPath: temporary.path + "/private/state/malote.db"))
        #expect(throws: Failure.self) { try StateFolder(temporary.path + "/private/state") }
    }

    @Test(arguments: ["file", "missing/parent"])
    func aFolderThatCannotBeIsNamed(_ path: String) throws {
        let temporary = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: temporary.path + "/file"))
        let failure = #expect(throws: Failure.self) { try StateFolder(temporary.path + "/" + path) }
        #expect(failure?.kind == .operatorNeeded)
        #expect(failure?.detail.contains(temporary.path + "/" + path) == true)
        #expect(failure?.remedy.isEmpty == false)
    }
}
