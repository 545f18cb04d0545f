// A body whose length nobody knows yet, from who writes it to who sends it; knows neither side.

/// Pieces in the order in which they were written. The writer is never held up, so it must not write much.
package final class LiveBody: Sendable {
    package typealias Writing = @Sendable (LiveBody) async -> Void

    private let pieces: AsyncStream<[UInt8]>
    private let entrance: AsyncStream<[UInt8]>.Continuation

    init() { (pieces, entrance) = AsyncStream.makeStream() }

    func write(_ text: String) {
        // An empty piece would be taken for the end.
        guard !text.isEmpty else { return }
        entrance.yield(Array(text.utf8))
    }

    func finish() { entrance.finish() }

    /// The next piece as soon as it is there; empty at the end.
    func next() async -> [UInt8] {
        var iterator = pieces.makeAsyncIterator()
        return await iterator.next() ?? []
    }
}
