// The part of the operators' port that is about receivers of events: endpoints, dead letters, and who pulls.

package protocol EndpointControl: Sendable {
    /// In the order of the contracts' names; `nil` for all that have one.
    func endpoints(contract: String?) async throws(Problem) -> [EndpointView]

    /// Refused for a contract without an endpoint, as all that follow are.
    func endpoint(_ contract: String) async throws(Problem) -> EndpointView

    /// Delivers again, at once; or nothing any more until it is enabled: then events wait.
    func setEndpoint(_ contract: String, isEnabled: Bool) async throws(Problem) -> EndpointView

    /// Tries now what waits for its time: the endpoint, and the events that it refused.
    func retryEndpoint(_ contract: String) async throws(Problem) -> EndpointView

    /// Delivers once more what was delivered behind a point of the log.
    /// - Parameter dryRun: only counts.
    func replay(_ wish: ReplayWish, dryRun: Bool) async throws(Problem) -> ReplayReport

    /// Events that were refused, in order of their next attempt.
    /// - Parameters:
    ///   - contract: `nil` for all.
    ///   - state: `nil` for all.
    func refusedEvents(
        contract: String?, state: RefusedEvent.State?, limit: Int
    ) async throws(Problem) -> [RefusedEventView]

    /// - Parameter event: `nil` for all dead letters of the contract.
    /// - Returns: how many changed.
    func changeDeadEvents(
        _ action: DeadEventAction, contract: String, event: String?
    ) async throws(Problem) -> Int

    /// Remembers how far whoever pulls the contract's events has come. Never goes back.
    func acknowledge(contract: String, event: String) async throws(Problem) -> Acknowledgement
}

package enum DeadEventAction: String, Sendable, CaseIterable {
    /// Begins a new life of tries, now.
    case retry
    /// Forgets it: the event itself stays in the log.
    case drop
}

package struct ReplayWish: Sendable, Hashable {
    package enum Point: Sendable, Hashable {
        /// What stands behind this event.
        case after(event: String)
        /// What happened at this time or later.
        case since(Timestamp)
    }

    package var contract: String
    package var point: Point

    package init(contract: String, point: Point) {
        self.contract = contract
        self.point = point
    }
}

package struct ReplayReport: Sendable, Hashable, Codable {
    package var contract: String
    package var dryRun: Bool
    /// Events that were delivered or refused before and are delivered once more.
    package var events: Int

    package init(contract: String, dryRun: Bool, events: Int) {
        self.contract = contract
        self.dryRun = dryRun
        self.events = events
    }
}

package struct Acknowledgement: Sendable, Hashable, Codable {
    package var contract: String
    /// The last event that is acknowledged now.
    package var event: EventID
    /// Whether it moved; `false` if this or a later one was acknowledged before.
    package var moved: Bool
    /// Events behind it.
    package var waiting: Int

    package init(contract: String, event: EventID, moved: Bool, waiting: Int) {
        self.contract = contract
        self.event = event
        self.moved = moved
        self.waiting = waiting
    }
}

/// An endpoint as operators see it.
package struct EndpointView: Sendable, Hashable, Codable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Everything is delivered.
        case idle
        case delivering
        /// It could not be used: it rests until its next try.
        case waiting
        /// Its contract is paused: events wait.
        case paused
        case disabled
    }

    package var contract: String
    package var url: String
    package var mode: Contract.EventEndpoint.Mode
    /// Whether requests are signed with two secrets.
    package var isRotating: Bool
    package var state: State
    /// Why it does not deliver, in a sentence.
    package var reason: String?
    package var disabledSince: Timestamp?
    package var nextTry: Timestamp?
    package var failure: Failure?
    package var failingSince: Timestamp?
    package var consecutiveFailures: Int
    package var lastStatus: Int?
    package var lastTried: Timestamp?
    package var lastDelivered: Timestamp?
    package var delivered: Int
    /// The last event up to which all are delivered or refused; `nil` if the contract had none yet.
    package var position: EventID?
    /// Events behind it, and the time of the oldest.
    package var waiting: Int
    package var waitingSince: Timestamp?
    /// Refused events that are tried again, and those that are not.
    package var refused: Int
    package var dead: Int

    package init(_ endpoint: Contract.EventEndpoint, contract: String, state: State, kept: EndpointState) {
        self.contract = contract
        url = endpoint.url
        mode = endpoint.mode
        isRotating = endpoint.formerSecret != nil
        self.state = state
        disabledSince = kept.disabledSince
        nextTry = kept.nextTry
        failure = kept.failure
        failingSince = kept.failingSince
        consecutiveFailures = kept.consecutiveFailures
        lastStatus = kept.lastStatus
        lastTried = kept.lastTried
        lastDelivered = kept.lastDelivered
        delivered = kept.delivered
        waiting = 0
        refused = 0
        dead = 0
    }
}

/// A refused event as operators see it.
package struct RefusedEventView: Sendable, Hashable, Codable {
    package var contract: String
    package var event: EventID
    /// `ticket.opened` and its kin.
    package var kind: String
    package var subject: String
    package var time: Timestamp
    package var state: RefusedEvent.State
    package var attempts: Int
    /// `nil` for a dead letter.
    package var nextAttempt: Timestamp?
    package var firstRefused: Timestamp
    package var lastRefused: Timestamp
    package var failure: Failure

    package init(_ refused: RefusedEvent, event: TicketEvent, contract: String) {
        self.contract = contract
        self.event = event.id
        kind = event.kind.rawValue
        subject = event.subject
        time = event.time
        state = refused.state
        attempts = refused.attempts
        nextAttempt = refused.state == .dead ? nil : refused.nextAttempt
        firstRefused = refused.firstRefused
        lastRefused = refused.lastRefused
        failure = refused.failure
    }
}
