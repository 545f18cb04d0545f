// A backup on its way to its place: whole and durable there, or not there at all; knows nothing of what it holds.

import Foundation

/// Written beside its place under another name, for its owner alone.
final class BackupFile {
    private let path: String
    private let draft: String
    private var descriptor: Int32
    private var code: Int32 = 0
    private(set) var octets = 0
    /// The first octets, which tell what it is.
    private var head: [UInt8] = []
    private static let headSize = 100

    /// - Parameter path: `-` for standard output.
    /// - Throws: `Stop.refused` if the file is there and `replaces` is false.
    init(_ path: String, replaces: Bool) throws {
        self.path = path
        draft = path + ".part"
        guard path != "-" else {
            descriptor = STDOUT_FILENO
            return
        }
        guard replaces || access(path, F_OK) != 0 else {
            throw Stop.refused("\(path) is there already. Choose another name, or say --force.")
        }
        unlink(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Stop.refused("The file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    /// One that was not finished leaves nothing.
    deinit {
        guard path != "-", descriptor >= 0 else { return }
        close(descriptor)
        unlink(draft)
    }

    var failure: Stop? {
        code == 0 ? nil : Stop.refused("The file \(path) cannot be written: \(String(cString: strerror(code))).")
    }

    /// - Returns: whether all is written.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if head.count < Self.headSize { head += bytes.prefix(Self.headSize - head.count) }
        octets += bytes.count
        code = Octets.write(bytes, to: descriptor)
        return code == 0
    }

    /// Puts it in its place.
    /// - Throws: `Stop.refused` unless it is whole and on the disk.
    func finish() throws {
        guard octets > 0, octets == declared else {
            throw Stop.refused("The backup is not whole: \(octets) octets came of \(declared ?? 0).")
        }
        guard path != "-" else { return }
        guard fsync(descriptor) == 0, rename(draft, path) == 0, Self.syncFolder(of: path) else {
            throw Stop.refused("The file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        close(descriptor)
        descriptor = -1
    }

    /// What its header says of its size: octets of a page times pages (https://sqlite.org/fileformat2.html §1.3).
    private var declared: Int? {
        guard head.count == Self.headSize, head.starts(with: Array("SQLite format 3\0".utf8)) else { return nil }
        let page = Int(head[16]) << 8 | Int(head[17])
        let pages = head[28..<32].reduce(0) { $0 << 8 | Int($1) }
        return (page == 1 ? 65_536 : page) * pages
    }

    private static func syncFolder(of path: String) -> Bool {
        let parent = (path as NSString).deletingLastPathComponent
        let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }
}

/// Backups that are named by their time, in one folder.
struct BackupFolder {
    let path: String

    /// The next one: `malote-2027-01-15T101530.db`, in UTC.
    func name(at time: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyy-MM-dd'T'HHmmss"
        return path + "/malote-\(format.string(from: time)).db"
    }

    /// Names of this form sort by their time.
    static func isOurs(_ name: String) -> Bool { name.wholeMatch(of: /malote-\d{4}-\d\d-\d\dT\d{6}\.db/) != nil }

    /// Removes the oldest, and never what has another name.
    /// - Returns: the names that are gone.
    func removeAll(but last: Int) throws -> [String] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw Stop.refused("The folder \(path) cannot be read: \(error.localizedDescription)")
        }
        let old = names.filter(Self.isOurs).sorted().dropLast(last)
        for name in old where unlink(path + "/" + name) != 0 {
            throw Stop.refused("\(path)/\(name) cannot be removed: \(String(cString: strerror(errno))).")
        }
        return Array(old)
    }
}
