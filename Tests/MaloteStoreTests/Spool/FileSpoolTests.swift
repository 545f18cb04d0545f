// What the spool promises: all octets back, nothing by name, nothing left behind, and a clear word when the disk is full.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct FileSpoolTests {
    private static func octets(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    /// Descriptors of this process that lead into a folder, by number.
    private func open(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
                .hasPrefix(folder + "/spool/") == true
        }
    }

    // MARK: - Octets

    static let sizes = [
        0, 1, RawMessage.pieceSize - 1, RawMessage.pieceSize, RawMessage.pieceSize + 1, 3 * RawMessage.pieceSize + 5,
    ]

    @Test(arguments: sizes, [true, false])
    func whatWasAppendedReadsBack(size: Int, nameless: Bool) async throws {
        let disk = try Disk()
        let writer = try await FileSpool(folder: disk.state, makesNameless: nameless).open()
        let octets = Self.octets(size)
        for start in stride(from: 0, to: size, by: 100_000) {
            try await writer.append(Array(octets[start..<min(start + 100_000, size)]))
        }
        try await writer.append([])
        let raw = try await writer.finish()
        #expect(raw.size == size && raw.isSpooled)
        let isWhole = try raw.bytes() == octets
        #expect(isWhole)
        if size > 0 { #expect(try raw.piece(from: size - 1) == [octets[size - 1]]) }
        var longest = 0
        try raw.forEachPiece { longest = max(longest, $0.count) }
        #expect(longest <= RawMessage.pieceSize)
    }

    @Test func manyMailsDoNotMix() async throws {
        let disk = try Disk()
        let spool = try FileSpool(folder: disk.state)
        let mails = try await withThrowingTaskGroup(of: (UInt8, RawMessage).self) { group in
            for number in UInt8(1)...40 {
                group.addTask {
                    let writer = try await spool.open()
                    for _ in 0..<20 { try await writer.append([UInt8](repeating: number, count: 10_000)) }
                    return (number, try await writer.finish())
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(mails.count == 40)
        for (number, raw) in mails {
            let isPure = try raw.bytes() == [UInt8](repeating: number, count: 200_000)
            #expect(isPure)
        }
    }

    @Test func whatUseThrowsComesThrough() async throws {
        let disk = try Disk()
        let writer = try await FileSpool(folder: disk.state).open()
        try await writer.append([1])
        let raw = try await writer.finish()
        let refusal = Failure(.permanent, .rejected, "No.")
        #expect(throws: refusal) { try raw.forEachPiece { _ throws(Failure) in throw refusal } }
    }

    // MARK: - Files

    @Test(arguments: [true, false])
    func aMailHasNoNameAndIsPrivate(nameless: Bool) async throws {
        let disk = try Disk()
        let spool = try FileSpool(folder: disk.state, makesNameless: nameless)
        let writer = try await spool.open()
        try await writer.append(Self.octets(10))
        #expect(try disk.mode(of: "spool") == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path + "/spool") == [])
        let descriptors = try open(in: disk.path)
        #expect(descriptors.count == 1)
        for descriptor in descriptors.compactMap({ Int32($0) }) {
            var status = stat()
            #expect(fstat(descriptor, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600 && status.st_nlink == 0)
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        }
        _ = try await writer.finish()
    }

    /// The spool's thread closes in order: whoever opens after a mail has gone finds it closed.
    @Test func aMailThatNobodyHoldsIsClosed() async throws {
        let disk = try Disk()
        let spool = try FileSpool(folder: disk.state)
        var raw: RawMessage?
        do {
            let writer = try await spool.open()
            try await writer.append([1, 2, 3])
            raw = try await writer.finish()
            // A second one is dropped in its middle.
            try await spool.open().append([4])
        }
        let last = try await spool.open()
        #expect(try open(in: disk.path).count == 2)
        #expect(try raw?.bytes() == [1, 2, 3])
        raw = nil
        let next = try await spool.open()
        #expect(try open(in: disk.path).count == 2)
        try await last.append([5])
        try await next.append([6])
    }

    @Test func aMailOutlivesItsSpool() async throws {
        let disk = try Disk()
        var spool: FileSpool? = try FileSpool(folder: disk.state)
        let writer = try #require(try await spool?.open())
        spool = nil
        try await writer.append([1, 2, 3])
        #expect(try await writer.finish().bytes() == [1, 2, 3])
    }

    @Test func whatACrashLeftIsRemoved() throws {
        let disk = try Disk()
        _ = try FileSpool(folder: disk.state)
        try Data([1]).write(to: URL(fileURLWithPath: disk.path + "/spool/1x2y3z"))
        _ = try FileSpool(folder: disk.state)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path + "/spool") == [])
    }

    @Test(arguments: ["a file", "a link"])
    func whatLiesInItsPlaceIsNamed(what: String) throws {
        let disk = try Disk()
        let place = disk.path + "/spool"
        let other = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: other.path + "/precious"))
        if what == "a link" {
            try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: other.path)
        } else {
            try Data().write(to: URL(fileURLWithPath: place))
        }
        let failure = #expect(throws: Failure.self) { try FileSpool(folder: disk.state) }
        #expect(failure?.kind == .operatorNeeded && failure?.cause == .storage)
        #expect(failure?.detail.contains(place) == true)
        #expect(FileManager.default.fileExists(atPath: other.path + "/precious"))
    }

    // MARK: - Faults

    private func file(_ path: String, _ flags: Int32) -> SpoolFile {
        SpoolFile(Foundation.open(path, flags | O_CLOEXEC), BlockingExecutor(label: "test"))
    }

    @Test func aFullDiskIsCalledOne() async {
        let full = file("/dev/full", O_RDWR)
        let failure = await #expect(throws: Failure.self) { try await full.append([1]) }
        #expect(failure?.kind == .operatorNeeded && failure?.cause == .diskFull)
        #expect(failure?.remedy.contains("Free space") == true)
    }

    @Test func aDiskThatFailsIsCalledOne() async throws {
        let closed = file("/dev/null", O_RDONLY)
        let failure = await #expect(throws: Failure.self) { try await closed.append([1]) }
        #expect(failure?.kind == .transient && failure?.cause == .storage && failure?.remedy.isEmpty == false)
    }

    /// Less is there than was written: the disk has lost it, or somebody has cut it.
    @Test func aMailThatHasBecomeShorterIsNotReadAsWhole() async throws {
        let disk = try Disk()
        let writer = try await FileSpool(folder: disk.state).open()
        try await writer.append(Self.octets(1000))
        let raw = try await writer.finish()
        for descriptor in try open(in: disk.path).compactMap({ Int32($0) }) { ftruncate(descriptor, 500) }
        let failure = #expect(throws: Failure.self) { try raw.bytes() }
        #expect(failure?.cause == .storage)
    }

    @Test func aFolderThatHasGoneIsCalledSo() async throws {
        let disk = try Disk()
        let spool = try FileSpool(folder: disk.state)
        try FileManager.default.removeItem(atPath: disk.path + "/spool")
        let failure = await #expect(throws: Failure.self) { _ = try await spool.open() }
        #expect(failure?.cause == .storage && failure?.detail.contains("No such file") == true)
    }
}
