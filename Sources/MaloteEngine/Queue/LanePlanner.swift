// Decides how many connections a lane may use and when it rests; a pure value: no clock, no network, no store.

import MaloteCore

/// One lane's concurrency window and breaker.
///
/// Closed (the server answers): up to `window` workers; the window starts at 1, grows by one for every window's worth
/// of answered messages and falls back to 1 when a connection is lost. Open (the server cannot be used): no worker until
/// `health.nextTry`, then exactly one, the probe. A probe that gets a message answered closes the breaker (to greet and
/// hang up is not to be of use); one that fails opens it for the next, longer rest.
package struct LanePlanner: Sendable {
    package static let widest = 5

    package private(set) var health: MailboxHealth
    package private(set) var window = 1
    package private(set) var workers = 0
    private var answeredInWindow = 0
    /// A probe was asked for while an attempt was under way: it may have begun before the server was mended.
    private var probesAgain = false
    private var random: SeededRandom

    /// - Parameter health: the outbox's health as an earlier run left it.
    package init(health: MailboxHealth, seed: UInt64) {
        self.health = health
        random = SeededRandom(seed: seed)
    }

    private var isOpen: Bool { health.failure != nil }

    /// Deliveries that must wait for each connection beyond the first.
    ///
    /// One pipelined connection empties a queue of hundreds in seconds. Each further one is a burden to the server, and
    /// one more message in doubt if the daemon is killed.
    package static let backlogPerConnection = 500

    /// Whether another worker may start now.
    /// - Parameter waiting: deliveries queued in the lane.
    package func mayStart(now: Timestamp, waiting: Int) -> Bool {
        guard isOpen else { return workers < min(window, 1 + waiting / Self.backlogPerConnection) }
        return workers == 0 && (health.nextTry ?? now) <= now
    }

    /// What a place at the gate is given on.
    package var standing: HostGate.Standing { isOpen ? .doubtful : .trusted }

    /// The time before which an open breaker lets nobody through; `nil` when closed.
    package var restsUntil: Timestamp? { isOpen ? health.nextTry : nil }

    package mutating func workerStarted(now: Timestamp) {
        workers += 1
        health.lastTried = now
    }

    package mutating func workerEnded() { workers = max(0, workers - 1) }

    /// A message was answered for: the server can be used. Closes the breaker and widens the window.
    /// - Returns: whether more workers may start than before.
    package mutating func answered(now: Timestamp) -> Bool {
        let recovered = isOpen
        health.succeeded(now: now)
        health.nextTry = nil
        probesAgain = false
        answeredInWindow += 1
        guard answeredInWindow >= window * 4, window < Self.widest else { return recovered }
        answeredInWindow = 0
        window += 1
        return true
    }

    /// The server could not be reached, refused the login, or hung up: the lane rests.
    package mutating func lost(_ failure: Failure, now: Timestamp) {
        window = 1
        answeredInWindow = 0
        // Connections that fall together are one fault, not several in a row.
        if let restsUntil, now < restsUntil { return }
        health.failed(failure, now: now)
        let rest = LaneClock.rest(after: failure, failures: health.consecutiveFailures)
        health.nextTry = probesAgain ? now : now + random.jittered(rest)
        probesAgain = false
    }

    /// The clock was set back by so much: the rest that is left stays as long as it is.
    package mutating func clockSetBack(by back: Duration, now: Timestamp) { health.bringForward(by: back, now: now) }

    /// A person asked for it, or changed the outbox: probe at once.
    package mutating func probeNow(now: Timestamp) {
        health.consecutiveFailures = 0
        if isOpen { health.nextTry = now }
        probesAgain = workers > 0
    }
}
