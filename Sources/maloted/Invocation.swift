// What was typed: options, and which of the daemon's tasks; knows no room.

import Foundation
import MaloteCore
import MaloteRuntime

struct Invocation {
    struct WrongUsage: Error { var text: String }

    private enum Task { case serve, checkConfig, check, restore, migrateStore, parse, version, help }

    private let words: [String]
    private var task = Task.serve
    /// Set in the worker: the pipe that ends with its master.
    private var lifeline: Int32?
    private var configFile = "/etc/malote/malote.yaml"
    private var parsing = ParseCommand()
    private var checking = CheckCommand()
    private var restoring = RestoreCommand()
    private var migrating = MigrateStoreCommand()
    private var logFormat = Log.defaultFormat
    private var logLevel = Log.Level.info

    init(_ words: [String]) throws(WrongUsage) {
        self.words = words
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            switch word {
            case "check-config": task = .checkConfig
            case "check" where task == .serve: task = .check
            case "restore" where task == .serve: task = .restore
            case "--json" where task == .check: checking.isJSON = true
            case "--check" where task == .restore: restoring.onlyChecks = true
            case "migrate-store" where task == .serve: task = .migrateStore
            case "parse" where task == .serve: task = .parse
            case "--jsonl" where task == .parse: parsing.namesFiles = true
            case "--version": task = .version
            case "--help", "-h", "help": task = .help
            case "--debug": logLevel = .debug
            case "--config", "--log", "--worker", "--from", "--to":
                guard index < words.count else { throw WrongUsage(text: "\(word) needs a value. See: maloted --help") }
                try take(word, words[index])
                index += 1
            default: try take(file: word)
            }
        }
        if task == .parse, parsing.paths.isEmpty {
            throw WrongUsage(text: "parse needs a file, or - for standard input. See: maloted --help")
        }
        if task == .restore, restoring.file == nil {
            throw WrongUsage(text: "restore needs a backup file. See: maloted --help")
        }
    }

    private mutating func take(file word: String) throws(WrongUsage) {
        switch task {
        case .parse where word == "-" || !word.hasPrefix("-"): parsing.paths.append(word)
        case .check where checking.file == nil && !word.hasPrefix("-"): checking.file = word
        case .restore where restoring.file == nil && !word.hasPrefix("-"): restoring.file = word
        default: throw WrongUsage(text: "\"\(word)\" is not known. See: maloted --help")
        }
    }

    private mutating func take(_ option: String, _ value: String) throws(WrongUsage) {
        switch option {
        case "--config": configFile = value
        case "--worker": lifeline = Int32(value)
        case "--from" where task == .migrateStore: migrating.from = try Self.place(value)
        case "--to" where task == .migrateStore: migrating.to = try Self.place(value)
        case "--from", "--to": throw WrongUsage(text: "\(option) belongs to migrate-store. See: maloted --help")
        default: try takeLog(value)
        }
    }

    private static func place(_ value: String) throws(WrongUsage) -> MigrateStoreCommand.Place {
        guard let place = MigrateStoreCommand.Place(rawValue: value) else {
            throw WrongUsage(text: "A store is sqlite or postgres, not \"\(value)\".")
        }
        return place
    }

    private mutating func takeLog(_ value: String) throws(WrongUsage) {
        guard let format = LogFormat(rawValue: value) else {
            throw WrongUsage(text: "--log takes journal, text or json, not \"\(value)\".")
        }
        logFormat = format
    }

    func run() async -> Int32 {
        switch task {
        case .help:
            print(Self.help)
            return 0
        case .version:
            print("maloted \(MaloteVersion.text)")
            return 0
        case .checkConfig: return checkConfig()
        case .check: return await checking.run(configFile: configFile)
        case .restore: return restoring.run(configFile: configFile)
        case .migrateStore: return await migrating.run(configFile: configFile)
        case .parse: return parsing.run()
        case .serve: return await serve()
        }
    }

    private func checkConfig() -> Int32 {
        guard load() != nil else { return EX_CONFIG }
        print("\(configFile) is good")
        return 0
    }

    private func serve() async -> Int32 {
        ProcessMemory.keepPrivate()
        let log = Log.to(logFormat, level: logLevel)
        guard let config = load() else { return EX_CONFIG }
        guard let lifeline else { return Master.run(words) }
        Master.inheritFromSystemd()
        return await Daemon.run(config, file: configFile, lifeline: lifeline, log: log)
    }

    /// - Returns: `nil` if something is wrong with it, which is told.
    private func load() -> DaemonConfig? {
        do {
            let config = try DaemonConfig.load(configFile)
            try StateStore.verify(config)
            return config
        } catch let errors as DocumentErrors {
            tell(errors)
        } catch { CheckCommand.say("\(configFile): \(error)") }
        return nil
    }

    private func tell(_ errors: DocumentErrors) {
        for error in errors.errors {
            FileHandle.standardError.write(Data("maloted: \(configFile): \(error)\n".utf8))
        }
    }

    private static let help = """
        maloted: the mail room of a service desk. Polls contracts' inboxes, opens tickets, sends notifications.

        Usage: maloted [--config FILE] [--log journal|text|json] [--debug]
               maloted check-config [--config FILE]
               maloted check [--config FILE] [--json] [BACKUP]
               maloted restore [--config FILE] [--check] BACKUP
               maloted migrate-store --from sqlite|postgres --to postgres|sqlite [--config FILE]
               maloted parse FILE...
               maloted parse --jsonl FOLDER...

          --config FILE  the daemon's configuration (default /etc/malote/malote.yaml)
          --log FORMAT   journal under systemd, else text on standard error
          --debug        log more
          check-config   read the configuration, say what is wrong with it, and end
          check          verify the database, also beside a running daemon, or a backup; exit status 1 if something is wrong
          restore        check a backup and put it in the database's place, with the daemon stopped; --check only checks
          migrate-store  bring the state from a file into the database of malote.yaml, or back, with the daemon stopped
          parse          print what is understood of a mail, as JSON, one line a file; - is standard input
          --jsonl        name the file on each line; folders are read with all that is below them

        SIGTERM and SIGINT stop in order, SIGHUP reloads. Mailboxes and contracts are registered with malotectl.
        """
}
