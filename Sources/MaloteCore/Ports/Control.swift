// The port through which operators work: what the control socket, the API and the pages can ask of the engine.

/// Everything an operator can see or do. Implemented by the engine, called by the admin room.
package protocol Control: MessageControl, FlowControl, TemplateControl, ContractControl, ApprovalControl,
    ReadingControl, EndpointControl, TokenControl, RepeatControl, MeterControl, AlertControl, DoctorControl,
    CareControl, ClusterControl
{
    func registry() async -> Registry

    /// Plans and applies a change to the registry, or only plans it. Takes effect at once.
    /// - Parameter condition: what the registry must be for that, asked inside the transaction.
    /// - Throws: a `Problem` that names every field in error, or 412 where the registry is not as expected; then nothing has
    ///   changed.
    func apply(
        _ edit: RegistryEdit, dryRun: Bool, onlyIf condition: RegistryCondition?
    ) async throws(Problem) -> ApplyReport

    /// The registry document that such a file stands for, in the form `apply` reads and with the passwords it holds.
    func document(importing bytes: [UInt8], _ options: ImportOptions) async throws(Problem) -> String

    /// The registry in the form `apply` reads, without secrets.
    func export(_ format: RegistryFormat) async throws(Problem) -> String

    func status() async throws(Problem) -> StatusReport

    /// Starts a poll of this inbox now.
    func poll(_ mailbox: String) async throws(Problem)

    /// Asks the inbox's server what older mail it has, and has the poll fetch what is not known here.
    /// - Parameters:
    ///   - since: a date, `YYYY-MM-DD`: only mail that the server received on that day or later; `nil` takes all.
    ///   - dryRun: only counts.
    func backfill(_ mailbox: String, since: String?, dryRun: Bool) async throws(Problem) -> BackfillReport

    /// Tries a mailbox step by step, now and beside its schedule; the first step that fails is the last.
    /// - Parameters:
    ///   - roundTrip: a real message to send afterwards; `nil` sends nothing.
    ///   - each: told each step when it is done, in order.
    func test(
        _ mailbox: String, roundTrip: RoundTrip?, each: @escaping @Sendable (ProbeStep) -> Void
    ) async throws(Problem) -> [ProbeStep]

    /// How the mailboxes that log in by OAuth stand with their tokens.
    func tokens() async -> [MailboxID: TokenForecast]

    /// Begins a person's consent to what this mailbox does; refused unless it lives on a refresh token.
    func authorize(_ mailbox: String) async throws(Problem) -> Consent

    /// How the consent that was begun stands; waits up to `waitSeconds` for a decision.
    func consent(_ mailbox: String, waitSeconds: Int) async throws(Problem) -> Consent

    /// Takes a refresh token that a person has got elsewhere, tries it and keeps it.
    func authorize(_ mailbox: String, refreshToken: Secret) async throws(Problem) -> TokenForecast

    /// Log order. Waits up to `waitSeconds` for the first event when there is none yet.
    func events(_ query: EventQuery) async throws(Problem) -> [TicketEvent]

    /// One durable commit; delivery follows by itself.
    func send(_ request: SendRequest) async throws(Problem) -> SendReceipt

    func queue(_ query: QueueQuery) async throws(Problem) -> [DeliveryView]

    /// Applies to the matching deliveries; returns how many changed. Holding or releasing by a contract alone holds or
    /// releases the contract: what is queued meanwhile waits, too.
    func changeQueue(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int

    /// Addresses that are not written to, latest first.
    func suppressions(contract: String?, page: PageWish) async throws(Problem) -> [SuppressionView]

    func suppress(contract: String, address: String, reason: String) async throws(Problem) -> SuppressionView

    func unsuppress(contract: String, address: String) async throws(Problem)

    /// Lets a lane of its own suffer for so long, and says what the others noticed.
    func drill(outbox: String, fault: DrillFault, seconds: Int) async throws(Problem) -> DrillReport
}

extension Control {
    package func apply(_ edit: RegistryEdit, dryRun: Bool) async throws(Problem) -> ApplyReport {
        try await apply(edit, dryRun: dryRun, onlyIf: nil)
    }

    package func suppressions(contract: String?) async throws(Problem) -> [SuppressionView] {
        try await suppressions(contract: contract, page: PageWish())
    }

    /// Told when all is done.
    package func test(_ mailbox: String, roundTrip: RoundTrip?) async throws(Problem) -> [ProbeStep] {
        try await test(mailbox, roundTrip: roundTrip) { _ in }
    }
}

/// Whether somebody who has seen the registry still sees the same.
package typealias RegistryCondition = @Sendable (Registry) -> Bool

package struct SuppressionView: Sendable, Hashable, Codable {
    package var contract: String
    package var address: String
    package var reason: String
    package var since: Timestamp

    package init(_ suppression: Suppression, contract: String) {
        self.contract = contract
        address = suppression.address
        reason = suppression.reason
        since = suppression.since
    }
}

/// What a backfill will fetch, or would.
package struct BackfillReport: Sendable, Hashable, Codable {
    package var mailbox: String
    package var dryRun: Bool
    /// Messages that the server named.
    package var listed: Int
    /// How many of them will be fetched.
    package var wanted: Int

    package init(mailbox: String, dryRun: Bool, listed: Int, wanted: Int) {
        self.mailbox = mailbox
        self.dryRun = dryRun
        self.listed = listed
        self.wanted = wanted
    }
}

/// A message that leaves by one mailbox and is to arrive in the other.
package struct RoundTrip: Sendable, Hashable {
    /// The inbox for an outbox under test, and the other way round.
    package var partner: String
    /// The address that leads to the inbox; `nil` takes the inbox's user.
    package var to: String?

    package init(partner: String, to: String? = nil) {
        self.partner = partner
        self.to = to
    }
}

package enum RegistryEdit: Sendable {
    /// A registry document (YAML or JSON). Unless `prune`, what it does not name stays.
    case document([UInt8], prune: Bool)
    /// The fields of one object, as a YAML or JSON mapping; the name must be free.
    case add(RegistrySection, fields: [UInt8])
    /// A new contract and its flows, as another one has them; the fields given stand for those of the other.
    case copy(contract: String, fields: [UInt8])
    /// Fields to change on an existing object; the others stay.
    case edit(RegistrySection, name: String, fields: [UInt8])
    /// Refused while anything links to it, naming the links.
    case delete(RegistrySection, name: String)
    /// A file of another system's mailboxes.
    case importing([UInt8], ImportOptions)
    /// A former version of a template takes the place of the present one. No language is needed where there is only one.
    case restore(template: String, language: String?, version: Int)
}

/// How a file of mailboxes is read.
package struct ImportOptions: Sendable, Hashable {
    package enum Format: String, Sendable, CaseIterable { case csv, yaml }

    package var format: Format
    /// The column that names the contract, where it has another name than usual.
    package var contractColumn: String?
    /// Contracts that there are not are made.
    package var createsContracts: Bool

    package init(format: Format = .csv, contractColumn: String? = nil, createsContracts: Bool = false) {
        self.format = format
        self.contractColumn = contractColumn
        self.createsContracts = createsContracts
    }
}

package enum RegistryFormat: String, Sendable, CaseIterable { case yaml, json }

package enum RegistrySection: String, Sendable, CaseIterable {
    case mailboxes, contracts, flows, templates
}

/// What `apply` did or would do.
package struct ApplyReport: Sendable, Hashable, Codable {
    package struct Line: Sendable, Hashable, Codable {
        /// `added`, `changed`, `removed` or `unchanged`.
        package var action: String
        /// `mailbox`, `contract`, `flow`, `template` or `system`.
        package var kind: String
        package var name: String
        /// Names of the fields that differ; never their values.
        package var fields: [String]
        package init(action: String, kind: String, name: String, fields: [String] = []) {
            self.action = action
            self.kind = kind
            self.name = name
            self.fields = fields
        }
    }

    package var dryRun: Bool
    package var lines: [Line]
    /// Port/provider mismatches and the like: accepted, but probably not meant.
    package var warnings: [DocumentError]

    package init(dryRun: Bool, lines: [Line], warnings: [DocumentError] = []) {
        self.dryRun = dryRun
        self.lines = lines
        self.warnings = warnings
    }
}

/// RFC 9457 problem details.
package struct Problem: Error, Sendable, Hashable, Codable {
    package var status: Int
    package var title: String
    package var detail: String
    package var errors: [DocumentError]

    package init(status: Int, title: String, detail: String, errors: [DocumentError] = []) {
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
    }
}

package struct EventQuery: Sendable, Hashable {
    /// Stands for the last event that the contract's puller has acknowledged.
    package static let acknowledged = "acknowledged"

    package var contract: String?
    /// An event's id, or `acknowledged` where a contract is named.
    package var after: String?
    package var limit: Int
    package var waitSeconds: Int
    package init(contract: String? = nil, after: String? = nil, limit: Int = 100, waitSeconds: Int = 0) {
        self.contract = contract
        self.after = after
        self.limit = limit
        self.waitSeconds = waitSeconds
    }
}

package struct SendRequest: Sendable, Hashable, Codable {
    package struct Attachment: Sendable, Hashable, Codable {
        package var name: String
        package var type: String
        /// Base64 in JSON.
        package var content: [UInt8]
        package init(name: String, type: String, content: [UInt8]) {
            self.name = name
            self.type = type
            self.content = content
        }
    }

    package var contract: String
    package var to: [String]
    /// `system`, `contract` (default) or an outbox's name.
    package var outbox: String?
    package var subject: String
    package var text: String
    package var html: String?
    package var attachments: [Attachment]
    package var idempotencyKey: String?
    package var priority: Priority

    package init(
        contract: String, to: [String], outbox: String? = nil, subject: String, text: String, html: String? = nil,
        attachments: [Attachment] = [], idempotencyKey: String? = nil, priority: Priority = .normal
    ) {
        self.contract = contract
        self.to = to
        self.outbox = outbox
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.idempotencyKey = idempotencyKey
        self.priority = priority
    }
}

package struct SendReceipt: Sendable, Hashable, Codable {
    package var notification: NotificationID
    package var outbox: String
    package var outboxTrace: [String]
    /// Recipients that are not written to, as they are suppressed.
    package var suppressed: [String]
    /// It had been sent before with the same key: nothing was done now.
    package var repeated: Bool
    package init(
        notification: NotificationID, outbox: String, outboxTrace: [String], suppressed: [String] = [],
        repeated: Bool = false
    ) {
        self.notification = notification
        self.outbox = outbox
        self.outboxTrace = outboxTrace
        self.suppressed = suppressed
        self.repeated = repeated
    }
}

package struct QueueQuery: Sendable, Hashable {
    package var contract: String?
    package var outbox: String?
    package var notification: Int64?
    package var states: [String]
    /// Only deliveries with higher ids: where a page before ended.
    package var after: Int64?
    package var limit: Int
    package init(
        contract: String? = nil, outbox: String? = nil, notification: Int64? = nil, states: [String] = [],
        after: Int64? = nil, limit: Int = 1000
    ) {
        self.contract = contract
        self.outbox = outbox
        self.notification = notification
        self.states = states
        self.after = after
        self.limit = limit
    }
}

package enum QueueAction: String, Sendable, CaseIterable { case retry, cancel, hold, release }

package struct DeliveryView: Sendable, Hashable, Codable {
    package var id: DeliveryID
    package var notification: NotificationID
    package var contract: String
    package var outbox: String
    package var recipient: String
    package var state: Delivery.State
    package var attempts: Int
    package var created: Timestamp
    package var nextAttempt: Timestamp?
    package var settled: Timestamp?
    package var failure: Failure?
    package var reply: ProtocolReply?
    package var subject: String
    package var messageID: String
    package var priority: Priority
    package var outboxTrace: [String]

    package init(delivery: Delivery, notification: Notification, contract: String, outbox: String) {
        id = delivery.id
        self.notification = delivery.notification
        self.contract = contract
        self.outbox = outbox
        recipient = delivery.recipient
        state = delivery.state
        attempts = delivery.attempts
        created = delivery.created
        nextAttempt = delivery.state == .queued || delivery.state == .sending ? delivery.nextAttempt : nil
        settled = delivery.settled
        failure = delivery.failure
        reply = delivery.reply
        subject = notification.subject
        messageID = notification.messageID
        priority = notification.priority
        outboxTrace = notification.outboxTrace
    }
}
