// What `status` shows: the daemon, every mailbox, lane and endpoint, in the operator's words.

package struct StatusReport: Sendable, Hashable, Codable {
    package struct MailboxLine: Sendable, Hashable, Codable {
        package enum State: String, Sendable, Codable, CaseIterable {
            /// Registered, not tried yet.
            case new
            /// A poll or a delivery is under way and nothing is known to be wrong.
            case busy
            case ok
            case failing
            /// Slowed down until a person acts (refused login, bad certificate, ...).
            case needsAttention = "needs-attention"
            /// Linked to no contract: not polled, not used.
            case unused
            /// An inbox of which no contract takes mail now: not polled.
            case resting
        }

        package var id: MailboxID
        package var name: String
        /// `inbox` or `outbox`.
        package var type: String
        package var server: String
        package var contracts: [String]
        package var state: State
        /// Why it is resting.
        package var reason: String?
        /// Between polls its connection is kept, and the server tells of new messages by itself.
        package var idling: Bool
        package var failure: Failure?
        package var failingSince: Timestamp?
        package var consecutiveFailures: Int
        package var lastGood: Timestamp?
        package var nextTry: Timestamp?
        /// Inboxes: whatever was on the server by this time is an event; `nil` before the first good poll.
        package var current: Timestamp?
        /// Inboxes: how many messages ended in each ledger state.
        package var messages: [String: Int]
        /// Logins by OAuth only.
        package var token: TokenForecast?
        /// In a cluster: the node that works on it; `nil` while none does.
        package var node: String?

        package init(
            id: MailboxID, name: String, type: String, server: String, contracts: [String], state: State,
            reason: String? = nil, idling: Bool = false, failure: Failure? = nil, failingSince: Timestamp? = nil,
            consecutiveFailures: Int = 0,
            lastGood: Timestamp? = nil, nextTry: Timestamp? = nil, current: Timestamp? = nil,
            messages: [String: Int] = [:], token: TokenForecast? = nil, node: String? = nil
        ) {
            self.id = id
            self.name = name
            self.type = type
            self.server = server
            self.contracts = contracts
            self.state = state
            self.reason = reason
            self.idling = idling
            self.failure = failure
            self.failingSince = failingSince
            self.consecutiveFailures = consecutiveFailures
            self.lastGood = lastGood
            self.nextTry = nextTry
            self.current = current
            self.messages = messages
            self.token = token
            self.node = node
        }
    }

    package struct LaneLine: Sendable, Hashable, Codable {
        package var contract: String
        package var outbox: String
        package var queued: Int
        package var sending: Int
        package var sent: Int
        package var failed: Int
        package var unknown: Int
        package var held: Int
        package var oldestQueued: Timestamp?
        package var nextAttempt: Timestamp?
        /// Set while the contract is on hold.
        package var heldSince: Timestamp?

        package init(contract: String, outbox: String, summary: LaneSummary) {
            self.contract = contract
            self.outbox = outbox
            queued = summary.queued
            sending = summary.sending
            sent = summary.sent
            failed = summary.failed
            unknown = summary.unknown
            held = summary.held
            oldestQueued = summary.oldestQueued
            nextAttempt = summary.nextAttempt
        }
    }

    /// What other contracts cost this one.
    package struct ContractLine: Sendable, Hashable, Codable {
        package var contract: String
        /// Milliseconds that a poll or a lane of it was begun too late within the last hour, at worst, although its own
        /// server could be used.
        package var worstDelay: Int64
        /// When that was.
        package var worstDelayAt: Timestamp?

        package init(contract: String, worstDelay: Int64 = 0, worstDelayAt: Timestamp? = nil) {
            self.contract = contract
            self.worstDelay = worstDelay
            self.worstDelayAt = worstDelayAt
        }
    }

    package var version: String
    package var now: Timestamp
    package var started: Timestamp
    package var mailboxes: [MailboxLine]
    package var lanes: [LaneLine]
    package var contracts: [ContractLine]
    package var endpoints: [EndpointView]

    package init(
        version: String, now: Timestamp, started: Timestamp, mailboxes: [MailboxLine], lanes: [LaneLine],
        contracts: [ContractLine] = [], endpoints: [EndpointView] = []
    ) {
        self.version = version
        self.now = now
        self.started = started
        self.mailboxes = mailboxes
        self.lanes = lanes
        self.contracts = contracts
        self.endpoints = endpoints
    }
}
