// The Store port in memory, with faults; knows no rule of the desk.

import MaloteCore
import Synchronization

/// A write works on a copy that replaces the state when nothing objects.
package final class MemoryStore: Store {
    /// Refuses a commit by what it would change: a full disk, a row that cannot be written.
    package typealias Objection = @Sendable (_ before: MemoryState, _ after: MemoryState) -> Failure?

    private struct Kept {
        var state: MemoryState
        var commits = 0
        var objection: Objection?
    }

    private let kept: Mutex<Kept>
    private let life: Lifeline

    package init(_ registry: Registry = Registry(), life: Lifeline = Lifeline()) {
        kept = Mutex(Kept(state: MemoryState(registry: registry)))
        self.life = life
    }

    package var state: MemoryState { kept.withLock { $0.state } }
    package var commits: Int { kept.withLock { $0.commits } }
    /// What no verb does: damage, or a restored backup.
    package func change(_ body: (inout MemoryState) -> Void) { kept.withLock { body(&$0.state) } }
    package func object(_ objection: Objection?) { kept.withLock { $0.objection = objection } }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> T) async throws -> T {
        try life.step()
        return try body(MemoryTransaction(state))
    }

    package func tidy() async {}

    /// A kill may come before the commit or after it, when nobody hears of it any more.
    package func write<T: Sendable>(_ body: @escaping @Sendable (any StoreWriting) throws -> T) async throws -> T {
        try life.step()
        let value = try kept.withLock { kept in
            let transaction = MemoryTransaction(kept.state)
            let value = try body(transaction)
            if let failure = kept.objection?(kept.state, transaction.state) { throw failure }
            kept.state = transaction.state
            kept.commits += 1
            return value
        }
        try life.step()
        return value
    }
}
