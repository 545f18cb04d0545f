// Decides what an endpoint does next and when it rests; a pure value: no clock, no network, no store.

import MaloteCore

/// One endpoint's breaker over its kept state.
///
/// Closed: events go out one after the other. Open (`state.failure`): nothing until `state.nextTry`, then one event, the
/// probe: as there is never more than one request under way, whatever is due is it. Any answer for an event closes it.
package struct EndpointPlanner: Sendable {
    package private(set) var state: EndpointState

    package init(_ state: EndpointState) { self.state = state }

    package enum Step: Sendable, Hashable {
        /// The first event behind the position.
        case next
        /// A refused event whose time has come.
        case again
        /// - Parameter until: `nil` until something happens.
        case rest(until: Timestamp?)
    }

    /// What there is to do.
    package struct Work: Sendable, Hashable {
        package var hasNext: Bool
        /// When the first refused event is to be tried again.
        package var nextAgain: Timestamp?
        /// Whether the last one sent was a refused event: then it is the others' turn.
        package var wasAgain: Bool

        package init(hasNext: Bool, nextAgain: Timestamp? = nil, wasAgain: Bool = false) {
            self.hasNext = hasNext
            self.nextAgain = nextAgain
            self.wasAgain = wasAgain
        }
    }

    package func step(_ work: Work, isPaused: Bool, now: Timestamp) -> Step {
        guard !state.isDisabled, !isPaused else { return .rest(until: nil) }
        let isDue = work.nextAgain.map { $0 <= now } ?? false
        guard work.hasNext || work.nextAgain != nil else { return .rest(until: nil) }
        if let restsUntil, restsUntil > now, isClockSound(now) { return .rest(until: restsUntil) }
        // A probe is best made with an event that nothing is known against.
        let isAgainsTurn = !work.wasAgain && state.failure == nil
        if isDue, isAgainsTurn || !work.hasNext { return .again }
        return work.hasNext ? .next : .rest(until: work.nextAgain)
    }

    /// The time before which an open breaker lets nothing through; `nil` when closed.
    package var restsUntil: Timestamp? { state.failure == nil ? nil : state.nextTry }

    /// A clock that was set back must not prolong a rest.
    private func isClockSound(_ now: Timestamp) -> Bool { state.lastTried ?? now <= now }

    // MARK: - Answers

    /// - Returns: whether it had been failing.
    @discardableResult
    package mutating func taken(status: Int?, now: Timestamp) -> Bool {
        state.lastDelivered = now
        state.delivered += 1
        return answered(status: status, now: now)
    }

    /// The receiver works, whatever it thinks of one event.
    /// - Returns: whether it had been failing.
    @discardableResult
    package mutating func answered(status: Int?, now: Timestamp) -> Bool {
        let wasFailing = state.failure != nil
        note(status, now)
        forgetFailure()
        return wasFailing
    }

    package mutating func unusable(_ failure: Failure, now: Timestamp, random: inout SeededRandom) {
        note(failure.reply?.code, now)
        state.consecutiveFailures += 1
        if state.failure == nil { state.failingSince = now }
        state.failure = failure
        state.nextTry = EndpointClock.next(
            after: failure, tries: state.consecutiveFailures, now: now, random: &random)
    }

    package mutating func gone(_ failure: Failure, now: Timestamp) {
        note(failure.reply?.code, now)
        if state.failure == nil { state.failingSince = now }
        state.failure = failure
        state.nextTry = nil
        state.disabledBy = .receiver
        state.disabledSince = now
    }

    private mutating func note(_ status: Int?, _ now: Timestamp) {
        state.lastStatus = status
        state.lastTried = now
    }

    private mutating func forgetFailure() {
        state.failure = nil
        state.failingSince = nil
        state.consecutiveFailures = 0
        state.nextTry = nil
    }

    // MARK: - Operators

    /// Somebody mended something, or asked for it: whatever waits is tried at once.
    package mutating func tryNow() {
        state.consecutiveFailures = 0
        state.nextTry = nil
    }

    package mutating func enable() {
        state.disabledBy = nil
        state.disabledSince = nil
        tryNow()
    }

    package mutating func disable(now: Timestamp) {
        guard !state.isDisabled else { return }
        state.disabledBy = .operator
        state.disabledSince = now
    }

    /// Another address: what a receiver said at the former one does not hold here.
    package mutating func moved() {
        if state.disabledBy == .receiver { enable() }
        forgetFailure()
    }

    // MARK: - Refused events

    /// What is kept of an event that was just refused.
    /// - Parameter before: what was kept of it; `nil` for the first refusal of this life.
    package static func refused(
        _ failure: Failure, at place: EventPlace, of contract: ContractID, before: RefusedEvent?, now: Timestamp,
        random: inout SeededRandom
    ) -> RefusedEvent {
        let attempts = (before?.attempts ?? 0) + 1
        return RefusedEvent(
            contract: contract, place: place, state: attempts >= EndpointClock.tries ? .dead : .waiting,
            attempts: attempts,
            nextAttempt: EndpointClock.next(after: failure, tries: attempts, now: now, random: &random),
            firstRefused: before?.firstRefused ?? now, lastRefused: now, failure: failure)
    }
}
