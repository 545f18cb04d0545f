// `maloted parse`: prints what is understood of mails in files; needs no daemon, no store, no configuration.

import Foundation
import MaloteCore
import MaloteDesk
import MaloteMessage
import MaloteStore

/// One JSON object a line. A file that cannot be read is named on standard error, and the others are still parsed.
struct ParseCommand {
    /// What was typed: files, and folders when each line is to name its file.
    var paths: [String] = []
    var namesFiles = false

    private let hashing = OpenSSLHashing()

    /// - Returns: the exit status: `EX_NOINPUT` if any file could not be read.
    func run() -> Int32 {
        var isComplete = true
        for path in paths {
            for file in files(path) where !parse(file, in: path) { isComplete = false }
        }
        return isComplete ? 0 : EX_NOINPUT
    }

    /// - Returns: the file itself, or all files below a folder in the order of their names.
    private func files(_ path: String) -> [String] {
        var isFolder: ObjCBool = false
        guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
        else { return [path] }
        let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return below.map { path + "/" + $0 }.filter(Self.isFile).sorted()
    }

    private static func isFile(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    private func parse(_ file: String, in folder: String) -> Bool {
        do {
            let raw = try Self.read(file)
            let digest = raw.withUnsafeBytes { hashing.sha256($0) }
            let view = try MailCodec(hashing: hashing).view(RawMessage(raw))
            let name = file.hasPrefix(folder + "/") ? String(file.dropFirst(folder.count + 1)) : file
            let line = ParsedMail(view, size: raw.count, sha256: digest).json(file: namesFiles ? name : nil)
            print(line)
            return true
        } catch {
            FileHandle.standardError.write(Data("maloted: \(file): \(error.localizedDescription)\n".utf8))
            return false
        }
    }

    private static func read(_ file: String) throws -> [UInt8] {
        if file == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        var facts = stat()
        fstat(descriptor, &facts)
        var octets: [UInt8] = []
        // One more than it has, so that the end shows at once.
        var room = max(Int(facts.st_size), 0) + 1
        while true {
            let before = octets.count
            octets.append(contentsOf: repeatElement(0, count: room))
            let count = octets.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + before }, room)
            }
            octets.removeLast(room - max(count, 0))
            if count == 0 { return octets }
            guard count > 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            room = max(room - count, 1 << 16)
        }
    }
}
