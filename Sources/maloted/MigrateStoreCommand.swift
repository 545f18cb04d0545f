// `maloted migrate-store`: brings the state from a file into PostgreSQL or back, with the daemon stopped.

import Foundation
import MaloteCore
import MaloteRuntime
import MaloteStore

/// Exit status: 0 done, 64 (`EX_USAGE`) if it is not said from where to where, 78 (`EX_CONFIG`) for a configuration that
/// names no database, 75 (`EX_TEMPFAIL`) if a daemon is at work or the database is not reached, 77 (`EX_NOPERM`) if it lets
/// nobody in, 74 (`EX_IOERR`) for everything else.
struct MigrateStoreCommand {
    enum Place: String { case sqlite, postgres }

    var from: Place?
    var to: Place?

    func run(configFile: String) async -> Int32 {
        guard let from, let to, from != to else {
            CheckCommand.say("migrate-store needs --from sqlite --to postgres, or the other way round.")
            return EX_USAGE
        }
        let folder: StateFolder
        let settings: PostgresSettings
        do throws(Failure) {
            guard let config = try CheckCommand.config(configFile, isNeeded: true) else { return EX_CONFIG }
            guard let found = try await StateStore.settings(config, FileSecretReader()) else {
                CheckCommand.say("\(configFile) names no database: write database: postgres://USER@HOST/NAME")
                return EX_CONFIG
            }
            settings = found
            folder = try StateFolder(config.state)
        } catch { return tell(error) }
        do throws(Failure) {
            let copy = StoreCopy(folder, settings) { print($0) }
            let report = from == .sqlite ? try copy.toPostgres() : try copy.toSQLite()
            try check(settings, folder, to)
            print("\(report.rows) rows of \(report.tables.count) tables are the same on both sides.")
            print(from == .sqlite ? Self.afterwards : Self.back)
            return 0
        } catch { return tell(error) }
    }

    /// As `maloted check` does it: what was wrong before is told, and is no fault of the copy.
    private func check(_ settings: PostgresSettings, _ folder: StateFolder, _ to: Place) throws(Failure) {
        let vault = try Vault.present(in: folder.path)
        let report =
            to == .postgres
            ? try PostgresCheck(settings, vault: vault).run()
            : try StoreCheck(folder.path + "/malote.db", isLive: false, vault: vault).run()
        CheckCommand.print(report)
    }

    private static let afterwards = """
        Start maloted now: it works on the database from now on. Every further node needs the same malote.key and the same \
        `database`. The file malote.db was left as it was: move it away once nothing is missed.
        """
    private static let back = """
        Take `database` out of malote.yaml and start maloted: it works on malote.db from now on. The database was left as it \
        was; a node that is started on it again would poll and send beside this one.
        """

    private func tell(_ failure: Failure) -> Int32 {
        CheckCommand.say(failure.description)
        return failure.taskStatus
    }
}
