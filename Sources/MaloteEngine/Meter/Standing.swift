// How each contract stands at one moment, worked out of a status; pure.

import MaloteCore

/// One contract's mailboxes and lanes in a few numbers.
package struct Standing: Sendable, Hashable {
    /// Seconds that the worst of its inboxes is behind its server; `nil` for none that is polled.
    package var lag: Int?
    /// Seconds that its oldest queued delivery has waited; 0 for none.
    package var queueAge = 0
    /// Mailboxes that fail or need a person.
    package var unwell = 0
    /// Deliveries in states that are not final.
    package var queued = 0
    package var sending = 0
    package var held = 0
    package var unknown = 0

    /// By contract's name. Names that no contract has are not ours to tell of: a drill's, the alerts'.
    package static func all(_ report: StatusReport) -> [String: Standing] {
        var all = Dictionary(
            report.contracts.map { ($0.contract, Standing()) }, uniquingKeysWith: { first, _ in first })
        for mailbox in report.mailboxes where ![.unused, .resting].contains(mailbox.state) {
            for contract in mailbox.contracts { all[contract]?.add(mailbox, now: report.now) }
        }
        for lane in report.lanes { all[lane.contract]?.add(lane, now: report.now) }
        return all
    }

    private mutating func add(_ mailbox: StatusReport.MailboxLine, now: Timestamp) {
        if mailbox.state == .failing || mailbox.state == .needsAttention { unwell += 1 }
        guard mailbox.type == "inbox", let behind = mailbox.current ?? mailbox.failingSince else { return }
        lag = max(lag ?? 0, Self.seconds(from: behind, to: now))
    }

    private mutating func add(_ lane: StatusReport.LaneLine, now: Timestamp) {
        queued += lane.queued
        sending += lane.sending
        held += lane.held
        unknown += lane.unknown
        if let oldest = lane.oldestQueued { queueAge = max(queueAge, Self.seconds(from: oldest, to: now)) }
    }

    /// Never below zero: the clock may have been set back.
    private static func seconds(from: Timestamp, to: Timestamp) -> Int {
        Int(clamping: max(0, (to - from).milliseconds / 1000))
    }
}
