// One seed's life: carries out its agenda, and remembers what a judge needs to know; judges nothing itself.

import MaloteCore
import MaloteEngine
import MaloteTestKit

/// Weeks of the mail room in a moment. When the agenda is over everything is mended, and what is left must come to rest.
package final class Life {
    struct Mail {
        var inbox: Int64
        var subject: String
        var raw: [UInt8]
        var time: Timestamp
    }

    package let seed: UInt64
    let premises = Premises()
    let agenda: Agenda
    let start: Timestamp
    private(set) var mails: [Mail] = []
    /// Mails that were put into their inbox a second time.
    private(set) var copies: [Int64: Int] = [:]
    /// When the daemon did not run.
    private(set) var downs: [Range<Timestamp>] = []
    private var downSince: Timestamp
    /// When the service manager starts the daemon; `nil` while it runs.
    private var nextBoot: Timestamp?
    private(set) var boots: [Timestamp] = []
    /// Deliveries that were under way at a power cut: the journal proves nothing of them.
    private(set) var doubtful: Set<DeliveryID> = []
    /// Mails that were marked at their server before they were stored here.
    private let early = Notes()
    var toldTooEarly: [String] { early.lines }
    /// What did not end when it was told to.
    private(set) var stubborn: [String] = []
    /// Starts after which nothing was done at once, or that read the whole store.
    private(set) var lateStarts: [(time: Timestamp, text: String)] = []
    /// Deliveries whose final dot was noted when the daemon was killed, and perhaps never left.
    private(set) var notedDots: Set<DeliveryID> = []
    /// The most that was in use at any one time.
    private(set) var peaks = Peaks()

    struct Peaks {
        var connections = 0
        var sleepers = 0
    }

    package private(set) var chronicle: [(time: Timestamp, text: String)] = []
    private var sent = 0

    package init(seed: UInt64, days: Int) {
        self.seed = seed
        start = premises.now
        (downSince, nextBoot) = (start, start)
        agenda = Agenda(seed: seed, start: start, days: days)
        for number in Premises.inboxes { watch(number) }
    }

    /// A server must not be told of a message before it is stored.
    private func watch(_ number: Int64) {
        let (store, early) = (premises.store, early)
        premises.inbox(number).watch { marked in
            let state = store.state
            for message in marked where !state.sources.contains(message.raw) {
                early.add("message \(message.number) of inbox \(number)")
            }
        }
    }

    private func tell(_ text: String) { chronicle.append((premises.now, text)) }

    // MARK: - Living

    package func live() {
        for (time, item) in agenda.items {
            advance(to: time)
            carryOut(item)
        }
        mend()
    }

    /// The daemon may begin again on the way there.
    private func advance(to time: Timestamp) {
        while let next = nextBoot, next <= time {
            premises.stage.advance(by: max(.zero, next - premises.now), look: measure)
            boot()
        }
        premises.stage.advance(by: max(.zero, time - premises.now), look: measure)
    }

    private func measure() {
        let inboxes = Premises.inboxes.map { premises.inbox($0).change { $0.openNow + $0.opening } }
        let outboxes = Premises.outboxes.map { premises.outbox($0).change { $0.openNow + $0.opening } }
        peaks.connections = max(peaks.connections, (inboxes + outboxes).reduce(0, +))
        peaks.sleepers = max(peaks.sleepers, premises.stage.clock.sleepers)
    }

    private func carryOut(_ item: Agenda.Item) {
        switch item {
        case .mail(let number): receive(number)
        case .copy(let number): receiveAgain(number)
        case .submission(let contract, let recipients): submit(contract, recipients)
        case .begin(let spell):
            tell("\(spell.place) \(spell.fault.rawValue) until \(spell.to)")
            suffer(spell.place, spell.fault)
        case .end(let spell): suffer(spell.place, nil)
        case .renumber(let number):
            tell("inbox \(number) is renumbered")
            if number != 3, number != 6 { premises.inbox(number).renumber() }
        case .stop(let down): stop(down)
        case .crash(let down):
            guard premises.run != nil else { return }
            let from = premises.now
            premises.kill()
            tell("the daemon crashes")
            away(since: from, down)
        case .kill(let steps, let down, let reboots): kill(after: steps, down, reboots)
        }
    }

    private func suffer(_ place: Spell.Place, _ fault: Spell.Fault?) {
        switch place {
        case .inbox(let number): premises.inbox(number).suffer(fault)
        case .outbox(let number): premises.outbox(number).suffer(fault)
        case .disk: premises.store.object(fault == nil ? nil : Self.fullDisk)
        }
    }

    private static let fullDisk: MemoryStore.Objection = { before, after in
        after.messages.count > before.messages.count || after.deliveries != before.deliveries
            ? Failure(.operatorNeeded, .diskFull, "The disk is full.") : nil
    }

    // MARK: - Traffic

    private func receive(_ number: Int64) {
        let subject = "m\(number)-\(mails.count)"
        let lines = [
            "From: u\(mails.count)@customer.example", "Subject: \(subject)",
            "Message-ID: <\(subject)@customer.example>", "", "My printer burns.", "",
        ]
        let mail = Mail(
            inbox: number, subject: subject, raw: Array(lines.joined(separator: "\r\n").utf8), time: premises.now)
        mails.append(mail)
        premises.inbox(number).receive(mail.raw)
        premises.stage.settle()
    }

    private func receiveAgain(_ number: Int64) {
        guard let last = mails.last(where: { $0.inbox == number }) else { return }
        copies[number, default: 0] += 1
        premises.inbox(number).receive(last.raw)
        premises.stage.settle()
    }

    private func submit(_ contract: Int64, _ recipients: Int) {
        guard let run = premises.run else { return }
        sent += 1
        let (subject, now, store) = ("s\(contract)-\(sent)", premises.now, premises.store)
        let lane = Lane(
            contract: ContractID(rawValue: contract),
            outbox: Premises.outboxID(Premises.outbox(of: contract)))
        let content = "Message-ID: <\(subject)@desk.example>\r\nSubject: \(subject)\r\n\r\nHello\r\n"
        let notification = Notification(
            lane: lane, messageID: "<\(subject)@desk.example>", envelopeFrom: "help@desk.example",
            recipients: (1...recipients).map { "p\($0)@customer.example" }, subject: subject,
            content: Array(content.utf8), outboxTrace: [], created: now)
        // A full disk refuses it, and then nobody was promised anything.
        _ = try? premises.stage.run { _ = try await store.write { try $0.enqueue(notification) } }
        run.queueBell.ring()
        premises.stage.settle()
    }

    // MARK: - Ends and beginnings

    private func stop(_ down: Duration) {
        guard premises.run != nil else { return }
        let from = premises.now
        let ending = premises.stop()
        tell("the daemon is stopped and \(ending.rawValue)")
        if ending == .killed { stubborn.append("the daemon did not end within ten seconds, at \(from)") }
        away(since: from, down)
    }

    private func kill(after steps: Int, _ down: Duration, _ reboots: Bool) {
        guard premises.run != nil else { return }
        let life = premises.life
        life.cut(after: steps)
        // Where there is work, it hits somebody at work.
        for number in [1, 4, 5] as [Int64] {
            receive(number)
            submit(number, 2)
        }
        _ = premises.stage.advance(atMost: .seconds(900)) { life.isCut }
        let from = premises.now
        premises.kill()
        notedDots.formUnion(premises.journal.leftover().finalDots.map(\.delivery))
        if reboots {
            premises.journal.reboot()
            doubtful.formUnion(premises.store.state.deliveries.filter { $0.state == .sending }.map(\.id))
        }
        tell("the daemon is killed\(reboots ? " by a power cut" : "")")
        away(since: from, down)
    }

    private func away(since from: Timestamp, _ down: Duration) {
        (downSince, nextBoot) = (from, premises.now + down)
    }

    /// As the service manager does: again and again.
    private func boot() {
        do {
            let rows = premises.store.state
            try premises.boot()
            boots.append(premises.now)
            judgeStart(rows)
            downs.append(downSince..<premises.now)
            nextBoot = nil
        } catch { nextBoot = premises.now + .seconds(30) }
    }

    /// Whatever is stored, a start asks the store for what was under way and no more, and then sets to work at once.
    private func judgeStart(_ before: MemoryState) {
        let steps = premises.run?.recoverySteps ?? 0
        if steps > 4 {
            let rows = before.ledger.count + before.deliveries.count
            lateStarts.append((premises.now, "\(steps) steps before the start, with \(rows) rows"))
        }
        let isAnyWell = Premises.inboxes.contains { before.health[MailboxID(rawValue: $0)]?.failure == nil }
        let isAtWork = Premises.inboxes.contains { premises.inbox($0).folder.knocks.last == premises.now }
        if isAnyWell, !isAtWork { lateStarts.append((premises.now, "nobody was at work at once")) }
    }

    // MARK: - The end

    /// All is well from now on; what waits has nine hours, and what failed then gets a fresh life.
    private func mend() {
        for number in Premises.inboxes { premises.inbox(number).suffer(nil) }
        for number in Premises.outboxes { premises.outbox(number).suffer(nil) }
        premises.store.object(nil)
        advance(to: max(premises.now, nextBoot ?? premises.now))
        tell("all is well from now on")
        premises.stage.advance(by: .seconds(9 * 3600), look: measure)
    }

    /// An operator requeues what failed, while every server still says "later" for ten minutes.
    /// - Returns: the deliveries concerned.
    func requeueFailed() -> Set<DeliveryID> {
        let store = premises.store
        let failed = store.state.deliveries.filter { $0.state == .failed || $0.state == .unknown }.map(\.id)
        for number in Premises.outboxes { premises.outbox(number).suffer(.greylists) }
        let now = premises.now
        _ = try? premises.stage.run { _ = try await store.write { try $0.requeue(failed, at: now) } }
        premises.run?.queueBell.ring()
        premises.stage.advance(by: .seconds(600))
        for number in Premises.outboxes { premises.outbox(number).suffer(nil) }
        // The schedule of a fresh life: tries after 1, 6 and 21 minutes.
        premises.stage.advance(by: .seconds(1200))
        return Set(failed)
    }

    func finish() {
        let ending = premises.stop()
        if ending != .byItself { stubborn.append("with nothing to do, the daemon \(ending.rawValue)") }
        premises.stage.settle()
    }
}

extension Life {
    /// Everything that was committed, in words: what two lives of one seed have in common.
    package var fingerprint: [String] {
        let state = premises.store.state
        return state.events.map { "\($0.id) \($0.json)" }
            + state.deliveries.map { "\($0.id) \($0.recipient) \($0.state) \($0.attempts) \($0.nextAttempt)" }
    }
}
