// Hands work from one stage of a pipeline to the next; knows nothing of the work.

import MaloteCore
import Synchronization

/// A place with room for a few pieces: who brings more than that waits until they were taken. So no stage is far ahead
/// of the next, and what is under way is bounded. For one giver and one taker.
final class HandOff<Piece: Sendable>: Sendable {
    private struct State {
        var pieces: [Piece] = []
        var isOver = false
    }

    private let room: Int
    private let state = Mutex(State())
    private let news = Bell()

    init(room: Int = 1) { self.room = room }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// - Returns: false if nothing is taken any more: the piece is dropped.
    func give(_ piece: Piece) async -> Bool {
        while true {
            let seen = news.generation
            let isDone: Bool? = state.withLock { state in
                if state.isOver { return false }
                guard state.pieces.count < room else { return nil }
                state.pieces.append(piece)
                return true
            }
            guard let isDone else {
                await news.rungUncancelled(after: seen)
                continue
            }
            news.ring()
            return isDone
        }
    }

    /// - Returns: everything that has come; empty once it is over and nothing is left.
    func take() async -> [Piece] {
        while true {
            let seen = news.generation
            let (pieces, isOver) = state.withLock { state in
                defer { state.pieces = [] }
                return (state.pieces, state.isOver)
            }
            if !pieces.isEmpty { news.ring() }
            if !pieces.isEmpty || isOver { return pieces }
            await news.rungUncancelled(after: seen)
        }
    }

    /// Said by either side: nothing more comes, or nothing more is wanted.
    func end() {
        state.withLock { $0.isOver = true }
        news.ring()
    }
}
