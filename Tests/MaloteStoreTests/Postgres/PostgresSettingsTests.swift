// How the way to a database is protected, and what is refused because it would not be; with a real server's TLS.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct PostgresSettingsTests {
    private let server: RealPostgres

    init() throws { server = try RealPostgres.shared.get() }

    private func connect(_ settings: PostgresSettings) throws -> Int64 {
        let connection = try PostgresConnection(settings, purpose: "test")
        return try connection.first("SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl") {
            $0.integer(0)
        } ?? 0
    }

    @Test func anAddressIsRefusedThatWouldNotBeSafe() {
        let wrong = [
            "mysql://a/b", "postgres://", "postgres://malote:secret@db.example/malote", "postgres://malote@db.example",
            "postgres://malote@db.example/malote?sslmode=disable",
            "postgres://malote@db.example/malote?sslmode=require",
            "postgres://malote@localhost,db.example/malote?sslmode=prefer", "postgres://a/b?nonsense=1",
            "postgres://malote@localhost/malote?hostaddr=192.0.2.1&sslmode=prefer",
            "postgres://malote@127.evil.example/malote?sslmode=prefer",
            "postgres://malote@127.0.0.1.example/malote?sslmode=prefer",
            // libpq would show what of these it cannot read.
            "postgres://malote:secret%zz@db.example/malote", "postgres://malote:secret/1@db.example/malote",
            "postgres://malote@db.example/malote?password=secret%zz",
        ]
        for url in wrong {
            do {
                _ = try PostgresSettings(url: url)
                Issue.record("\(url) was taken")
            } catch {
                #expect(error.cause == .registry && !error.remedy.isEmpty, "\(url)")
                #expect(!"\(error)".contains("secret"))
            }
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1", "127.77.0.1", "/run/postgresql", "[::1]"])
    func onThisMachineItMayBeInTheClear(place: String) throws {
        let host = place.hasPrefix("/") ? "/malote?host=\(place)&" : "\(place)/malote?"
        _ = try PostgresSettings(url: "postgres://malote@\(host)sslmode=disable")
    }

    @Test func overTheNetworkTheServerIsVerified() throws {
        let settings = try PostgresSettings(
            url: server.networkURL + "?sslmode=verify-full", password: Secret(server.password), caFile: server.caFile)
        #expect(try connect(settings) == 1)
        // Nobody vouches for it.
        let unknown = try PostgresSettings(
            url: server.networkURL + "?sslmode=verify-full", password: Secret(server.password),
            caFile: "/etc/ssl/certs/ca-certificates.crt")
        #expect(throws: (any Error).self) { try connect(unknown) }
    }

    @Test func aWrongPasswordIsSaidAndNotShown() throws {
        let settings = try PostgresSettings(url: server.networkURL, password: Secret("c4n4ry"), caFile: server.caFile)
        do {
            _ = try PostgresStore(settings, vault: Vault(key: [UInt8](repeating: 7, count: 32)))
            Issue.record("it was let in")
        } catch {
            #expect(error.cause == .credential && error.remedy.contains("database.password"), "\(error)")
            #expect(!"\(error)".contains("c4n4ry"))
        }
    }

    @Test func questionMarksBecomeNumbers() {
        #expect(PostgresText.numbered("a = ? AND b = '?' AND c = ?") == "a = $1 AND b = '?' AND c = $2")
        #expect(PostgresText.kept("a\u{0}b") == "a\u{FFFD}b")
    }
}
