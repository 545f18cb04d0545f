// Hands work from one stage of a pipeline to the next, one piece at a time; knows nothing of the work.

import Synchronization

/// A place for one piece: who brings the next waits until the last was taken. So each stage is at most one piece ahead,
/// and what is under way is bounded. For one giver and one taker.
final class HandOff<Piece: Sendable>: Sendable {
    private struct State {
        var piece: Piece?
        var isOver = false
    }

    private let state = Mutex(State())
    private let news = Bell()

    /// - Returns: false if nothing is taken any more: the piece is dropped.
    func give(_ piece: Piece) async -> Bool {
        while true {
            let seen = news.generation
            let isDone: Bool? = state.withLock { state in
                if state.isOver { return false }
                guard state.piece == nil else { return nil }
                state.piece = piece
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

    /// - Returns: `nil` once it is over and nothing is left.
    func take() async -> Piece? {
        while true {
            let seen = news.generation
            let (piece, isOver) = state.withLock { state in
                defer { state.piece = nil }
                return (state.piece, state.isOver)
            }
            if piece != nil { news.ring() }
            if piece != nil || isOver { return piece }
            await news.rungUncancelled(after: seen)
        }
    }

    /// Said by either side: nothing more comes, or nothing more is wanted.
    func end() {
        state.withLock { $0.isOver = true }
        news.ring()
    }
}
