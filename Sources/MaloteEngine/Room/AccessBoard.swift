// The access tokens in memory, so that who presents a wrong one costs no disk; knows not how they are kept.

import MaloteCore
import Synchronization

/// Holds the tokens as the store has them. Loaded by the first question, and replaced after every change.
final class AccessBoard: Sendable {
    private struct Held {
        var tokens: [Digest: APIToken]?
        var order = 0
    }

    private let held = Mutex(Held())
    private let orders = Atomic<Int>(0)

    /// Draw one inside the transaction that changes tokens: transactions run one at a time, so the numbers are in commit
    /// order whichever task comes back first.
    func nextOrder() -> Int { orders.wrappingAdd(1, ordering: .relaxed).newValue }

    /// `nil` until they are loaded.
    var tokens: [Digest: APIToken]? { held.withLock { $0.tokens } }

    /// Holds these unless it has later ones already. What was read outside of a change has order 0.
    func replace(with tokens: [APIToken], order: Int) {
        held.withLock { held in
            guard held.tokens == nil || order > held.order else { return }
            held.order = order
            held.tokens = Dictionary(tokens.map { ($0.digest, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Notes that the token was used in this hour.
    /// - Returns: the token to keep, if that is news.
    func use(_ digest: Digest, at now: Timestamp) -> APIToken? {
        held.withLock { held in
            let hour = Timestamp(milliseconds: now.milliseconds - now.milliseconds % 3_600_000)
            guard var token = held.tokens?[digest], token.lastUsed != hour else { return nil }
            token.lastUsed = hour
            held.tokens?[digest] = token
            return token
        }
    }
}
