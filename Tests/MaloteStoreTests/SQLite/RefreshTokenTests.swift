// Refresh tokens survive, are sealed, and go with their mailbox.

import Foundation
import MaloteCore
import Testing

@testable import MaloteStore

@Suite struct RefreshTokenTests {
    private static let canary = "c4n4ry-refresh-7d1f"
    private static let grant = OAuthGrant(
        provider: .microsoft, flow: .refreshToken, tenant: "acme.example", clientID: "desk",
        clientSecret: .literal(Secret("c4n4ry-client-55")),
        clientSecretExpires: CivilDate(daysSinceEpoch: 20_000), refreshToken: .credential(name: "first"), scope: "mail",
        tokenURL: "https://provider.example/t", deviceURL: "https://provider.example/d", key: .file(path: "/k"),
        subject: "help@acme.example", caFile: "/ca.pem")

    private func filled(_ disk: Disk) async throws -> (SQLiteStore, MailboxID) {
        let store = try disk.open()
        let mailbox = RegistrySample.mailbox(login: .init(user: "visible-user", proof: .oauth(Self.grant)))
        try await store.write { try $0.apply([.putMailbox(mailbox)]) }
        return (store, try #require(try await store.read { try $0.registry() }.mailboxes.first?.id))
    }

    private func token(_ text: String = canary, expires: Timestamp? = nil) -> KeptToken {
        KeptToken(token: Secret(text), origin: Sample.digest(3), since: Sample.at(1), expires: expires)
    }

    @Test func theLastOneThatWasKeptComesBack() async throws {
        let disk = try Disk()
        let (store, id) = try await filled(disk)
        #expect(try await store.refreshToken(of: id) == nil)
        try await store.keep(token("first"), of: id)
        let last = token(expires: Sample.at(90))
        try await store.keep(last, of: id)
        #expect(try await store.refreshToken(of: id) == last)
        #expect(try await disk.open().refreshToken(of: id) == last)
    }

    @Test func aGrantComesBackWhole() async throws {
        let disk = try Disk()
        _ = try await filled(disk)
        #expect(try await disk.open().read { try $0.registry() }.mailboxes.first?.login?.oauth == Self.grant)
    }

    @Test func noTokenAndNoClientSecretIsInTheFiles() async throws {
        let disk = try Disk()
        let (store, id) = try await filled(disk)
        try await store.keep(token(), of: id)
        await store.close()
        for file in try disk.files() {
            let bytes = disk.bytes(of: file)
            #expect(bytes.range(of: Data("c4n4ry".utf8)) == nil, "\(file)")
            #expect(bytes.range(of: Data(Data(Self.canary.utf8).base64EncodedString().dropLast(4).utf8)) == nil)
        }
        #expect(disk.bytes(of: "malote.db").range(of: Data("visible-user".utf8)) != nil)
    }

    @Test func itGoesWithItsMailboxAndNoneIsKeptForNobody() async throws {
        let disk = try Disk()
        let (store, id) = try await filled(disk)
        try await store.keep(token(), of: id)
        let name = RegistrySample.mailbox(login: nil).name
        try await store.write { try $0.apply([.deleteMailbox(name)]) }
        #expect(try await store.refreshToken(of: id) == nil)
        await #expect(throws: Failure.self) { try await store.keep(token(), of: id) }
        #expect(try await store.refreshToken(of: id) == nil)
    }

    @Test func withAnotherKeyTheReasonIsToldAndANewOneCanBeKept() async throws {
        let disk = try Disk()
        var (store, id) = try await filled(disk)
        try await store.keep(token(), of: id)
        _ = try disk.takeKey()
        store = try disk.open()
        let failure = await #expect(throws: Failure.self) { _ = try await store.refreshToken(of: id) }
        #expect(failure?.cause == .credential && failure?.kind == .operatorNeeded)
        try await store.keep(token("again"), of: id)
        #expect(try await store.refreshToken(of: id) == token("again"))
    }
}
