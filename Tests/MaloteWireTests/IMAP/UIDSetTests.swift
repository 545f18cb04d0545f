// UID sets: exactly the UIDs that were asked for, in lines that every server takes.

import MaloteTestKit
import MaloteWire
import Testing

@Suite struct UIDSetTests {
    @Test(
        arguments: [
            ([], []), ([7], ["7"]), ([3, 1, 2], ["1:3"]), ([1, 2, 4, 5, 9], ["1:2,4:5,9"]), ([5, 5, 5], ["5"]),
            ([.max, .max - 1, 1], ["1,4294967294:4294967295"]), ([0, 1], ["0:1"]),
        ] as [([UInt32], [String])])
    func ranges(_ uids: [UInt32], _ batches: [String]) {
        #expect(UIDSet.batches(uids) == batches)
    }

    @Test(arguments: [21, 30, 100, 900])
    func coversExactlyWithinTheLimit(_ octets: Int) throws {
        var chance = Chance(seed: UInt64(octets))
        for density in [2, 5, 1000, 4_000_000_000] as [UInt32] {
            let uids =
                (0..<400).map { _ in UInt32.random(in: 1...(density * 1), using: &chance) }
                + (0..<50).map { _ in UInt32.random(in: (.max - 60)...(.max), using: &chance) }
            let batches = UIDSet.batches(uids, octets: octets)
            #expect(batches.allSatisfy { $0.utf8.count <= octets && !$0.isEmpty })
            #expect(try batches.flatMap(read) == Set(uids).sorted())
        }
    }

    @Test(arguments: [
        (1, ["1", "2", "3", "7"]), (2, ["1:2", "3,7"]), (3, ["1:3", "7"]), (9, ["1:3,7"]), (0, ["1", "2", "3", "7"]),
    ])
    func noMoreThanACount(_ count: Int, _ batches: [String]) {
        #expect(UIDSet.batches([7, 3, 1, 2], count: count) == batches)
    }

    /// Read back through the parser that reads the server's sets.
    private func read(_ set: String) throws -> [UInt32] {
        var conversation = try conversation()
        conversation.feed(wire("* ESEARCH ALL \(set)"))
        guard case .untagged(.search(let uids))? = try conversation.next() else { return [] }
        return uids
    }
}
