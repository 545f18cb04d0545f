// Numbers that one node has taken from the database's series, to be given one by one; knows not what they number.

import MaloteCore

/// Used by the writer's thread only. What is left of a block at a transaction's end is never given: series may have gaps, but
/// a number that was taken long ago would look like an old row's.
final class NumberBlocks {
    private static let size = 32
    private var blocks: [String: ArraySlice<Int64>] = [:]

    /// To be called where a transaction begins.
    func drop() { blocks.removeAll(keepingCapacity: true) }

    /// - Returns: `nil` for a series that may have no gaps.
    func next(_ series: String, _ connection: any SQLConnection) throws -> Int64? {
        guard PostgresSchema.series.contains(series) else { return nil }
        if let number = blocks[series]?.popFirst() { return number }
        let block = try connection.rows(
            "SELECT nextval('\(PostgresSchema.sequence(series))') FROM generate_series(1, ?)", .init(Self.size)
        ) { $0.integer(0) }
        blocks[series] = block.sorted().dropFirst()
        return block.min()
    }
}
