// What is sealed opens with its key and in its place only; the key file is made once and never guessed.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct VaultTests {
    private let vault = Vault(key: Array(0..<32))

    @Test(arguments: [0, 1, 15, 16, 17, 255, 4096])
    func whatIsSealedOpens(_ count: Int) throws {
        let secret = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try vault.seal(secret, label: "mailbox a")
        #expect(try vault.open(sealed, label: "mailbox a") == secret)
        #expect(try vault.seal(secret, label: "mailbox a") != sealed)
    }

    @Test func nothingElseOpens() throws {
        let sealed = try vault.seal(Array("secret".utf8), label: "mailbox a")
        expectClosed { try vault.open(sealed, label: "mailbox b") }
        expectClosed { try Vault(key: Array(1...32)).open(sealed, label: "mailbox a") }
        for count in 0..<sealed.count {
            expectClosed { try vault.open(Array(sealed.prefix(count)), label: "mailbox a") }
        }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            expectClosed { try vault.open(changed, label: "mailbox a") }
        }
    }

    private func expectClosed(_ open: () throws -> [UInt8]) {
        let failure = #expect(throws: Failure.self) { try open() }
        #expect(failure?.kind == .operatorNeeded)
        #expect(failure?.cause == .credential)
    }

    @Test func derivedKeysDifferByPurposeAndByKey() {
        let other = Vault(key: Array(1...32))
        let keys = [vault.derivedKey("message-id"), vault.derivedKey("other"), other.derivedKey("message-id")]
        #expect(Set(keys).count == 3)
        #expect(vault.derivedKey("message-id") == keys[0])
        #expect(vault.keyID.count == 8)
        #expect(vault.keyID != other.keyID)
    }

    // MARK: - The key file

    @Test func theKeyIsMadeOnceAndKept() throws {
        let temporary = try TemporaryFolder()
        let kept = try StateFolder(temporary.path)
        let first = try Vault(folder: kept)
        #expect(try Vault(folder: kept).keyID == first.keyID)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).sorted() == ["lock", "malote.key"])
    }

    @Test(arguments: [0, 31, 33, 63, 65, 320])
    func aKeyOfAnotherSizeIsRefused(_ count: Int) throws {
        let temporary = try TemporaryFolder()
        try Data(repeating: 1, count: count).write(to: URL(fileURLWithPath: temporary.path + "/malote.key"))
        let failure = #expect(throws: Failure.self) { try Vault(folder: try StateFolder(temporary.path)) }
        #expect(failure?.kind == .operatorNeeded)
        #expect(failure?.cause == .credential)
        #expect(failure?.detail.contains("malote.key") == true)
    }

    /// A first start that was killed half-way must not need a person.
    @Test func aKeyThatWasBeingWrittenIsMadeAnew() throws {
        let temporary = try TemporaryFolder()
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: temporary.path + "/malote.key.new"))
        let folder = try StateFolder(temporary.path)
        let vault = try Vault(folder: folder)
        #expect(try Vault(folder: folder).keyID == vault.keyID)
        #expect(FileManager.default.contents(atPath: temporary.path + "/malote.key")?.count == 32)
        #expect(!FileManager.default.fileExists(atPath: temporary.path + "/malote.key.new"))
    }
}
