// A desk with mail and a queue moves from its file into PostgreSQL, works there, and moves back; with the real binaries.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct MigrateStoreTests {
    private let hall: DatabaseHall
    private let acme: Customer
    private var place: String { hall.folder.path + "/desk" }

    init() throws {
        hall = try DatabaseHall()
        acme = try Customer("acme", in: hall.folder.path)
    }

    /// The same state folder, once with the file alone and once with the database named.
    private func withFile() throws -> RealDaemon { try RealDaemon(in: place) }
    private func withDatabase() throws -> RealDaemon { try RealDaemon(in: place, config: hall.section.yaml) }

    private func migrate(_ daemon: RealDaemon, _ from: String, _ to: String) throws -> ProgramResult {
        try DatabaseHall.maloted(["migrate-store", "--config", daemon.configFile, "--from", from, "--to", to])
    }

    private func expectSound(_ daemon: RealDaemon) throws {
        let checked = try DatabaseHall.maloted(["check", "--config", daemon.configFile])
        #expect(
            checked.status == 0 && checked.output.contains("Nothing is wrong."), "\(checked.output)\(checked.errors)")
    }

    private func expectMoved(_ done: ProgramResult, _ next: String) {
        #expect(done.status == 0 && done.errors.isEmpty, "\(done.errors)")
        for words in ["messages: the same on both sides", "Nothing is wrong.", next] {
            #expect(done.output.contains(words), "\(done.output)")
        }
    }

    /// All requests until now were opened once, as the log has it, and confirmed once.
    private func expectDone(_ count: Int, _ daemon: RealDaemon) async throws {
        let isDone = try await eventually(within: .seconds(90)) { acme.confirmations().count >= count }
        #expect(isDone, "\(daemon.log.suffix(3000))")
        let once = Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, 1) })
        #expect(acme.confirmations() == once)
        #expect(try acme.opened(daemon) == once)
        // Numbers of tickets have no gaps, whichever engine gave them.
        let keys = try daemon.events("acme").compactMap { $0.firstMatch(of: /"subject":"(ACME-\d+)"/)?.output.1 }
        #expect(Set(keys.map(String.init)) == Set((1...count).map { "ACME-\($0)" }))
    }

    @Test func aDeskMovesIntoTheDatabaseAndBack() async throws {
        let before = try withFile()
        try await before.start()
        let applied = try before.apply(registry([acme]))
        try #require(applied.status == 0, "\(applied.errors)")
        try acme.dovecot.deliver(acme.mails(0..<3))
        try await expectDone(3, before)
        // What cannot be sent yet comes along.
        acme.postfix.stop()
        try acme.dovecot.deliver(acme.mails(3..<5))
        #expect(try await eventually { try acme.opened(before).count == 5 })
        #expect(before.stop() == 0)
        try expectSound(before)

        let moved = try withDatabase()
        expectMoved(try migrate(moved, "sqlite", "postgres"), "malote.db was left as it was")
        try expectSound(moved)
        try acme.postfix.startAgain()
        let restored = try DatabaseHall.maloted(
            ["restore", "--config", moved.configFile, place + "/state/malote.db"])
        #expect(restored.status == 78 && restored.errors.contains("migrate-store --from sqlite"), "\(restored.errors)")
        try await moved.start()
        try acme.dovecot.deliver(acme.mails(5..<7))
        try await expectDone(7, moved)
        try expectSound(moved)
        let running = try migrate(moved, "postgres", "sqlite")
        #expect(running.status == 75 && running.errors.contains("Another maloted"), "\(running.errors)")
        #expect(moved.stop() == 0)
        try expectSound(moved)

        let file = place + "/state/malote.db"
        let taken = try migrate(moved, "postgres", "sqlite")
        #expect(taken.status == 74 && taken.errors.contains("Move it away first."), "\(taken.errors)")
        for name in [file, file + "-wal", file + "-shm"] where FileManager.default.fileExists(atPath: name) {
            try FileManager.default.moveItem(atPath: name, toPath: name + ".former")
        }
        expectMoved(try migrate(moved, "postgres", "sqlite"), "Take `database` out of malote.yaml")
        let back = try withFile()
        try expectSound(back)
        try await back.start()
        try acme.dovecot.deliver(acme.mails(7..<9))
        try await expectDone(9, back)
        #expect(back.stop() == 0)
        try expectSound(back)
    }
}
