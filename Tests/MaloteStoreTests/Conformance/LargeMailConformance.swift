// What every store promises of large mails: whole or piece by piece, they read back; a spool that fails undoes the body.

import MaloteCore
import MaloteTestKit
import Testing

@Suite struct LargeMailConformance {
    private static let piece = RawMessage.pieceSize

    private static func octets(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    private func spooled(_ octets: [UInt8]) async throws -> RawMessage {
        let writer = try await MemorySpool().open()
        try await writer.append(octets)
        return try await writer.finish()
    }

    @Test(arguments: StoreKind.all, [0, 1, piece - 1, piece, piece + 1, 2 * piece, 5 * piece + 7])
    func aMailOfAnySizeReadsBack(_ kind: StoreKind, size: Int) async throws {
        let store = try await kind.fresh()
        let octets = Self.octets(size)
        let raw = try await spooled(octets)
        let ids = try await store.write { store in
            // Its neighbours must not lend it their pieces.
            try [RawMessage([1, 2, 3]), raw, RawMessage(octets), RawMessage([4])].map {
                try store.insert(Sample.message(), raw: $0, ledger: nil)
            }
        }
        for id in ids[1...2] {
            let whole = try await store.read { try $0.rawSource(of: id) } == octets
            #expect(whole)
            #expect(try await store.read { try $0.rawSize(of: id) } == size)
            var gathered: [UInt8] = []
            while true {
                let offset = gathered.count
                let next = try #require(try await store.read { try $0.rawSource(of: id, from: offset) })
                #expect(next.count <= Self.piece)
                guard !next.isEmpty, gathered.count <= size else { break }
                gathered += next
            }
            // A comparison of large arrays, octet by octet, would take minutes to tell where they differ.
            let same = gathered == octets
            #expect(same)
        }
        #expect(try await store.read { try $0.rawSource(of: ids[0]) } == [1, 2, 3])
        #expect(try await store.read { try $0.rawSource(of: ids[3]) } == [4])
    }

    @Test(arguments: StoreKind.all)
    func aLookMayBeginAnywhere(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let octets = Self.octets(2 * Self.piece + 7)
        let id = try await store.write { try $0.insert(Sample.message(), raw: RawMessage(octets), ledger: nil) }
        for offset in [0, 1, Self.piece - 1, Self.piece, Self.piece + 1, 2 * Self.piece + 6] {
            let found = try #require(try await store.read { try $0.rawSource(of: id, from: offset) })
            let isThere = !found.isEmpty && octets[offset...].starts(with: found)
            #expect(isThere, "from \(offset)")
        }
        for offset in [octets.count, octets.count + 1, .max] {
            #expect(try await store.read { try $0.rawSource(of: id, from: offset) } == [])
        }
        let missing = MessageID(rawValue: id.rawValue + 1)
        #expect(try await store.read { try $0.rawSource(of: missing, from: 0) } == nil)
    }

    private struct Broken: RawSource {
        var size: Int { 5 * RawMessage.pieceSize }
        var isSpooled: Bool { true }

        func read(
            _ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
        ) throws(Failure) {
            guard range.lowerBound == 0 else { throw Failure(.transient, .storage, "The spool cannot be read.") }
            try [UInt8](repeating: 1, count: size).read(range, use)
        }
    }

    @Test(arguments: StoreKind.all)
    func aSpoolThatFailsUndoesTheBodyAlone(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let first = try await store.write { try $0.insert(Sample.message(), raw: RawMessage([1]), ledger: nil) }
        let failure = await #expect(throws: Failure.self) {
            try await store.write { _ = try $0.insert(Sample.message(), raw: RawMessage(Broken()), ledger: nil) }
        }
        #expect(failure?.cause == .storage)
        let next = MessageID(rawValue: first.rawValue + 1)
        #expect(try await store.read { try $0.message(next) } == nil)
        #expect(try await store.read { try $0.rawSource(of: next) } == nil)
        #expect(try await store.read { try $0.rawSource(of: first) } == [1])
    }
}
