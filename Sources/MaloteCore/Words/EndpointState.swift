// How far a contract's endpoint is with the event log, and what it refused; knows no request and no planner.

/// An event's place in the log: later events have greater numbers, whichever contract they belong to.
package typealias EventPlace = RowID<TicketEvent>

/// An event, and where it stands.
package struct PlacedEvent: Sendable, Hashable {
    package var place: EventPlace
    package var event: TicketEvent

    package init(place: EventPlace, event: TicketEvent) {
        self.place = place
        self.event = event
    }
}

/// What is kept of an endpoint from one delivery to the next.
package struct EndpointState: Sendable, Hashable {
    package enum DisabledBy: String, Sendable, Codable {
        case `operator`
        /// The receiver: it answered 410 (RFC 9110 §15.5.11).
        case receiver
    }

    package var contract: ContractID
    /// Every event of the contract up to here was delivered or refused.
    package var position: EventPlace
    package var disabledBy: DisabledBy?
    package var disabledSince: Timestamp?
    /// The last failure of the endpoint itself; `nil` once an event was answered for.
    package var failure: Failure?
    package var failingSince: Timestamp?
    package var consecutiveFailures: Int
    /// Nothing is tried before; `nil` for at once.
    package var nextTry: Timestamp?
    /// The status code of the last answer of all.
    package var lastStatus: Int?
    package var lastTried: Timestamp?
    package var lastDelivered: Timestamp?
    /// Events that were taken since the endpoint was registered, replayed ones each time.
    package var delivered: Int

    package init(contract: ContractID, position: EventPlace) {
        self.contract = contract
        self.position = position
        consecutiveFailures = 0
        delivered = 0
    }

    package var isDisabled: Bool { disabledBy != nil }
}

/// An event that a receiver refused, while later ones were taken.
package struct RefusedEvent: Sendable, Hashable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// It is tried again.
        case waiting
        /// It was tried often enough: a dead letter, until an operator decides.
        case dead
    }

    package var contract: ContractID
    package var place: EventPlace
    package var state: State
    /// Since its last life began.
    package var attempts: Int
    package var nextAttempt: Timestamp
    package var firstRefused: Timestamp
    package var lastRefused: Timestamp
    package var failure: Failure

    package init(
        contract: ContractID, place: EventPlace, state: State, attempts: Int, nextAttempt: Timestamp,
        firstRefused: Timestamp, lastRefused: Timestamp, failure: Failure
    ) {
        self.contract = contract
        self.place = place
        self.state = state
        self.attempts = attempts
        self.nextAttempt = nextAttempt
        self.firstRefused = firstRefused
        self.lastRefused = lastRefused
        self.failure = failure
    }
}

/// Which refused events to show; every given field must match.
package struct RefusedEventFilter: Sendable, Hashable {
    package var contract: ContractID?
    package var place: EventPlace?
    package var state: RefusedEvent.State?
    /// Those whose next attempt is due.
    package var dueBy: Timestamp?
    /// At most so many, in order of their next attempt.
    package var limit: Int

    package init(
        contract: ContractID? = nil, place: EventPlace? = nil, state: RefusedEvent.State? = nil,
        dueBy: Timestamp? = nil, limit: Int = 1000
    ) {
        self.contract = contract
        self.place = place
        self.state = state
        self.dueBy = dueBy
        self.limit = limit
    }
}

/// How much waits behind a place of the log.
package struct EventBacklog: Sendable, Hashable {
    package var count: Int
    /// The time of the oldest of them.
    package var since: Timestamp?

    package init(count: Int, since: Timestamp?) {
        self.count = count
        self.since = since
    }
}
