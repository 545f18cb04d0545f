// No password can be read in the database file, nor opened without the key beside it.

import Foundation
import MaloteCore
import Testing

@testable import MaloteStore

@Suite struct SealedSecretsTests {
    private static let canary = "c4n4ry-Passwort-7d1f"

    private func filled(_ disk: Disk) async throws -> SQLiteStore {
        let store = try disk.open()
        let secret = SecretSource.literal(Secret(Self.canary))
        var contract = RegistrySample.contract("acme")
        contract.events = .init(url: "https://acme.example/", secret: secret)
        let changes: [RegistryChange] = [
            .putMailbox(RegistrySample.mailbox(login: .init(user: "visible-user", password: secret))),
            .putContract(contract),
        ]
        // Twice, so that replaced pages are looked at as well.
        for _ in 1...2 { try await store.write { try $0.apply(changes) } }
        return store
    }

    @Test func aPasswordIsNowhereInTheFiles() async throws {
        let disk = try Disk()
        var store: SQLiteStore? = try await filled(disk)
        try expectNoCanary(disk, "malote.db-wal")
        withExtendedLifetime(store) {}
        store = nil
        try disk.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try expectNoCanary(disk, "malote.db")
    }

    /// - Parameter file: must hold the user's name, which is not a secret: so the search does find what is there.
    private func expectNoCanary(_ disk: Disk, _ file: String) throws {
        #expect(disk.bytes(of: file).range(of: Data("visible-user".utf8)) != nil)
        let canary = Data(Self.canary.utf8)
        let hidden = [canary, Data(canary.base64EncodedString().dropLast(4).utf8), Data(canary.reversed())]
        for file in try disk.files() {
            for form in hidden { #expect(disk.bytes(of: file).range(of: form) == nil, "\(file)") }
        }
    }

    @Test func withItsKeyThePasswordComesBack() async throws {
        let disk = try Disk()
        _ = try await filled(disk)
        let registry = try await disk.open().read { try $0.registry() }
        #expect(registry.mailboxes.first?.login?.password == .literal(Secret(Self.canary)))
        #expect(registry.contracts.first?.events?.secret == .literal(Secret(Self.canary)))
    }

    /// Only what needs the secret fails; everything else goes on, and the secret waits for its key.
    @Test func withAnotherKeyItStaysClosedAndTheReasonIsTold() async throws {
        let disk = try Disk()
        _ = try await filled(disk)
        let kept = try disk.takeKey()
        let store = try disk.open()
        let mailbox = try #require(try await store.read { try $0.registry() }.mailboxes.first)
        let failure = try #require(mailbox.login?.password?.closed)
        #expect(failure.kind == .operatorNeeded && failure.cause == .credential)
        #expect(failure.detail.contains("mailbox acme-in") && !failure.remedy.isEmpty)

        var edited = mailbox
        edited.port = 143
        let change = RegistryChange.putMailbox(edited)
        try await store.write { try $0.apply([change]) }
        try disk.putBack(key: kept)
        let again = try #require(try await disk.open().read { try $0.registry() }.mailboxes.first)
        #expect(again.port == 143 && again.login?.password == .literal(Secret(Self.canary)))
    }

    @Test func aSealedPasswordOpensOnlyInItsPlace() async throws {
        let disk = try Disk()
        let store = try await filled(disk)
        try await store.write { store in
            try store.apply([.putMailbox(RegistrySample.mailbox("thief"))])
            // Somebody who can write the file copies another mailbox's password into his own.
            let connection = try #require(store as? StoreTransaction).connection
            try connection.execute(
                """
                UPDATE registry SET body = (
                    SELECT replace(body, '"name":"acme-in"', '"name":"thief"') FROM registry WHERE name = 'acme-in')
                WHERE name = 'thief'
                """)
        }
        let thief = try await store.read { try $0.registry() }.mailboxes.first { $0.name.text == "thief" }
        let failure = try #require(thief?.login?.password?.closed)
        #expect(failure.cause == .credential && failure.detail.contains("thief"))
    }
}

extension SecretSource {
    fileprivate var closed: Failure? {
        if case .unopened(_, _, let failure) = self { failure } else { nil }
    }
}
