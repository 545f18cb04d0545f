// A key that systemd hands over: taken, changed and refused without a word of it on the disk.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct CredentialKeyTests {
    private static let first = [UInt8](0..<32)
    private static let second = [UInt8](100..<132)

    private func give(_ keys: [String: [UInt8]]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, octets) in keys { try Data(octets).write(to: URL(fileURLWithPath: folder.path + "/" + name)) }
        return folder
    }

    private func open(_ disk: Disk, _ given: TemporaryFolder?) throws -> SQLiteStore {
        try SQLiteStore(folder: disk.state, vault: Vault(folder: disk.state, credentials: given?.path))
    }

    static let forms: [[UInt8]] = [
        first, Array(Hexadecimal.encode(first).utf8), Array((Hexadecimal.encode(first).uppercased() + "\n").utf8),
    ]

    @Test(arguments: forms)
    func aCredentialIsTheKeyAndNoFileIsMade(_ form: [UInt8]) throws {
        let (disk, given) = (try Disk(), try give(["malote.key": form]))
        let store = try open(disk, given)
        #expect(store.vault.current.octets == Self.first && store.vault.source == .credential)
        #expect(try !disk.files().contains("malote.key"))
    }

    @Test(arguments: [[], [1], Array(0..<33), Array("zz".utf8) + Array(repeating: 0x30, count: 62)])
    func oneThatIsNoKeyIsRefused(_ octets: [UInt8]) throws {
        for name in ["malote.key", "malote.key.old"] {
            var keys = ["malote.key": Self.first]
            keys[name] = octets
            let (disk, given) = (try Disk(), try give(keys))
            let failure = #expect(throws: Failure.self) { try open(disk, given) }
            #expect(failure?.cause == .credential && failure?.detail.contains(name) == true)
            #expect(failure?.remedy.contains("openssl rand") == true)
            #expect(try disk.files() == [])
        }
    }

    @Test func fromAFileToACredential() async throws {
        let disk = try Disk()
        let before = try disk.open()
        try await WholeDesk.fill(before)
        let signing = before.vault.derivedKey("message-id")
        await before.close()
        let store = try open(disk, try give(["malote.key": Self.first]))
        #expect(store.vault.derivedKey("message-id") == signing)
        #expect(try await store.keys().keys.map(\.secrets) == [5])
        #expect(try await store.refreshToken(of: MailboxID(rawValue: 1))?.token == Secret(WholeDesk.token))
        #expect(try !disk.files().contains("malote.key"))
        #expect(store.openingNews.contains { $0.contains("5 secrets are sealed anew") })
    }

    /// An earlier version kept no root: what it signed hangs on its file's key.
    @Test func fromAnOldDatabaseAndItsFileToACredential() async throws {
        let disk = try Disk()
        await (try disk.open()).close()
        let key = Array(disk.bytes(of: "malote.key"))
        try disk.execute("DELETE FROM settings WHERE name = 'derivation root'")
        let store = try open(disk, try give(["malote.key": Self.first]))
        #expect(
            store.vault.derivedKey("message-id")
                == OpenSSLHashing().hmacSHA256(key: key, Array("malote message-id".utf8)))
    }

    @Test func fromOneCredentialToTheNext() async throws {
        let disk = try Disk()
        let before = try open(disk, try give(["malote.key": Self.first]))
        try await WholeDesk.fill(before)
        let signing = before.vault.derivedKey("message-id")
        await before.close()
        // Without the former one nothing is lost, but nothing opens.
        let closed = try open(disk, try give(["malote.key": Self.second]))
        #expect(try await closed.keys().keys.map(\.state) == [.current, .missing])
        let store = try open(disk, try give(["malote.key": Self.second, "malote.key.old": Self.first]))
        #expect(store.openingNews.contains { $0.contains("malote.key.old may go") })
        #expect(store.vault.derivedKey("message-id") == signing)
        let after = try open(disk, try give(["malote.key": Self.second]))
        #expect(after.vault.derivedKey("message-id") == signing)
        #expect(
            try await after.read { try $0.registry() }.mailboxes.first?.login?.password
                == .literal(Secret(WholeDesk.password)))
    }

    @Test func onlyItsOwnerChangesIt() async throws {
        let (disk, given) = (try Disk(), try give(["malote.key": Self.first]))
        let store = try open(disk, given)
        await #expect(throws: Failure.self) { try await store.rotateKey { _ in } }
        #expect(store.vault.keyID == SealingKey(Self.first).id)
    }
}
