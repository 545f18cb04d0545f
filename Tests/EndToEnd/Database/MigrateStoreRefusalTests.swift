// When a store is not moved: each reason with its exit status and what to do, and nothing is changed by the attempt.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized) struct MigrateStoreRefusalTests {
    /// What there is before somebody asks for the move.
    enum Scene: Sendable {
        case nothing
        /// A desk in its file, and an empty database.
        case desk
        case deskAtWork
        /// In both places.
        case moved
        /// A desk in its file, and another node's in the database.
        case nodeAtWork
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var scene: Scene
        var words: [String]
        var status: Int32
        var says: [String]
        var change: @Sendable (inout DatabaseHall.Section?) -> Void

        init(
            _ name: String, _ scene: Scene, _ words: [String], _ status: Int32, _ says: [String],
            _ change: @escaping @Sendable (inout DatabaseHall.Section?) -> Void = { _ in }
        ) {
            (testDescription, self.scene, self.words, self.status, self.says) = (name, scene, words, status, says)
            self.change = change
        }
    }

    private static let there = ["--from", "sqlite", "--to", "postgres"]
    private static let back = ["--from", "postgres", "--to", "sqlite"]

    static let cases: [Case] = [
        Case("no direction", .nothing, [], 64, ["needs --from sqlite --to postgres"]),
        Case("half a direction", .nothing, ["--from", "sqlite"], 64, ["needs --from sqlite --to postgres"]),
        Case("in a circle", .nothing, ["--from", "sqlite", "--to", "sqlite"], 64, ["the other way round"]),
        Case("another engine", .nothing, ["--from", "mysql", "--to", "sqlite"], 64, ["not \"mysql\""]),
        Case("a word missing", .nothing, ["--from"], 64, ["--from needs a value"]),
        Case("a file", .nothing, there + ["backup.db"], 64, ["\"backup.db\" is not known"]),
        Case("no database named", .nothing, there, 78, ["names no database", "postgres://USER@HOST/NAME"]) { $0 = nil },
        Case("an unsafe address", .nothing, there, 78, ["sslmode=disable"]) { $0?.url += "&sslmode=disable" },
        Case("nobody there", .desk, there, 75, ["is not reached", "database.url"]) {
            $0?.url = "postgres://malote@db.example:1/malote?hostaddr=127.0.0.1"
        },
        Case("no password", .desk, there, 77, ["database.password"]) { $0?.password = nil },
        Case("another authority", .desk, there, 74, ["database.ca"]) { $0?.authorities = nil },
        Case("no file to copy", .nothing, there, 74, ["There is no database", "malote.db"]),
        Case("no schema to copy", .nothing, back, 74, ["nothing of Malote's in schema", "malote.yaml"]),
        Case("the database has rows", .moved, there, 74, ["is not empty", "DROP SCHEMA"]),
        Case("the file is there", .moved, back, 74, ["There is a database", "Move it away first."]),
        Case("a daemon at work on the file", .deskAtWork, there, 75, ["Another maloted is using", "Stop it first"]),
        Case(
            "a node at work on the database", .nodeAtWork, there, 75, ["Nodes are at work", "desk-9", "Stop maloted"]),
    ]

    private static let shared = Result { try DatabaseHall() }

    @Test(arguments: cases)
    func itIsSaidWhyNot(_ refusal: Case) async throws {
        let hall = try Self.shared.get()
        let number = Self.cases.firstIndex { $0.testDescription == refusal.testDescription } ?? 0
        let place = hall.folder.path + "/refusal-\(number)"
        var section: DatabaseHall.Section? = hall.section
        section?.schema = "refusal_\(number)"
        let atWork = try await prepare(refusal.scene, place, section, hall)
        refusal.change(&section)
        let daemon = try RealDaemon(in: place, config: section?.yaml ?? "")
        let rows = try Self.rows(hall, "refusal_\(number)")
        let said = try DatabaseHall.maloted(["migrate-store", "--config", daemon.configFile] + refusal.words)
        #expect(said.status == refusal.status, "\(said.status): \(said.errors)")
        for words in refusal.says { #expect(said.errors.contains(words), "\(said.errors)") }
        #expect(!(said.output + said.errors).contains("canary"))
        #expect(try Self.rows(hall, "refusal_\(number)") == rows)
        #expect(atWork?.stop() ?? 0 == 0)
    }

    /// - Returns: the daemon that is at work meanwhile.
    private func prepare(
        _ scene: Scene, _ place: String, _ section: DatabaseHall.Section?, _ hall: DatabaseHall
    ) async throws -> RealDaemon? {
        guard scene != .nothing else { return nil }
        let desk = try RealDaemon(in: place)
        try await desk.start()
        if scene == .deskAtWork { return desk }
        #expect(desk.stop() == 0)
        let yaml = section?.yaml ?? ""
        if scene == .moved {
            let moved = try DatabaseHall.maloted(
                ["migrate-store", "--config", try RealDaemon(in: place, config: yaml).configFile] + Self.there)
            #expect(moved.status == 0, "\(moved.errors)")
        }
        guard scene == .nodeAtWork else { return nil }
        let node = try RealDaemon(in: place + "-node", config: yaml + "cluster: {name: desk-9}\n")
        try await node.start()
        return node
    }

    /// What the database's schema holds, if it is there.
    private static func rows(_ hall: DatabaseHall, _ schema: String) throws -> String {
        guard try hall.server.sql("SELECT to_regclass('\(schema).settings')") != "" else { return "" }
        return try hall.server.sql("SELECT count(*), sum(hashtext(s::text)) FROM \(schema).settings AS s")
    }
}
