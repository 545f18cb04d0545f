// What an operator reads who has not got the way to the database right: the setting, the remedy, never a password.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct DatabaseFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Of the daemon; `maloted check` has the same.
        var status: Int32
        var words: [String]
        var change: @Sendable (inout DatabaseHall.Section) -> Void

        init(
            _ name: String, _ status: Int32, _ words: [String],
            _ change: @escaping @Sendable (inout DatabaseHall.Section) -> Void
        ) {
            (testDescription, self.status, self.words, self.change) = (name, status, words, change)
        }
    }

    private static let shared = Result { try DatabaseHall() }
    private static let wrongPassword = "canary-wrong"

    static let cases: [Case] = [
        Case("a wrong password", 77, ["does not accept the password", "database.password in malote.yaml"]) {
            $0.password = "{file: WRONG}"
        },
        Case("no password", 77, ["no password supplied", "database.password in malote.yaml"]) { $0.password = nil },
        Case("no such role", 77, ["does not accept the password", "user \"nobody\""]) {
            $0.url.replace("malote@", with: "nobody@")
        },
        Case("no such file", 77, ["database.password in malote.yaml", "/nowhere cannot be read"]) {
            $0.password = "{file: /nowhere}"
        },
        Case("no credential", 77, ["database.password in malote.yaml", "LoadCredential=malote.database"]) {
            $0.password = "{credential: malote.database}"
        },
        Case("another authority", 74, ["nobody vouches for", "database.ca in malote.yaml"]) {
            $0.authorities = "/etc/ssl/certs/ca-certificates.crt"
        },
        Case("the authority's default", 74, ["nobody vouches for", "database.ca in malote.yaml"]) {
            $0.authorities = nil
        },
        Case("no file of authorities", 74, ["/nowhere.pem", "database.ca in malote.yaml"]) {
            $0.authorities = "/nowhere.pem"
        },
        Case("a name that is not the server's", 74, ["\"other.example\"", "database.url of malote.yaml"]) {
            $0.url.replace("db.example", with: "other.example")
        },
        Case("no such database", 74, ["database \"nothing\"", "createdb"]) {
            $0.url.replace("/malote?", with: "/nothing?")
        },
        Case("nobody there", 74, ["is not reached", "database.url in malote.yaml"]) {
            $0.url = "postgres://malote@db.example:1/malote?hostaddr=127.0.0.1"
        },
        Case("TLS switched off", 78, ["database.url asks for sslmode=disable", "Leave it out"]) {
            $0.url += "&sslmode=disable"
        },
        Case("a password in the address", 78, ["database.url has a password in it", "{file: PATH}"]) {
            $0.url.replace("malote@", with: "malote:\(wrongPassword)@")
        },
    ]

    private func run(_ words: String..., config: RealDaemon) throws -> ProgramResult {
        let said = try DatabaseHall.maloted(words + ["--config", config.configFile])
        #expect(!(said.output + said.errors).contains("canary"), "\(said.output)\(said.errors)")
        return said
    }

    @Test(arguments: cases)
    func itIsSaidWhatIsWrong(_ fault: Case) throws {
        let hall = try Self.shared.get()
        var section = hall.section
        fault.change(&section)
        let wrong = hall.folder.path + "/wrong"
        try Self.wrongPassword.write(toFile: wrong, atomically: true, encoding: .utf8)
        section.password?.replace("WRONG", with: wrong)
        let place = "case-\(Self.cases.firstIndex { $0.testDescription == fault.testDescription } ?? 0)"
        let daemon = try hall.node("desk", section, in: place)
        for said in [try run("--log", "text", config: daemon), try run("check", config: daemon)] {
            #expect(said.status == fault.status, "\(said.status): \(said.errors)")
            for words in fault.words { #expect(said.errors.contains(words), "\(said.errors)") }
        }
        // Whatever needs no database to be known is known before the start.
        #expect(try run("check-config", config: daemon).status == (fault.status == 78 ? 78 : 0))
    }

    @Test func aServerWithoutTLSIsNotUsed() throws {
        let hall = try DatabaseHall()
        hall.server.stop("fast")
        try hall.server.startAgain(settings: ["ssl=off"])
        let said = try run("--log", "text", config: hall.node("desk"))
        #expect(said.status == 74, "\(said.status)")
        #expect(said.errors.contains("offers no TLS") && said.errors.contains("ssl = on"), "\(said.errors)")
    }
}
