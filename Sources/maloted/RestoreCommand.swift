// `maloted restore`: checks a backup and puts it in the place of the database, with the daemon stopped.

import Foundation
import MaloteCore
import MaloteRuntime
import MaloteStore

/// Exit status: 0 done, 65 (`EX_DATAERR`) if the backup is not sound, 66 (`EX_NOINPUT`) if it cannot be read, 75
/// (`EX_TEMPFAIL`) if a daemon is running, 74 (`EX_IOERR`) for the state folder and its disk.
struct RestoreCommand {
    var file: String?
    /// Only checks the backup.
    var onlyChecks = false

    func run(configFile: String) -> Int32 {
        guard let file else { return EX_USAGE }
        let report: CheckReport
        let state: String
        do throws(Failure) {
            guard let config = try CheckCommand.config(configFile, isNeeded: true) else { return EX_CONFIG }
            try Self.refuseDatabase(config)
            state = config.state
        } catch { return tell(error, EX_CONFIG) }
        do throws(Failure) {
            try Self.refuseLog(file)
            report = try StoreCheck(file, isLive: false, vault: Vault.present(in: state)).run()
        } catch { return tell(error, EX_NOINPUT) }
        CheckCommand.print(report)
        guard report.isSound else {
            CheckCommand.say("\(file) is not sound: it is not restored.")
            return EX_DATAERR
        }
        return onlyChecks ? 0 : restore(file, to: state)
    }

    private func restore(_ file: String, to state: String) -> Int32 {
        let folder: StateFolder
        do throws(Failure) { folder = try StateFolder(state) } catch {
            return tell(error, error.taskStatus)
        }
        do throws(Failure) {
            let former = try StoreRestore(folder).run(file, now: SystemTime().now())
            print("\(file) is restored as \(folder.path)/malote.db.")
            if let former { print("The former database is kept as \(former); remove it when nothing is missed.") }
            print(Self.next)
            return 0
        } catch { return tell(error, EX_IOERR) }
    }

    private static let next = """
        Start maloted now. Mail that came after the backup is fetched again where it is still on its server, and events
        and notifications of that time happen again. Passwords open if malote.key, or the credential of that name, is the
        one that the backup was made with; otherwise enter them again.
        """

    private static func refuseDatabase(_ config: DaemonConfig) throws(Failure) {
        guard config.database != nil else { return }
        throw Failure(
            .operatorNeeded, .registry,
            "The state is in PostgreSQL: it is restored there, with pg_restore or its own means.",
            remedy: "To bring a backup of a file there, take `database` out of malote.yaml, restore it, put `database` "
                + "back in, and run: maloted migrate-store --from sqlite --to postgres")
    }

    /// A log beside it holds a part of it.
    private static func refuseLog(_ file: String) throws(Failure) {
        var facts = stat()
        guard stat(file + "-wal", &facts) == 0, facts.st_size > 0 else { return }
        throw Failure(
            .operatorNeeded, .storage,
            "\(file) has a log beside it, \(file)-wal: it is no backup, but a copied database.",
            remedy: "Bring the log in first, in a copy of both: sqlite3 FILE 'PRAGMA wal_checkpoint(TRUNCATE)'.")
    }

    private func tell(_ failure: Failure, _ status: Int32) -> Int32 {
        CheckCommand.say(failure.description)
        return status
    }
}
