// What will happen in one life, drawn from its seed before it begins; pure.

import MaloteCore
import MaloteTestKit

/// Mails, submissions, spells of bad weather, stops and kills, in the order of their times.
struct Agenda {
    enum Item: Sendable {
        case mail(inbox: Int64)
        /// The last mail of this inbox once more.
        case copy(inbox: Int64)
        case submission(contract: Int64, recipients: Int)
        case begin(Spell)
        case end(Spell)
        /// Another UIDVALIDITY.
        case renumber(inbox: Int64)
        case stop(down: Duration)
        /// A kill after so many more steps, perhaps with a reboot.
        case kill(steps: Int, down: Duration, reboots: Bool)
        /// One crash of a daemon that crashes again and again.
        case crash(down: Duration)
    }

    private(set) var items: [(time: Timestamp, item: Item)] = []
    private(set) var spells: [Spell] = []
    /// When everything comes back at once after all servers were gone.
    private(set) var returns: [Timestamp] = []
    private var random: Dice
    private let start: Timestamp
    private let end: Timestamp

    init(seed: UInt64, start: Timestamp, days: Int) {
        random = Dice(seed)
        self.start = start
        end = start + .seconds(days * 86_400)
        totalOutage()
        greatOutages()
        drips()
        for number in Premises.inboxes { weather(.inbox(number), Spell.Fault.inbox) }
        for number in Premises.outboxes { weather(.outbox(number), Spell.Fault.outbox) }
        every(hours: 60) { agenda, time in
            agenda.add(Spell(place: .disk, fault: .full, from: time, to: time + .seconds(60 + agenda.roll(1200))))
        }
        traffic()
        endings()
        items.sort { $0.time < $1.time }
    }

    private mutating func roll(_ sides: Int) -> Int { random.roll(sides) }

    /// Calls at random times, so many hours apart on average.
    private mutating func every(hours: Int, _ body: (inout Agenda, Timestamp) -> Void) {
        var time = start + .seconds(roll(hours * 3600))
        while time < end {
            body(&self, time)
            time = time + .seconds(1 + roll(hours * 7200))
        }
    }

    // MARK: - Weather

    /// One fault at a time and place.
    private mutating func add(_ spell: Spell) {
        let isFree = !spells.contains { $0.place == spell.place && $0.from <= spell.to && spell.from <= $0.to }
        guard isFree, spell.to < end else { return }
        spells.append(spell)
        items += [(spell.from, .begin(spell)), (spell.to, .end(spell))]
    }

    private mutating func weather(_ place: Spell.Place, _ faults: [Spell.Fault]) {
        every(hours: 20) { agenda, time in
            let length = [20, 200, 1800, 7200, 40_000][agenda.roll(5)]
            let fault = faults[agenda.roll(faults.count)]
            agenda.add(Spell(place: place, fault: fault, from: time, to: time + .seconds(length)))
        }
    }

    /// Half of all servers are gone at once, and all back at once.
    private mutating func greatOutages() {
        for _ in 0..<2 {
            let from = start + .seconds(roll(Int((end - start).components.seconds)))
            let to = from + .seconds([600, 7200, 90_000][roll(3)])
            let half = roll(2)
            for number in Premises.inboxes where Int(number) % 2 == half {
                let fault: Spell.Fault = roll(2) == 0 ? .mute : .refuses
                add(Spell(place: .inbox(number), fault: fault, from: from, to: to))
            }
            for number in Premises.outboxes where Int(number) % 2 == half {
                let fault: Spell.Fault = roll(2) == 0 ? .mute : .hangsInMessage
                add(Spell(place: .outbox(number), fault: fault, from: from, to: to))
            }
        }
    }

    /// All servers are gone, and all are back in the same moment.
    private mutating func totalOutage() {
        let from = start + .seconds(86_400 + roll(Int((end - start).components.seconds) / 2))
        let to = from + .seconds([900, 7200, 40_000][roll(3)])
        // Mute ones hold on to whatever place they get.
        let fault: Spell.Fault = roll(2) == 0 ? .mute : .refuses
        for number in Premises.inboxes { add(Spell(place: .inbox(number), fault: fault, from: from, to: to)) }
        for number in Premises.outboxes { add(Spell(place: .outbox(number), fault: fault, from: from, to: to)) }
        if to < end { returns.append(to) }
    }

    /// A server that keeps just within what a session bears; one at a time, as each may hold its place for a lease.
    private mutating func drips() {
        var time = start
        while time < end {
            time = time + .seconds(3600 + roll(72 * 3600))
            let length = [4000, 20_000][roll(2)]
            let number = Premises.inboxes.lowerBound + Int64(roll(Premises.inboxes.count))
            add(Spell(place: .inbox(number), fault: .drips, from: time, to: time + .seconds(length)))
            time = time + .seconds(length + 3600)
        }
    }

    // MARK: - Traffic

    private mutating func traffic() {
        for number in Premises.inboxes {
            every(hours: 4) { agenda, time in
                for _ in 0...([0, 0, 0, 6][agenda.roll(4)]) { agenda.items.append((time, .mail(inbox: number))) }
                if agenda.roll(10) == 0 {
                    agenda.items.append((time + .seconds(agenda.roll(9000)), .copy(inbox: number)))
                }
            }
            every(hours: 150) { agenda, time in agenda.items.append((time, .renumber(inbox: number))) }
        }
        for number in Premises.contracts {
            every(hours: 6) { agenda, time in
                agenda.items.append((time, .submission(contract: number, recipients: 1 + agenda.roll(3))))
            }
        }
    }

    private mutating func endings() {
        every(hours: 50) { agenda, time in
            for number in 0..<30 {
                agenda.items.append((time + .seconds(10 * number), .crash(down: .seconds(5))))
            }
        }
        every(hours: 10) { agenda, time in
            let down = Duration.seconds([0, 1, 30, 600, 7200][agenda.roll(5)])
            let isStop = agenda.roll(3) == 0
            agenda.items.append(
                (
                    time,
                    isStop
                        ? .stop(down: down)
                        : .kill(steps: agenda.roll(150), down: down, reboots: agenda.roll(5) == 0)
                ))
        }
    }
}

/// The seed, as something to roll.
struct Dice {
    private var state: Chance

    init(_ seed: UInt64) { state = Chance(seed: seed) }

    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<max(1, sides), using: &state) }
}
