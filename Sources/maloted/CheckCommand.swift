// `maloted check`: verifies the store, beside a running daemon or in a file, and says what it found; changes nothing.

import Foundation
import MaloteCore
import MaloteRuntime
import MaloteStore

/// Exit status: 0 sound, 1 something was found, 74 (`EX_IOERR`) if it cannot be read, 77 (`EX_NOPERM`) without the key or
/// the password that it takes.
struct CheckCommand {
    /// `nil` for the daemon's own store.
    var file: String?
    var isJSON = false

    func run(configFile: String) async -> Int32 {
        do throws(Failure) {
            let report = try await check(configFile)
            if isJSON { try Self.printJSON(report) } else { Self.print(report) }
            return report.isSound ? 0 : 1
        } catch {
            Self.say(error.description)
            return error.cause == .registry ? EX_CONFIG : error.exitStatus
        }
    }

    private func check(_ configFile: String) async throws(Failure) -> CheckReport {
        let config = try Self.config(configFile, isNeeded: file == nil)
        let vault = try config.flatMap { config throws(Failure) in try Vault.present(in: config.state) }
        if let file { return try StoreCheck(file, isLive: false, vault: vault).run() }
        if let config, let settings = try await StateStore.settings(config, FileSecretReader()) {
            return try PostgresCheck(settings, vault: vault).run()
        }
        return try StoreCheck((config?.state ?? "") + "/malote.db", isLive: true, vault: vault).run()
    }

    /// A file can be checked without it, but for its secrets.
    /// - Throws: `Failure(.operatorNeeded, .registry)` for a configuration with errors.
    static func config(_ configFile: String, isNeeded: Bool) throws(Failure) -> DaemonConfig? {
        do throws(DocumentErrors) { return try DaemonConfig.load(configFile) } catch {
            guard isNeeded else { return nil }
            throw Failure(
                .operatorNeeded, .registry, "\(configFile): \(error.errors.first?.description ?? "")",
                remedy: "Name the daemon's configuration with --config.")
        }
    }

    // MARK: - Words

    static func say(_ text: String) { FileHandle.standardError.write(Data("maloted: \(text)\n".utf8)) }

    static func print(_ report: CheckReport) {
        Swift.print("\(report.file): schema \(report.schema)")
        for line in report.lines {
            let verdict = line.complaints == 0 ? "" : ", \(line.complaints) wrong"
            Swift.print("  \(line.rule): \(line.checked) checked\(verdict)")
        }
        for complaint in report.complaints {
            Swift.print("found: \(complaint.rule): \(complaint.row): \(complaint.text)")
        }
        for note in report.notes { Swift.print("note: \(note)") }
        let wrong = report.lines.reduce(0) { $0 + $1.complaints }
        Swift.print(wrong == 0 ? "Nothing is wrong." : "\(wrong) things are wrong.")
    }

    /// One object a line.
    private static func printJSON(_ report: CheckReport) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(report) else {
            throw Failure(.transient, .defect, "The report could not be written as JSON.")
        }
        Swift.print(String(decoding: data, as: UTF8.self))
    }
}
