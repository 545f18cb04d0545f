// The write-ahead log is brought into the file beside the writer, and does not grow without end.

import Foundation
import MaloteCore
import Testing

@testable import MaloteStore

@Suite struct LogTests {
    /// More than the writer alone may leave in the log.
    @Test func theLogDoesNotGrowWithWhatIsWritten() async throws {
        let disk = try Disk()
        let store = try disk.open()
        let raw = RawMessage([UInt8](repeating: 0x20, count: 1 << 20))
        for _ in 0..<400 { try await store.write { _ = try $0.insert(Sample.message(), raw: raw, ledger: nil) } }
        let log = try FileManager.default.attributesOfItem(atPath: disk.path + "/malote.db-wal")[.size] as? Int
        #expect(try #require(log) < 1240 << 20)
        let file = try FileManager.default.attributesOfItem(atPath: disk.path + "/malote.db")[.size] as? Int
        #expect(try #require(file) > 240 << 20)
    }

    /// Numbers are taken together, and given back to nobody when one of several bodies is undone.
    @Test func aSeriesGoesOnAfterAnUndoneBody() async throws {
        let disk = try Disk()
        let store = try disk.open()
        let gate = Gate()
        let first = Task.immediate { try await store.write { _ in gate.standStill() } }
        await gate.untilReached()
        let bodies = (1...5).map { number in
            Task.immediate {
                try await store.write { store in
                    let ids = try (0..<3).map { _ in try store.newMessageID().rawValue }
                    if number % 2 == 0 { throw Failure(.transient, .defect, "undone") }
                    return ids
                }
            }
        }
        gate.open()
        try await first.value
        var ids: [Int64] = []
        for body in bodies { ids += (try? await body.value) ?? [] }
        #expect(ids == Array(1...9))
        #expect(try await store.write { try $0.newMessageID().rawValue } == 10)
    }
}
