// Backups, restores, checks and keys as an operator meets them, with the real binaries.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@Suite(.serialized) struct CareTests {
    private static let canary = "canary-Pässword-8c1e5a"

    /// A daemon with a mailbox whose password is stored, and a contract.
    private func desk(in folder: TemporaryFolder, credentials: String? = nil) async throws -> RealDaemon {
        let daemon = try RealDaemon(in: folder.path + "/desk")
        try await daemon.start(environment: credentials.map { ["CREDENTIALS_DIRECTORY": $0] } ?? [:])
        let added = try daemon.ctl(
            [
                "mailbox", "add", "--name", "acme-in", "--type", "inbox", "--server", "127.0.0.1", "--port", "1",
                "--provider", "imaps", "--user", "help@acme.example", "--password-stdin",
            ], input: Self.canary + "\n")
        try #require(added.status == 0, "\(added.errors)")
        let contract = try daemon.ctl(
            "contract", "add", "--name", "acme", "--prefix", "ACME", "--inbox", "acme-in")
        try #require(contract.status == 0, "\(contract.errors)")
        return daemon
    }

    private func maloted(_ words: String...) throws -> ProgramResult {
        try Program.run(RealDaemon.binary("maloted"), words)
    }

    private func state(_ daemon: RealDaemon) -> String { daemon.folder + "/state" }

    // MARK: - Backup and restore

    @Test func aBackupIsMadeCheckedAndRestored() async throws {
        let folder = try TemporaryFolder()
        let daemon = try await desk(in: folder)
        let file = folder.path + "/backup.db"
        let made = try daemon.ctl("backup", file)
        #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        #expect(made.errors.contains("keep malote.key"))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let again = try daemon.ctl("backup", file)
        #expect(again.status == 1 && again.errors.contains("--force"))
        #expect(try daemon.ctl("backup", file, "--force").status == 0)
        #expect(try daemon.ctl("backup", folder.path + "/nowhere/x.db").status == 1)
        #expect(try daemon.ctl("backup").status == 2)
        #expect(try daemon.ctl("audit").output.contains("backup"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: state(daemon) + "/spool").isEmpty)
        // What happens after it is not in it.
        #expect(try daemon.ctl("contract", "add", "--name", "late", "--prefix", "LATE").status == 0)

        let checked = try maloted("check", "--config", daemon.configFile, file)
        #expect(checked.status == 0 && checked.output.contains("Nothing is wrong."), "\(checked.output)")
        let live = try maloted("check", "--config", daemon.configFile, "--json")
        #expect(live.status == 0 && live.output.contains(#""complaints":[]"#), "\(live.errors)")
        let running = try maloted("restore", "--config", daemon.configFile, file)
        #expect(running.status == 75 && running.errors.contains("Another maloted"))

        #expect(daemon.stop() == 0)
        #expect(try maloted("restore", "--config", daemon.configFile, "--check", file).status == 0)
        let restored = try maloted("restore", "--config", daemon.configFile, file)
        #expect(restored.status == 0 && restored.output.contains("malote.db.before-"), "\(restored.errors)")
        try await daemon.start()
        #expect(try daemon.ctl("contract", "show", "late").status == 1)
        #expect(try daemon.ctl("key", "show").output.contains("current"))
        #expect(try daemon.ctl("mailbox", "show", "acme-in").status == 0)
        #expect(daemon.stop() == 0)
    }

    @Test func backupsByDateLeaveTheLastOnes() async throws {
        let folder = try TemporaryFolder()
        let daemon = try await desk(in: folder)
        let place = folder.path + "/backups"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let old = ["malote-2020-01-01T000000.db", "malote-2021-01-01T000000.db", "malote-2022-01-01T000000.db"]
        for name in old + ["notes.txt", "malote-mine.db"] {
            try Data([1]).write(to: URL(fileURLWithPath: place + "/" + name))
        }
        let made = try daemon.ctl("backup", "--dir", place, "--keep", "2", "--json")
        #expect(made.status == 0, "\(made.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
        #expect(
            names.count == 4 && names.contains(old[2]) && names.contains("notes.txt")
                && names.contains("malote-mine.db"))
        let written = try #require(names.first { $0.contains("T") && !old.contains($0) })
        #expect(written.wholeMatch(of: /malote-\d{4}-\d\d-\d\dT\d{6}\.db/) != nil)
        #expect(made.output.contains(written) && made.output.contains(old[0]))
        #expect(try daemon.ctl("backup", "--dir", place, "--keep", "0").status == 2)
        #expect(try daemon.ctl("backup", "x.db", "--keep", "1").status == 2)
        #expect(daemon.stop() == 0)
    }

    // MARK: - Damage

    @Test func damageIsToldAndNeverSwallowed() async throws {
        let folder = try TemporaryFolder()
        let daemon = try await desk(in: folder)
        let backup = folder.path + "/backup.db"
        #expect(try daemon.ctl("backup", backup).status == 0)
        #expect(daemon.stop() == 0)
        let database = state(daemon) + "/malote.db"
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: database))
        try file.write(contentsOf: Data("Somebody wrote over this.".utf8))
        try file.close()
        let start = try maloted("--config", daemon.configFile, "--log", "text")
        #expect(start.status == 74 && start.errors.contains("restore it from a backup"), "\(start.errors)")
        let check = try maloted("check", "--config", daemon.configFile)
        #expect(check.status == 1 && check.output.contains("found: file"), "\(check.output)\(check.errors)")
        #expect(try maloted("restore", "--config", daemon.configFile, "--check", database).status == 65)
        #expect(try maloted("restore", "--config", daemon.configFile, database).status == 65)
        #expect(try maloted("check", "--config", daemon.configFile, "/nowhere.db").status == 74)
        #expect(try maloted("restore", "--config", daemon.configFile, backup).status == 0)
        try await daemon.start()
        #expect(try daemon.ctl("mailbox", "show", "acme-in").status == 0)
        #expect(daemon.stop() == 0)
    }

    // MARK: - Keys

    @Test func aKeyIsChangedWhileItRunsAndAfterwardsByCredential() async throws {
        let folder = try TemporaryFolder()
        let daemon = try await desk(in: folder)
        let before = FileManager.default.contents(atPath: state(daemon) + "/malote.key")
        let rotated = try daemon.ctl("key", "rotate")
        #expect(rotated.status == 0 && rotated.output.contains("2 secrets are sealed anew"), "\(rotated.errors)")
        #expect(FileManager.default.contents(atPath: state(daemon) + "/malote.key") != before)
        #expect(try daemon.ctl("audit").output.contains("key.rotate"))
        daemon.kill()
        let given = folder.path + "/credentials"
        try FileManager.default.createDirectory(atPath: given, withIntermediateDirectories: true)
        try Data(String(repeating: "a5", count: 32).utf8).write(to: URL(fileURLWithPath: given + "/malote.key"))
        try await daemon.start(environment: ["CREDENTIALS_DIRECTORY": given])
        #expect(daemon.log.contains("2 secrets are sealed anew"))
        #expect(!FileManager.default.fileExists(atPath: state(daemon) + "/malote.key"))
        let refused = try daemon.ctl("key", "rotate")
        #expect(refused.status == 1 && refused.errors.contains("malote.key.old"))
        #expect(try daemon.ctl("key", "show").output.contains("credential"))
        #expect(daemon.stop() == 0)
        let broken = folder.path + "/broken"
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: true)
        try Data("short".utf8).write(to: URL(fileURLWithPath: broken + "/malote.key"))
        await #expect(throws: Program.Failed.self) {
            try await daemon.start(environment: ["CREDENTIALS_DIRECTORY": broken])
        }
        #expect(daemon.log.contains("openssl rand -hex 32"))
    }

    // MARK: - Canary

    /// Raw, in Base64, in hex, in both orders of UTF-16, and as JSON and URLs write what is not ASCII.
    private static let disguises: [[UInt8]] = {
        let wide = Array(canary.utf16)
        let hex = Hexadecimal.encode(Array(canary.utf8))
        return Disguises(canary).forms + [
            Array(hex.utf8), Array(hex.uppercased().utf8), wide.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            wide.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, Array("ssword-8c1e5a".utf8),
        ]
    }()

    private func found(_ octets: Data) -> Bool {
        Self.disguises.contains { octets.range(of: Data($0)) != nil }
    }

    @Test func aStoredPasswordIsNowhereToBeRead() async throws {
        #expect(found(Data("x \(Self.canary) y".utf8)))
        let folder = try TemporaryFolder()
        let daemon = try await desk(in: folder)
        // It has been tried, with what that says.
        #expect(try await eventually { try daemon.ctl("status", "--json").output.contains("\"failure\":{") })
        for words in [
            ["mailbox", "test", "acme-in"], ["poll", "acme-in"], ["mailbox", "show", "acme-in"], ["export"],
            ["mailbox", "list", "--json"], ["status", "--json"], ["audit", "--json"], ["key", "show"],
            ["contract", "show", "acme", "--json"], ["backup", "-"],
        ] {
            let said = try daemon.ctl(words)
            #expect(!found(Data((said.output + said.errors).utf8)), "malotectl \(words)")
        }
        #expect(try daemon.ctl("backup", folder.path + "/one.db").status == 0)
        #expect(try daemon.ctl("key", "rotate").status == 0)
        #expect(try daemon.ctl("backup", folder.path + "/two.db").status == 0)
        try expectNothing(in: folder.path)
        try expectNothingInProcesses(of: daemon)
        daemon.kill()
        try expectNothing(in: folder.path)
    }

    private func expectNothing(in folder: String) throws {
        var files = 0
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard let octets = FileManager.default.contents(atPath: folder + "/" + file) else { continue }
            files += 1
            #expect(!found(octets), "\(file)")
        }
        #expect(files > 5)
    }

    /// The daemon's two processes, by their configuration file.
    private func expectNothingInProcesses(of daemon: RealDaemon) throws {
        var processes = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(name) != nil {
            let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            guard words.range(of: Data(daemon.configFile.utf8)) != nil else { continue }
            processes += 1
            #expect(!found(words) && !found(FileManager.default.contents(atPath: "/proc/\(name)/environ") ?? Data()))
        }
        #expect(processes == 2)
    }
}
