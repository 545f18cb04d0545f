// A key changes while the store runs: nothing is lost wherever it is cut off, and nothing of the old is left.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct KeyRotationTests {
    private struct Cut: Error {}

    private func desk() async throws -> (Disk, SQLiteStore) {
        let disk = try Disk()
        let store = try disk.open()
        try await WholeDesk.fill(store)
        return (disk, store)
    }

    /// Every secret opens, and what signs is what it was.
    private func expectWhole(_ disk: Disk, signing: [UInt8]) async throws {
        let vault = try Vault(folder: disk.state, credentials: nil)
        let store = try SQLiteStore(folder: disk.state, vault: vault)
        let registry = try await store.read { try $0.registry() }
        let secret = SecretSource.literal(Secret(WholeDesk.password))
        #expect(registry.mailboxes.first?.login?.password == secret)
        #expect(registry.contracts.first?.events?.secret == secret)
        #expect(registry.contracts.first?.events?.formerSecret == secret)
        #expect(try await store.refreshToken(of: MailboxID(rawValue: 1))?.token == Secret(WholeDesk.token))
        #expect(vault.derivedKey("message-id") == signing)
        #expect(vault.old.isEmpty)
        #expect(disk.bytes(of: "malote.key").count == 32)
        #expect(try !disk.files().contains("malote.key.new"))
        let report = try await store.keys()
        #expect(report.keys.map(\.state) == [.current] && report.keys.first?.secrets == 5)
    }

    /// The sealed texts as they stand in the rows, raw and as they are written.
    private func sealed(_ disk: Disk) throws -> [Data] {
        var found: [Data] = []
        try SealedRow.each(SQLiteConnection(path: disk.database, mode: .readOnly)) { row in
            found += [Data(row.bytes), Data(Data(row.bytes).base64EncodedString().utf8)]
        }
        return found
    }

    @Test func everythingIsSealedAnewAndNothingOldIsLeft() async throws {
        let (disk, store) = try await desk()
        let (before, old) = (try sealed(disk), disk.bytes(of: "malote.key"))
        let signing = store.vault.derivedKey("message-id")
        let rotation = try await store.rotateKey { _ in }
        #expect(rotation.secrets == 5 && rotation.closed == 0 && rotation.isForgotten)
        #expect(rotation.key == store.vault.keyID && rotation.former != rotation.key)
        for file in try disk.files() {
            for form in before { #expect(disk.bytes(of: file).range(of: form) == nil, "\(file)") }
            #expect(disk.bytes(of: file).range(of: old) == nil, "\(file) has the old key")
        }
        #expect(try disk.mode(of: "malote.key") == 0o400)
        try await expectWhole(disk, signing: signing)
    }

    @Test(arguments: SQLiteStore.RotationStep.allCases)
    func cutOffAnywhereTheNextStartFinishesIt(_ step: SQLiteStore.RotationStep) async throws {
        let (disk, store) = try await desk()
        let (signing, before) = (store.vault.derivedKey("message-id"), store.vault.keyID)
        nonisolated(unsafe) var left: Disk?
        await #expect(throws: Failure.self) {
            try await store.rotateKey { passed in
                guard passed == step else { return }
                left = try disk.asKilledNow()
                throw Cut()
            }
        }
        let disk2 = try #require(left)
        // A draft that was being written when it ended.
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: disk2.path + "/malote.key.new"))
        try await expectWhole(disk2, signing: signing)
        #expect(try Vault.present(in: disk2.path, credentials: nil)?.keyID != before)
        // The one that went on running is whole, too, and finishes it when it is asked again.
        _ = try await store.rotateKey { _ in }
        try await expectWhole(disk, signing: signing)
    }

    @Test func whatIsWrittenAlongsideIsInTheSameTransaction() async throws {
        let (disk, store) = try await desk()
        let before = try sealed(disk)
        await #expect(throws: Failure.self) {
            try await store.rotateKey(alongside: { _, _ in throw Failure(.transient, .storage, "no") }) { _ in }
        }
        #expect(try sealed(disk) == before)
        let rotation = try await store.rotateKey(
            alongside: { rotation, store in
                #expect(rotation.secrets == 5)
                try store.append(Sample.event(9))
            }) { _ in }
        #expect(rotation.isForgotten)
        #expect(try await store.events().contains("event-9"))
    }

    /// A check or a backup that reads keeps the log from being emptied: then the old key stays until the next start.
    @Test func whileSomebodyReadsTheOldKeyStays() async throws {
        let (disk, store) = try await desk()
        let signing = store.vault.derivedKey("message-id")
        let reader = try SQLiteConnection(path: disk.database, mode: .readOnly)
        try reader.execute("BEGIN; SELECT COUNT(*) FROM registry")
        let rotation = try await store.rotateKey { _ in }
        #expect(!rotation.isForgotten)
        #expect(disk.bytes(of: "malote.key").count == 64)
        try reader.execute("COMMIT")
        try await expectWhole(disk, signing: signing)
    }

    @Test func whatNoKeyOpensStaysAndStopsNothing() async throws {
        let (disk, _) = try await desk()
        let kept = try disk.takeKey()
        let lost = try disk.open()
        #expect(try await lost.keys().keys.map(\.state) == [.current, .missing])
        let rotation = try await lost.rotateKey { _ in }
        // The root is given up for the one in use; the passwords wait.
        #expect(rotation.closed == 4 && rotation.isForgotten)
        #expect(try await lost.keys().keys.map(\.secrets) == [1, 4])
        try disk.putBack(key: kept)
        let registry = try await disk.open().read { try $0.registry() }
        #expect(registry.mailboxes.first?.login?.password == .literal(Secret(WholeDesk.password)))
    }

    // MARK: - Derived keys

    /// What an earlier version signed, this one must know: a database without a root has the key itself for one.
    @Test func anOldDatabaseKeepsItsDerivedKeys() async throws {
        let (disk, first) = try await desk()
        let key = Array(disk.bytes(of: "malote.key"))
        await first.close()
        try disk.execute(
            "DELETE FROM settings WHERE name = 'derivation root'; ALTER TABLE tokens DROP COLUMN key; "
                + "PRAGMA user_version = 16")
        let before = OpenSSLHashing().hmacSHA256(key: key, Array("malote message-id".utf8))
        let store = try disk.open()
        #expect(store.vault.derivedKey("message-id") == before)
        #expect(try await store.keys().keys.map(\.secrets) == [5])
        #expect(try await store.rotateKey { _ in }.secrets == 5)
        #expect(store.vault.derivedKey("message-id") == before)
        try await expectWhole(disk, signing: before)
    }

    @Test func aNewDatabaseSignsWithChanceOfItsOwn() throws {
        let disk = try Disk()
        let store = try disk.open()
        #expect(store.vault.root != store.vault.current.octets)
        #expect(try disk.open().vault.root == store.vault.root)
    }

    /// As before there was a root: the present key signs, and the old one comes back with its file.
    @Test func withoutItsKeyTheRootWaits() async throws {
        let (disk, store) = try await desk()
        let signing = store.vault.derivedKey("message-id")
        let kept = try disk.takeKey()
        let lost = try disk.open()
        #expect(lost.vault.derivedKey("message-id") != signing)
        #expect(lost.openingNews.count == 1)
        try disk.putBack(key: kept)
        #expect(try disk.open().vault.derivedKey("message-id") == signing)
    }
}
