// Whichever server answered last is asked first: cases as data, and a real server behind one that is silent.

import Foundation
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct PostgresHostsTests {
    struct Case: Sendable {
        var given: [String: String]
        var reached: PostgresHosts.Host
        var before: [String: String]
        var after: [String: String]
    }

    static let cases = [
        // No choice: the address alone says it.
        Case(
            given: ["host": "db1"], reached: .init(name: "db1", address: "192.0.2.1", port: "5432"), before: [:],
            after: [:]
        ),
        Case(
            given: ["host": "db1,db2", "port": ","], reached: .init(name: "db2", address: "192.0.2.2", port: "5432"),
            before: ["host": "db1,db2"], after: ["host": "db2,db1"]),
        Case(
            given: ["host": "db1,db2,db3", "port": "6000"],
            reached: .init(name: "db3", address: "192.0.2.3", port: "6000"),
            before: ["host": "db1,db2,db3", "port": "6000,6000,6000"],
            after: ["host": "db3,db1,db2", "port": "6000,6000,6000"]),
        Case(
            given: ["host": "localhost,localhost", "hostaddr": "127.0.0.1,127.0.0.1", "port": "1,2"],
            reached: .init(name: "localhost", address: "127.0.0.1", port: "2"),
            before: ["host": "localhost,localhost", "hostaddr": "127.0.0.1,127.0.0.1", "port": "1,2"],
            after: ["host": "localhost,localhost", "hostaddr": "127.0.0.1,127.0.0.1", "port": "2,1"]),
        // By its number alone; libpq names it so, too.
        Case(
            given: ["hostaddr": "192.0.2.1,192.0.2.2", "port": "5432,"],
            reached: .init(name: "192.0.2.2", address: "192.0.2.2", port: "5432"),
            before: ["hostaddr": "192.0.2.1,192.0.2.2", "port": "5432,"],
            after: ["hostaddr": "192.0.2.2,192.0.2.1", "port": ",5432"]),
        Case(
            given: ["host": "/run/one,/run/two"], reached: .init(name: "/run/two", address: "", port: "5432"),
            before: ["host": "/run/one,/run/two"], after: ["host": "/run/two,/run/one"]),
        // Nobody that is known: nothing moves.
        Case(
            given: ["host": "db1,db2"], reached: .init(name: "db3", address: "192.0.2.3", port: "5432"),
            before: ["host": "db1,db2"], after: ["host": "db1,db2"]),
    ]

    @Test(arguments: cases)
    func theOneThatAnsweredIsAskedFirst(entry: Case) {
        let hosts = PostgresHosts(entry.given)
        #expect(Dictionary(uniqueKeysWithValues: hosts.options) == entry.before)
        hosts.reached(entry.reached)
        #expect(Dictionary(uniqueKeysWithValues: hosts.options) == entry.after)
    }

    @Test func aServerThatIsGoneIsMetOnce() throws {
        let server = try RealPostgres.shared.get()
        // Nobody has a socket there.
        let url = server.localURL.replacing("?host=", with: "?host=/nowhere,")
        let settings = try PostgresSettings(url: url)
        #expect(settings.hosts.options.first?.1.hasPrefix("/nowhere,") == true)
        for _ in 0..<2 { _ = try PostgresConnection(settings, purpose: "test") }
        #expect(settings.hosts.options.first?.1.hasSuffix(",/nowhere") == true)
    }
}
