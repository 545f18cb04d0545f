// What the mail room promises of itself: how long it holds on, how much it takes, and what it never says.

import MaloteCore
import MaloteTestKit

extension Promises {
    /// The term of a lease, its renewal by a listing, what a few messages earn, and a goodbye.
    private static let longestPoll = Duration.seconds(2 * 900 + 60)

    /// Nobody holds a connection for longer than a lease, however cleverly he drips.
    mutating func judgeLeases() {
        for number in Premises.inboxes {
            let held = life.premises.inbox(number).folder.heldAtMost
            if held > Self.longestPoll {
                broken("a poll has its place on lease", "inbox \(number) held a connection for \(held)")
            }
        }
    }

    /// When all servers are back at once they do not see all of us at once: no second of the next two hours has more than
    /// half of the inboxes, but for the moments in which the daemon itself began.
    mutating func judgeHerd() {
        for moment in life.agenda.returns {
            let knocks = Premises.inboxes.flatMap { life.premises.inbox($0).folder.knocks }
            let late = knocks.filter { knock in
                knock > moment && knock < moment + .seconds(7200)
                    && !life.boots.contains { knock >= $0 && knock < $0 + .seconds(1) }
            }
            let seconds = Dictionary(grouping: late) { $0.milliseconds / 1000 }.mapValues(\.count)
            if let most = seconds.max(by: { $0.value < $1.value }), most.value > Premises.inboxes.count / 2 {
                broken(
                    "a herd is spread", "\(most.value) inboxes were polled in one second",
                    at: Timestamp(seconds: most.key))
            }
        }
    }

    // MARK: - Bounds

    /// Sleepers of a daemon that does all it can at one time; what is forgotten would grow with every poll.
    private static let sleepers = 60

    mutating func judgeBounds(_ state: MemoryState) {
        let peaks = life.peaks
        for (what, count, limit) in [
            ("connections", peaks.connections, DaemonRun.places), ("sleepers", peaks.sleepers, Self.sleepers),
        ] where count > limit {
            broken("everything has its bound", "\(count) \(what) at one time, not \(limit)")
        }
        for number in Premises.inboxes {
            let open = life.premises.inbox(number).folder.openAtMost
            if open > DaemonRun.perHost { broken("everything has its bound", "\(open) connections to inbox \(number)") }
        }
        judgeDisk(state)
    }

    /// What is stored grows with the mail, and with nothing else.
    private mutating func judgeDisk(_ state: MemoryState) {
        let longest = state.ledger.map(\.history.text.utf8.count).max() ?? 0
        if longest > History.limit + 2000 { broken("everything has its bound", "a history of \(longest) octets") }
        if state.health.count > Premises.inboxes.count + Premises.outboxes.count {
            broken("everything has its bound", "\(state.health.count) rows of health")
        }
        for (outbox, counts) in state.sentCounts where counts.count > 200 {
            broken("everything has its bound", "\(counts.count) counts of outbox \(outbox)")
        }
        // A folder that was numbered anew n times has had each message under at most n + 1 numbers.
        for number in Premises.inboxes {
            let rows = state.ledger.count { $0.key.inbox.rawValue == number }
            let mails = life.mails.count { $0.inbox == number } + (life.copies[number] ?? 0)
            let numberings = Int(life.premises.inbox(number).folder.validity)
            if rows > mails * numberings {
                broken("everything has its bound", "inbox \(number): \(rows) rows of \(mails) mails")
            }
        }
    }

    // MARK: - Secrets

    /// No password and no key is in anything that somebody reads: logs, events, faults, reasons, mails, or the registry's
    /// own description. What is in a core file or on a command line only a real process shows.
    mutating func judgeSecrets(_ state: MemoryState) {
        let places: [(String, [String])] = [
            ("the log", life.premises.spoken.lines),
            ("an event", state.events.map(\.json)),
            ("a fault", state.health.values.map { "\($0)" } + state.deliveries.map { "\($0)" }),
            ("a reason", state.ledger.map(\.history.text) + state.messages.map(\.history.text)),
            (
                "a notification",
                state.notifications.map {
                    "\($0.messageID) \($0.outboxTrace) " + String(decoding: $0.content, as: UTF8.self)
                }
            ),
            ("the registry's description", ["\(state.registry)", String(reflecting: state.registry)]),
        ]
        for (place, texts) in places {
            for canary in Premises.canaries where texts.contains(where: { $0.contains(canary) }) {
                broken("no secret is told", "\(canary) is in \(place)")
            }
        }
        if life.premises.spoken.lines.isEmpty {
            broken("no secret is told", "nothing was logged: nothing was looked at")
        }
    }
}
