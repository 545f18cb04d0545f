// Which shares this node holds, asked before any work is begun; knows no database and no rule of sharing.

import MaloteCore
import Synchronization

/// Answers at once, from memory: whether a share is held, and whether the lease that all shares hang on is still good.
///
/// A share that is to be given back is held by nobody as far as new work goes, and goes back once the work under way on
/// it has come to its end. The lease's end is kept by a clock that no one can set and that runs while the machine sleeps.
package final class LeaseBook: Sendable {
    /// The book of a daemon that is alone with its store: it holds everything, for ever.
    package static let whole = LeaseBook(isWhole: true) { .zero }

    private struct Entry {
        /// Tells one time of holding from the next.
        var arrival: Int
        var isLeaving = false
        /// Pieces of work under way.
        var work = 0
    }

    private struct State {
        var entries: [Share: Entry] = [:]
        var arrivals = 0
        /// Nothing is begun from here on.
        var deadline = Duration.zero
    }

    private let state = Mutex(State())
    private let uptime: @Sendable () -> Duration
    /// Whether there are no other nodes.
    package let isWhole: Bool
    /// Rung when shares have come, are to be given back, or are gone.
    package let changed = Bell()
    /// Rung when the work on a share that is to be given back has come to its end.
    package let quiet = Bell()

    private init(isWhole: Bool, uptime: @escaping @Sendable () -> Duration) {
        self.isWhole = isWhole
        self.uptime = uptime
    }

    /// - Parameter uptime: time since some moment in the past, whatever becomes of the wall clock.
    package convenience init(uptime: @escaping @Sendable () -> Duration = LeaseBook.machineUptime) {
        self.init(isWhole: false, uptime: uptime)
    }

    private static let began = ContinuousClock.now
    package static let machineUptime: @Sendable () -> Duration = { began.duration(to: .now) }

    // MARK: - Asking

    /// Whether the lease is good: what leaves the house now leaves it before any other node could do the same.
    package var mayGoOn: Bool { isWhole || uptime() < state.withLock { $0.deadline } }

    /// Until `mayGoOn` is over, unless the lease is renewed.
    package var left: Duration { state.withLock { $0.deadline } - uptime() }

    /// Whether work on it may be begun, or gone on with.
    package func holds(_ share: Share) -> Bool {
        guard !isWhole else { return true }
        let now = uptime()
        return state.withLock { $0.entries[share].map { !$0.isLeaving } ?? false && now < $0.deadline }
    }

    /// Another number whenever the share comes anew: what was remembered of it may be old. `nil` if it is not held.
    package func arrival(of share: Share) -> Int? {
        isWhole ? 0 : state.withLock { $0.entries[share].flatMap { $0.isLeaving ? nil : $0.arrival } }
    }

    /// Begins a piece of work. Each that was begun must be ended.
    /// - Returns: false if the share is not held: then nothing is begun.
    package func begin(_ share: Share) -> Bool {
        guard !isWhole else { return true }
        let now = uptime()
        return state.withLock { state in
            guard let entry = state.entries[share], !entry.isLeaving, now < state.deadline else { return false }
            state.entries[share]?.work += 1
            return true
        }
    }

    /// Waits for the share, and begins a piece of work on it.
    /// - Returns: false if the stop was asked for, or the task cancelled, before that.
    package func begin(_ share: Share, unless stop: StopFlag, time: any TimeSource) async -> Bool {
        while !stop.isSet, !Task.isCancelled {
            let seen = changed.generation
            if begin(share) { return true }
            await Bell.waitForAny([(changed, seen), (stop.bell, 0)], for: .seconds(60), time: time)
        }
        return false
    }

    package func end(_ share: Share) {
        guard !isWhole else { return }
        let isQuiet = state.withLock { state in
            guard let entry = state.entries[share], entry.work > 0 else { return false }
            state.entries[share]?.work -= 1
            return entry.isLeaving && entry.work == 1
        }
        if isQuiet { quiet.ring() }
    }

    // MARK: - Keeping

    /// The lease was renewed by what was sent at this time, so it is good for that long from then on.
    func renewed(sent: Duration, for length: Duration) {
        state.withLock { $0.deadline = max($0.deadline, sent + length) }
    }

    func uptimeNow() -> Duration { uptime() }

    /// The lease is lost: nothing is begun any more.
    func lose() {
        state.withLock { $0.deadline = .zero - .seconds(1) }
        changed.ring()
    }

    func take(_ shares: [Share]) {
        guard !shares.isEmpty else { return }
        state.withLock { state in
            for share in shares where state.entries[share] == nil {
                state.arrivals += 1
                state.entries[share] = Entry(arrival: state.arrivals)
            }
        }
        changed.ring()
    }

    /// They are to be given back: what is under way on them is asked to end.
    func callBack(_ shares: [Share]) {
        guard !shares.isEmpty else { return }
        state.withLock { state in
            for share in shares { state.entries[share]?.isLeaving = true }
        }
        changed.ring()
    }

    /// What is to be given back and has no work under way.
    var resting: [Share] {
        state.withLock { $0.entries.filter { $0.value.isLeaving && $0.value.work == 0 }.map(\.key) }.sorted()
    }

    /// They are given back.
    func drop(_ shares: [Share]) {
        guard !shares.isEmpty else { return }
        state.withLock { state in
            for share in shares { state.entries[share] = nil }
        }
        changed.ring()
    }

    /// All that is held, also what is to be given back.
    var entries: [Share: LeasePlanner.Mine] {
        state.withLock { $0.entries.mapValues { .init(isLeaving: $0.isLeaving, isBusy: $0.work > 0) } }
    }
}
