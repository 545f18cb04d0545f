// What the mail room promises, checked on what its servers and its store remember of one life.

import MaloteCore
import MaloteTestKit

/// A promise that one life broke.
package struct Violation: Sendable {
    /// The invariant, as docs/queue.md counts them.
    package var promise: String
    package var text: String
    /// When it should have been kept.
    package var time: Timestamp?
}

/// Judges a life from its histories.
struct Promises {
    let life: Life
    private(set) var violations: [Violation] = []

    init(_ life: Life) { self.life = life }

    private var state: MemoryState { life.premises.store.state }

    mutating func broken(_ promise: String, _ text: String, at time: Timestamp? = nil) {
        violations.append(Violation(promise: promise, text: text, time: time))
    }

    /// Judges the life as it is when everything has come to rest.
    mutating func judge() {
        let state = state
        judgeArrivals(state)
        judgeLedger(state)
        judgeDeliveries(state)
        judgePunctuality(state)
        judgePatience()
        judgeRate()
        judgeLeases()
        judgeHerd()
        judgeBounds(state)
        judgeSecrets(state)
        for (time, text) in life.lateStarts { broken("a start is a start", text, at: time) }
    }

    // MARK: - In

    /// Every mail is one event of each contract that reads its inbox, with its octets, and no server was told earlier.
    private mutating func judgeArrivals(_ state: MemoryState) {
        let places = Dictionary(grouping: state.messages.indices) { place in
            "\(state.messages[place].contract) \(state.messages[place].subject)"
        }
        var expected = 0
        for mail in life.mails {
            for reader in Premises.readers(mail.inbox) {
                expected += 1
                let found = places["\(reader) \(mail.subject)"] ?? []
                let text = "\(mail.subject) is \(found.count) messages of contract \(reader)"
                if found.count != 1 { broken("every mail once", text, at: mail.time) }
                if found.contains(where: { state.sources[$0] != mail.raw }) {
                    broken("every octet", "\(mail.subject) of contract \(reader) was changed", at: mail.time)
                }
            }
        }
        let opened = state.events(.ticketOpened)
        if opened.count != expected { broken("every event once", "\(opened.count) tickets of \(expected) mails") }
        if Set(opened.map(\.id.rawValue)).count != opened.count { broken("every event once", "an event came twice") }
        let others = state.events(.messageQuarantined, .messageIgnored, .ticketReplied).count
        if others > 0 { broken("every event once", "\(others) mails are something else than tickets") }
        for text in life.toldTooEarly { broken("stored before the server is told", text) }
    }

    /// The numbers of every inbox add up, and nothing is left to do at a server.
    private mutating func judgeLedger(_ state: MemoryState) {
        for number in Premises.inboxes {
            let rows = state.ledger.filter { $0.key.inbox.rawValue == number }
            let counts = Dictionary(grouping: rows, by: \.state).mapValues(\.count)
            let mails = life.mails.count { $0.inbox == number }
            if counts[.stored] ?? 0 != mails {
                broken("the numbers add up", "inbox \(number): \(counts[.stored] ?? 0) stored of \(mails) mails")
            }
            if counts[.duplicate] ?? 0 < life.copies[number] ?? 0 {
                broken("the numbers add up", "inbox \(number): a copy is counted nowhere")
            }
            let odd = rows.filter { ![.stored, .duplicate, .vanished].contains($0.state) }
            if let first = odd.first {
                broken("nothing is left over", "inbox \(number): \(first.key.uid) is \(first.state)")
            }
            if let first = rows.first(where: { !$0.settled && $0.state != .wanted }) {
                broken("nothing is left over", "inbox \(number): \(first.key.uid) is not settled")
            }
            let known = Set(rows.map(\.key.uid))
            if let stray = life.premises.inbox(number).folder.fetched.first(where: { !known.contains($0) }) {
                broken("the numbers add up", "inbox \(number): \(stray) was fetched and is in no row")
            }
        }
    }

    // MARK: - Out

