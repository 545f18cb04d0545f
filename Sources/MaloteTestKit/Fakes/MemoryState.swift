// What a store keeps, as one value; knows nothing of transactions.

import MaloteCore

/// Row numbers are places in the lists, counted from 1.
package struct MemoryState: Sendable {
    package var registry: Registry
    var registryVersion: Int64 = 0
    package var cursors: [FolderCursor] = []
    package var ledger: [LedgerEntry] = []
    package var messages: [StoredMessage] = []
    package var sources: [[UInt8]] = []
    /// Places of messages whose sources were removed.
    var sourceless: Set<Int> = []
    package var tickets: [Ticket] = []
    package var events: [TicketEvent] = []
    package var notifications: [Notification] = []
    package var deliveries: [Delivery] = []
    package var health: [MailboxID: MailboxHealth] = [:]
    package var holds: [ContractID: Timestamp] = [:]
    package var sentCounts: [MailboxID: [SentCount]] = [:]
    package var suppressions: [Suppression] = []
    package var templateVersions: [TemplateName: [TemplateVersion]] = [:]
    package var occasions: [KeptOccasion] = []
    package var plannedSteps: [PlannedStep] = []
    package var approvals: [Approval] = []
    package var endpoints: [ContractID: EndpointState] = [:]
    package var refusedEvents: [RefusedEvent] = []
    package var acknowledged: [ContractID: EventPlace] = [:]
    /// Where each event stands in the log; those that were erased keep their places.
    var eventPlaces: [EventID: EventPlace] = [:]
    var lastEventPlace = EventPlace.unsaved
    package var accessTokens: [APIToken] = []
    package var audit: [AuditEntry] = []
    var lastAudit: Int64 = 0
    var answersKept: [StoredAnswer] = []
    package var course: [CourseSample] = []
    package var alerts: [Alert] = []
    var lastPlanned: Int64 = 0
    var lastApproval: Int64 = 0
    /// What the lists of deliveries would have to be searched for: places that are queued, and how many are in each state.
    var queued: Set<Int> = []
    /// Places of ledger rows about which something is left to do.
    var openRows: Set<Int> = []
    var laneCounts: [Lane: [Delivery.State: Int]] = [:]
    /// Which ledger row each message was filed from, as places.
    var origins: [Int?] = []
    var answers: [AnswerScope: Int] = [:]
    var delayTold: Set<DeliveryID> = []
    var ticketNumbers: [ContractID: Int] = [:]
    var ticketPlaces: [ContractID: [String: Int]] = [:]
    var threads: [ContractID: [String: TicketID]] = [:]
    var ledgerPlaces: [LedgerKey: Int] = [:]
    var digestPlaces: [Digest: [Int]] = [:]

    package init(registry: Registry) { self.registry = registry }

    package func entry(_ uid: String, validity: UInt32? = nil) -> LedgerEntry? {
        ledger.first { $0.key.uid == uid && (validity == nil || $0.key.validity == validity) }
    }

    struct AnswerScope: Hashable {
        var contract: ContractID
        var scope: String
        var hour: Int64
    }

    package func events(_ kinds: TicketEvent.Kind...) -> [TicketEvent] { events.filter { kinds.contains($0.kind) } }
}
