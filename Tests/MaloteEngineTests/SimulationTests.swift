// Random faults, stops and crashes over the whole engine, and then the invariants; a failure names its seed.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

/// Days of the desk's life in a moment: mail comes in, servers fail in every way, the daemon is stopped and killed; then
/// everything is well again, and nothing may be missing or doubled. Contracts 1 to 3 suffer; contract 4 does not.
struct Simulation {
    let house: House
    private var random: SeededRandom
    private var run: Run
    private var received: [Int64: [[UInt8]]] = [:]
    private(set) var reboots = false
    private let inboxes: [Inbox] = [
        Inbox(access: .imap, pollSeconds: 30, after: .seen, start: .all),
        Inbox(access: .imap, pollSeconds: 30, after: .delete, start: .all),
        Inbox(access: .pop3, pollSeconds: 30, after: .delete, start: .all),
        Inbox(access: .imap, pollSeconds: 30, after: .move(folder: "Done"), start: .all),
    ]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        let inboxes = inboxes
        house = House(
            deskRegistry(1...4, answers: true) { registry in
                for number in 1...4 {
                    let place = registry.mailboxes.firstIndex { $0.id.rawValue == Int64(number) }
                    if let place { registry.mailboxes[place].role = .inbox(inboxes[number - 1]) }
                }
                // Contract 3 takes contract 1's mail as well, and sends through its outbox.
                registry.contracts[2].inboxes.append(sampleInbox(1).name)
                registry.contracts[2].outbox = registry.contracts[0].outbox
            })
        run = Run(house, perHost: 3)
    }

    private mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }

    // MARK: - Life

    mutating func live(epochs: Int) throws {
        try boot()
        for _ in 0..<epochs {
            disturb()
            for _ in 0...roll(4) {
                if roll(2) == 0 { receive(Int64(1 + roll(4))) }
                house.stage.advance(by: .seconds([1, 7, 40, 200, 900][roll(5)]))
            }
            if roll(3) == 0 { try end() }
        }
        mend()
        // The longest wait of a delivery is four hours.
        let store = house.store
        let isDone = house.stage.advance(atMost: .seconds(9 * 3600)) {
            store.state.deliveries.allSatisfy { $0.state != .queued && $0.state != .sending }
        }
        #expect(isDone)
        house.stage.advance(by: .seconds(600))
        run.askToStop()
        #expect(run.isOver)
    }

    private mutating func boot() throws {
        run = Run(house, perHost: 3)
        try run.recover()
        run.startPolling().startSending()
    }

    /// A stop, or a kill at a step that nobody chose, perhaps with a reboot.
    private mutating func end() throws {
        if roll(3) == 0 {
            run.askToStop()
            house.stage.advance(by: .seconds(roll(20)))
        } else {
            house.life.cut(after: roll(60))
            house.stage.advance(by: .seconds(100))
        }
        run.crash()
        #expect(run.isOver)
        house.store.object(nil)
        if roll(5) == 0 {
            house.journal.reboot()
            reboots = true
        }
        house.stage.advance(by: .seconds(roll(100)))
        try boot()
    }

    private mutating func receive(_ number: Int64) {
        let raw = mail("m\(number)-\(received[number, default: []].count)", from: "u\(number)@customer.example")
        received[number, default: []].append(raw)
        house.inbox(number).receive(raw)
    }

    // MARK: - Faults

    private mutating func disturb() {
        let number = Int64(1 + roll(3))
        let inFault = roll(6)
        house.inbox(number).change { folder in
            folder.faults = .init()
            switch inFault {
            case 0: folder.faults.open = sampleFailure(.connect)
            case 1: folder.faults.silence = .seconds(45)
            case 2: folder.faults.diesIn = 2
            case 3: folder.faults.losesQuit = true
            case 4: folder.faults.settle = Failure(.transient, .rejected, "Not now.")
            default: break
            }
        }
        let outFault = roll(9)
        house.outbox(number).change { desk in
            desk.faults = .init()
            switch outFault {
            case 0: desk.faults.open = sampleFailure(.authTemporary)
            case 1: desk.faults.silence = .seconds(70)
            case 2: desk.faults.deaths = 2
            case 3: desk.faults.lostAnswers = 1
            case 4: desk.faults.perSession = 1
            case 5: desk.faults.saysGoodbye = true
            case 6: desk.faults.silenceInMessage = .seconds(50)
            case 7: desk.faults.refusals["u\(number)@customer.example"] = sampleFailure(.greylisted)
            default: break
            }
        }
        let diskFault = roll(8)
        let renumbers = roll(10) == 0
        house.store.object(diskFault == 0 ? Self.fullDisk : nil)
        if renumbers, number != 3 { house.inbox(number).renumber() }
    }

    private static let fullDisk: MemoryStore.Objection = { before, after in
        after.messages.count > before.messages.count || after.deliveries != before.deliveries
            ? Failure(.operatorNeeded, .diskFull, "The disk is full.") : nil
    }

    private func mend() {
        for number in 1...3 as ClosedRange<Int64> {
            house.inbox(number).change { $0.faults = .init() }
            house.outbox(number).change { $0.faults = .init() }
        }
        house.store.object(nil)
    }

    // MARK: - Invariants

    /// The contracts that take their mail from this inbox.
    private func readers(_ number: Int64) -> [Int64] { number == 1 ? [1, 3] : [number] }

    func expectEveryMessageOnce(_ seed: UInt64) {
        let state = house.store.state
        for (number, mails) in received {
            for raw in mails {
                let subject = try? SimpleCodec().view(RawMessage(raw)).subject
                for reader in readers(number) {
                    let places = state.messages.indices.filter {
                        state.messages[$0].subject == subject && state.messages[$0].contract.rawValue == reader
                    }
                    #expect(places.count == 1, "seed \(seed): \(subject) of contract \(reader)")
                    #expect(places.allSatisfy { state.sources[$0] == raw }, "seed \(seed): \(subject)")
                }
            }
        }
        let expected = received.map { $0.value.count * readers($0.key).count }.reduce(0, +)
        #expect(state.events(.ticketOpened).count == expected, "seed \(seed)")
        #expect(state.events(.messageQuarantined, .messageIgnored, .ticketReplied).isEmpty, "seed \(seed)")
        #expect(state.notifications.count == expected, "seed \(seed)")
        #expect(state.ledger.allSatisfy { $0.state != .wanted && $0.settled }, "seed \(seed)")
    }

    func expectEveryNotificationDelivered(_ seed: UInt64) {
        let state = house.store.state
        let accepted = (1...4 as ClosedRange<Int64>).flatMap { house.outbox($0).desk.accepted }
        let copies = Dictionary(grouping: accepted, by: \.messageID)
        for notification in state.notifications {
            let found = copies[notification.messageID] ?? []
            #expect(!found.isEmpty, "seed \(seed): \(notification.subject) was never sent")
            #expect(Set(found.map(\.content)).count <= 1, "seed \(seed): \(notification.subject) was changed")
            // Once for the answer that came, and once more for every answer that was lost.
            let answered = found.count { $0.isAnswered }
            if !reboots { #expect(answered <= 1, "seed \(seed): \(notification.subject) was sent \(answered) times") }
        }
        for delivery in state.deliveries {
            let isEnded = delivery.state == .sent || delivery.state == .unknown
            #expect(isEnded, "seed \(seed): \(delivery.recipient) is \(delivery.state)")
        }
    }

    func expectTheHealthyContractNeverFailed(_ seed: UInt64) {
        let state = house.store.state
        // The one disk belongs to everybody.
        let failures = state.events(.mailboxFailing).filter {
            ["in-4", "out-4"].contains($0.subject) && !$0.json.contains("disk-full")
        }
        #expect(failures.isEmpty, "seed \(seed): contract 4 failed")
        let own = state.deliveries.filter { $0.lane.contract.rawValue == 4 }
        #expect(own.allSatisfy { $0.state == .sent }, "seed \(seed)")
    }
}

@Suite struct SimulationTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func nothingIsLostAndNothingIsDoubled(seed: UInt64) throws {
        var simulation = Simulation(seed: seed)
        try simulation.live(epochs: 12)
        simulation.expectEveryMessageOnce(seed)
        simulation.expectEveryNotificationDelivered(seed)
        simulation.expectTheHealthyContractNeverFailed(seed)
    }

    /// The same seed is the same life, to the last event: a failure can be looked at again.
    @Test func aSeedRepeatsItself() throws {
        let lives = try (1...2).map { _ in
            var simulation = Simulation(seed: 7)
            try simulation.live(epochs: 12)
            return simulation.house.store.state
        }
        #expect(lives[0].events == lives[1].events)
        #expect(lives[0].deliveries == lives[1].deliveries)
    }
}
