// A copy is the database as it was at one moment, whatever is written meanwhile, and leaves nothing behind.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct SnapshotTests {
    private func write(_ snapshot: any StoreSnapshot, to path: String) async throws {
        var bytes = Data()
        while true {
            let piece = try await snapshot.piece(from: bytes.count)
            if piece.isEmpty { break }
            bytes += piece
        }
        #expect(bytes.count == snapshot.size)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test func underLoadACopyIsConsistent() async throws {
        let (disk, elsewhere) = (try Disk(), try TemporaryFolder())
        let store = try disk.open()
        try await WholeDesk.fill(store)
        let writing = Task {
            var number = 0
            while !Task.isCancelled {
                number += 1
                try await store.write { store in
                    for state in Delivery.State.allCases { _ = try store.newDelivery(state) }
                }
            }
            return number
        }
        for turn in 1...5 {
            let path = elsewhere.path + "/\(turn).db"
            try await write(try await store.snapshot(), to: path)
            let report = try StoreCheck(path, isLive: false, vault: store.vault).run()
            #expect(report.isSound, "\(report.complaints)")
            #expect(report.notes.isEmpty)
        }
        writing.cancel()
        #expect(try await writing.value > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path + "/spool").isEmpty)
    }

    @Test func aCopyHoldsNoKeyAndNoClearSecret() async throws {
        let (disk, elsewhere) = (try Disk(), try TemporaryFolder())
        let store = try disk.open()
        try await WholeDesk.fill(store)
        let path = elsewhere.path + "/copy.db"
        try await write(try await store.snapshot(), to: path)
        let copy = try #require(FileManager.default.contents(atPath: path))
        #expect(copy.range(of: Data("visible-user".utf8)) != nil)
        #expect(copy.range(of: disk.bytes(of: "malote.key")) == nil)
        for secret in [WholeDesk.password, WholeDesk.token] { #expect(copy.range(of: Data(secret.utf8)) == nil) }
    }

    @Test func oneAtATime() async throws {
        let disk = try Disk()
        let store = try disk.open()
        var held: (any StoreSnapshot)? = try await store.snapshot()
        let failure = await #expect(throws: Failure.self) { _ = try await store.snapshot() }
        #expect(failure?.kind == .transient && failure?.cause == .storage)
        #expect(held?.size ?? 0 > 0)
        held = nil
        // The last holder's end is noticed on the copies' own thread.
        for _ in 0..<1000 {
            if (try? await store.snapshot()) != nil { return }
            await Task.yield()
        }
        Issue.record("A copy that nobody holds keeps others out.")
    }

    /// What a crash left while one was being made.
    @Test func theNextStartRemovesWhatWasLeft() async throws {
        let disk = try Disk()
        try FileManager.default.createDirectory(atPath: disk.path + "/spool", withIntermediateDirectories: true)
        try Data([1]).write(to: URL(fileURLWithPath: disk.path + "/spool/snapshot-1"))
        _ = try FileSpool(folder: disk.state)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path + "/spool").isEmpty)
    }
}