    private mutating func judgeDeliveries(_ state: MemoryState) {
        let desks = Premises.outboxes.map { life.premises.outbox($0).desk }
        let accepted = Dictionary(grouping: desks.flatMap(\.accepted)) { "\($0.messageID) \($0.recipient)" }
        let refused = Dictionary(grouping: desks.flatMap(\.refused)) { "\($0.messageID) \($0.recipient)" }
        let names = Dictionary(state.notifications.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for delivery in state.deliveries {
            guard let notification = names[delivery.notification] else { continue }
            let key = "\(notification.messageID) \(delivery.recipient)"
            judge(delivery, notification, accepted[key] ?? [], refused[key] ?? [])
        }
        for (kind, ended) in [(TicketEvent.Kind.notificationSent, Delivery.State.sent), (.notificationFailed, .failed)]
        {
            let (told, rows) = (state.events(kind).count, state.deliveries.count { $0.state == ended })
            if told != rows {
                broken("every event once", "\(rows) deliveries are \(ended.rawValue), \(told) were told")
            }
        }
        let mails = state.notifications.count { $0.ticket != nil }
        if mails != state.events(.ticketOpened).count { broken("every event once", "\(mails) confirmations") }
    }

    private mutating func judge(
        _ delivery: Delivery, _ notification: Notification, _ accepted: [FakeOutboxServer.Acceptance],
        _ refused: [FakeOutboxServer.Refusal]
    ) {
        let what = "\(notification.subject) to \(delivery.recipient) (\(delivery.id))"
        func fail(_ promise: String, _ text: String) -> Violation {
            Violation(promise: promise, text: "\(what) \(text)", time: accepted.last?.time ?? delivery.created)
        }
        let answered = accepted.count(where: \.isAnswered)
        let isCertain = !life.doubtful.contains(delivery.id)
        if accepted.contains(where: { $0.content != notification.content }) {
            violations.append(fail("same octets at every try", "was changed"))
        }
        if isCertain, answered > 1 || accepted.count > 2 || accepted.dropLast().contains(where: \.isAnswered) {
            violations.append(fail("at most one resend, after a lost answer", "was taken \(accepted.count) times"))
        }
        if delivery.attempts < accepted.count {
            violations.append(fail("every try is counted", "was taken more often than tried"))
        }
        switch delivery.state {
        case .sent where answered == 0: violations.append(fail("sent is sent", "was never taken"))
        case .failed where answered > 0 && isCertain, .unknown where answered > 0 && isCertain:
            violations.append(fail("every acceptance is counted", "was taken and is \(delivery.state.rawValue)"))
        case .failed where !refused.contains { $0.failure.kind == .permanent }:
            let isOld = delivery.settled.map { $0 - delivery.created > .seconds(5 * 86_400) } ?? false
            if !isOld { violations.append(fail("failed is refused", "was never refused for good")) }
        // A final dot that was noted in the moment of a kill counts as handed over, although it may never have left.
        case .unknown where accepted.count + (life.notedDots.contains(delivery.id) ? 1 : 0) < 2 && isCertain:
            violations.append(fail("one resend before a person is asked", "was taken \(accepted.count) times"))
        case .queued, .sending:
            violations.append(fail("everything comes to an end", "is still \(delivery.state.rawValue)"))
        default: break
        }
    }

    // MARK: - Time

    /// What waited, although its own servers, the daemon and the disk were well, waited no longer than it had to.
    private mutating func judgePunctuality(_ state: MemoryState) {
        let stored = Dictionary(
            state.messages.map { ("\($0.contract) \($0.subject)", $0.received) },
            uniquingKeysWith: { first, _ in first })
        for mail in life.mails {
            let bound = Duration.seconds(Premises.pollSeconds(mail.inbox) * 11 / 10 + 90)
            for reader in Premises.readers(mail.inbox) {
                guard let received = stored["\(reader) \(mail.subject)"] else { continue }
                let waited = wait(from: mail.time, to: received, at: .inbox(mail.inbox))
                if waited > bound {
                    broken(
                        "no contract waits for another",
                        "\(mail.subject) waited \(waited) for inbox \(mail.inbox), which was well", at: mail.time)
                }
            }
        }
        for delivery in state.deliveries where delivery.state == .sent {
            guard let settled = delivery.settled else { continue }
            let outbox = delivery.lane.outbox.rawValue - 100
            let waited = wait(from: delivery.created, to: settled, at: .outbox(outbox))
            // For a place it may have to wait until a mute server is given up. How long a rate takes is its own affair.
            if waited > .seconds(90), outbox != Premises.limited {
                broken(
                    "no contract waits for another",
                    "delivery \(delivery.id) of contract \(delivery.lane.contract) waited \(waited) for outbox"
                        + " \(outbox), which was well", at: delivery.created)
            }
        }
    }

    /// How much of a time was neither the place's own fault nor everybody's.
    private func wait(from: Timestamp, to: Timestamp, at place: Spell.Place) -> Duration {
        let interval: Duration =
            if case .inbox(let number) = place { .seconds(Premises.pollSeconds(number)) } else { .zero }
        let spells = life.agenda.spells.filter { $0.place == place || $0.place == .disk }.map {
            $0.felt(interval: interval)
        }
        let downs = life.downs.map { $0.lowerBound..<($0.upperBound + .seconds(30)) }
        var waited = Duration.zero
        var time = from
        for pause in (spells + downs).sorted(by: { $0.lowerBound < $1.lowerBound }) where pause.upperBound > time {
            if pause.lowerBound >= to { break }
            waited += max(.zero, pause.lowerBound - time)
            time = pause.upperBound
        }
        return waited + max(.zero, to - time)
    }

    /// A server that cannot be used is tried by schedule, whatever waits and however often the daemon starts.
    private mutating func judgePatience() {
        for spell in life.agenda.spells where spell.fault.isDead {
            let (knocks, lanes): ([Timestamp], Int)
            switch spell.place {
            case .inbox(let number): (knocks, lanes) = (life.premises.inbox(number).folder.knocks, 1)
            case .outbox(let number):
                let users = Premises.contracts.count { Premises.outbox(of: $0) == number }
                (knocks, lanes) = (life.premises.outbox(number).desk.knocks, users)
            case .disk: continue
            }
            let during = spell.from..<spell.to
            let tries = knocks.count { during.contains($0) }
            let length = (spell.to - spell.from).components.seconds
            let usual = Int(length) * 10 / (9 * Int(spell.longestRest.components.seconds))
            let allowed = lanes * (8 + usual)
            if tries > allowed {
                broken(
                    "a dead server is tried by schedule",
                    "\(spell.place) was tried \(tries) times in \(length) s, not \(allowed)", at: spell.from)
            }
        }
    }

    /// No minute takes more than was agreed, whatever waits and however often the daemon starts.
    private mutating func judgeRate() {
        var times: [String: Timestamp] = [:]
        for row in life.premises.outbox(Premises.limited).desk.accepted {
            times["\(row.messageID) \(row.time)"] = row.time
        }
        let sorted = times.values.sorted()
        for place in sorted.indices.dropFirst(Premises.perMinute) {
            let first = sorted[place - Premises.perMinute]
            if sorted[place] - first < .seconds(60) {
                broken("no more than its rate", "outbox \(Premises.limited) took too much in a minute", at: first)
            }
        }
    }

    // MARK: - After the end

    /// What an operator requeued has gone out by the schedule of a fresh life.
    mutating func judgeFreshLives(_ requeued: Set<DeliveryID>) {
        for delivery in state.deliveries where requeued.contains(delivery.id) && delivery.state != .sent {
            broken("what is requeued gets a fresh life", "delivery \(delivery.id) is \(delivery.state.rawValue)")
        }
    }

    /// Nothing is left behind: no connection, no sleeper.
    mutating func judgeRest() {
        for text in life.stubborn { broken("a stop is a stop", text) }
        for number in Premises.inboxes {
            let open = life.premises.inbox(number).folder.openNow
            if open != 0 { broken("nothing is left open", "\(open) connections to inbox \(number)") }
        }
        for number in Premises.outboxes {
            let open = life.premises.outbox(number).desk.openNow
            if open != 0 { broken("nothing is left open", "\(open) connections to outbox \(number)") }
        }
        if let waking = life.premises.stage.clock.nextWaking {
            broken("nothing is left open", "somebody still sleeps until \(waking)")
        }
    }
}
