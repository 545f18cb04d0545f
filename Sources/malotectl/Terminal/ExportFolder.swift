// A folder of exported files, which are nobody else's business; knows nothing of what they hold.

import Foundation

struct ExportFolder {
    let path: String

    /// Makes the folder if it is not there, for its owner alone.
    init(_ parent: String, _ name: String) throws {
        path = parent + "/" + name
        for folder in [path, path + "/messages", path + "/notifications"] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch { throw Stop.refused("The folder \(folder) cannot be made: \(error.localizedDescription)") }
        }
    }

    func write(_ name: String, _ data: Data) throws {
        let file = try lines(name)
        try file.append(data)
    }

    /// A file to be written from its start.
    func lines(_ name: String) throws -> ExportFile { try ExportFile(path + "/" + name) }

    /// A mail, unless it is there already: written beside its place and moved there when it is whole. One that is not kept
    /// any more leaves no file.
    /// - Parameter size: what it has then; `nil` if only its being there can tell.
    func mail(
        _ name: String, size: Int?, _ download: (@escaping (UnsafeRawBufferPointer) -> Bool) throws -> Void
    ) throws {
        let place = path + "/" + name
        if let there = try? FileManager.default.attributesOfItem(atPath: place)[.size] as? Int {
            if size == nil || size == there { return }
        }
        let file = try ExportFile(place + ".part")
        do {
            try download { octets in file.write(octets) }
        } catch Stop.gone {
            unlink(place + ".part")
            return
        } catch {
            throw file.failure ?? error
        }
        guard rename(place + ".part", place) == 0 else {
            throw Stop.refused("The file \(place) cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}

/// One file under way.
final class ExportFile {
    private let path: String
    private let descriptor: Int32
    private var code: Int32 = 0

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Stop.refused("The file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    deinit { close(descriptor) }

    var failure: Stop? {
        code == 0 ? nil : Stop.refused("The file \(path) cannot be written: \(String(cString: strerror(code))).")
    }

    func append(_ data: Data) throws {
        _ = data.withUnsafeBytes { write($0) }
        if let failure { throw failure }
    }

    /// - Returns: whether all is written.
    func write(_ octets: UnsafeRawBufferPointer) -> Bool {
        code = Octets.write(octets, to: descriptor)
        return code == 0
    }
}

enum Octets {
    /// - Returns: the error number; 0 if all is written.
    static func write(_ octets: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = octets[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Foundation.write(descriptor, part.baseAddress, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}

/// A file with a JSON object on each line.
struct JSONLines {
    let path: String
    let lines: [Data]

    init(_ path: String) throws {
        self.path = path
        lines = Data(try Session.read(path)).split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }

    func decoded<Object: Decodable>() throws -> [Object] {
        try lines.enumerated().map { place, line in
            guard let object = try? JSONDecoder().decode(Object.self, from: line) else {
                throw Stop.refused("\(path), line \(place + 1), is damaged. Export the contract again.")
            }
            return object
        }
    }
}

extension Array {
    func pages(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
