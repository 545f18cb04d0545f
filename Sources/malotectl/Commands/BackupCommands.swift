// backup: a copy of the whole database, taken while maloted runs.

import Foundation
import MaloteCore

enum BackupCommands {
    static let all = [
        Command(
            words: ["backup"], positional: ["[FILE]"],
            options: [
                .init(name: "--dir", value: "FOLDER", help: "write malote-YYYY-MM-DDTHHMMSS.db (UTC) in this folder"),
                .init(name: "--keep", value: "NUMBER", help: "with --dir: remove the oldest of these beyond so many"),
                .init(name: "--force", help: "replace FILE if it is there"),
            ], summary: "Copy the whole database as it is now into a file (mode 0600); - is standard output",
            details: "The copy is consistent, and maloted goes on meanwhile. It holds no key: keep malote.key too, "
                + "elsewhere. Check a copy with: maloted check FILE. Restore it with: maloted restore FILE.",
            run: backup)
    ]

    private struct Done: Encodable {
        var file: String
        var octets: Int
        var removed: [String]
    }

    private static func backup(_ session: Session) throws {
        let arguments = session.arguments
        let folder = arguments.value("--dir").map(BackupFolder.init)
        guard (folder == nil) != arguments.positional.isEmpty else {
            throw Stop.usage("Name a FILE, or a folder with --dir.")
        }
        let keep = try keep(arguments, folder)
        let path = folder?.name(at: Date()) ?? arguments.positional[0]
        let file = try BackupFile(path, replaces: arguments.has("--force"))
        try fetch(session, file)
        try file.finish()
        let removed = try keep.flatMap { try folder?.removeAll(but: $0) } ?? []
        try tell(Done(file: path, octets: file.octets, removed: removed), session)
    }

    private static func keep(_ arguments: Arguments, _ folder: BackupFolder?) throws -> Int? {
        guard let text = arguments.value("--keep") else { return nil }
        guard folder != nil else { throw Stop.usage("--keep goes with --dir.") }
        guard let number = Int(text), number > 0 else { throw Stop.usage("--keep needs a number above 0.") }
        return number
    }

    private static func fetch(_ session: Session, _ file: BackupFile) throws {
        let isWatched = isatty(STDERR_FILENO) == 1
        var shown = 0
        do {
            try session.download(["backup"], query: [], method: "POST") { octets in
                guard file.write(octets) else { return false }
                if isWatched, file.octets - shown >= 1 << 20 {
                    shown = file.octets
                    say("\r\(size(shown))")
                }
                return true
            }
        } catch { throw file.failure ?? error }
        if shown > 0 { say("\r\u{1B}[K") }
    }

    /// Standard output may be the copy itself.
    private static func tell(_ done: Done, _ session: Session) throws {
        if session.isJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = String(decoding: try encoder.encode(done), as: UTF8.self) + "\n"
            return done.file == "-" ? say(line) : print(line, terminator: "")
        }
        let place = done.file == "-" ? "standard output" : done.file.printable
        say("\(place): \(size(done.octets)), a copy of the whole database\n")
        for name in done.removed { say("removed \(name)\n") }
        say("No key is in it: keep malote.key of the state directory, too, and elsewhere.\n")
    }

    private static func size(_ octets: Int) -> String {
        octets < 10 << 20 ? "\(octets >> 10) KiB" : "\(octets >> 20) MiB"
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
