// A drill from its beginning to its end: two lanes of its own, a quiet time, a bad time, and what the others made of it.

import MaloteCore

/// The isolation proof on an operator's own install. The drill's lanes are lanes like any other: the same queue, the same
/// store, the same network. Only their servers are of loopback, and no contract's mail, lane or server is touched.
struct DrillRun: Sendable {
    /// Lanes that no registry can name.
    static let suffering = Lane(contract: ContractID(rawValue: -1), outbox: MailboxID(rawValue: -1))
    static let neighbour = Lane(contract: ContractID(rawValue: -2), outbox: MailboxID(rawValue: -2))
    static let lanes = [suffering, neighbour]

    private static let pace = Duration.milliseconds(250)
    private static let backlog = 100
    /// What a message's latency may grow by chance alone, in milliseconds.
    private static let noise: Int64 = 100
    /// What a lane's work may be late by chance alone, in milliseconds.
    private static let lateness: Int64 = 1000

    let room: MailRoom
    let outbox: Mailbox
    let fault: DrillFault
    let seconds: Int
    private var quietSeconds: Int { min(seconds, 15) }

    init(room: MailRoom, outbox: Mailbox, fault: DrillFault, seconds: Int) {
        self.room = room
        self.outbox = outbox
        self.fault = fault
        self.seconds = seconds
    }

    private var parts: MailRoom.Parts { room.parts }
    private var now: Timestamp { parts.time.now() }

    func run() async throws(Problem) -> DrillReport {
        do {
            // Other addresses, so that they are other hosts to the limit per host.
            let bad = try await parts.drill.open("127.0.0.1", fault: fault)
            let good: any DrillServer
            do { good = try await parts.drill.open("127.0.0.2", fault: nil) } catch {
                await bad.close()
                throw error
            }
            parts.board.invite([
                mailbox(Self.suffering, "drill-\(fault.rawValue)", "127.0.0.1", bad.port, outbox.outbox?.rate),
                mailbox(Self.neighbour, "drill-neighbour", "127.0.0.2", good.port, nil),
            ])
            let outcome = await Self.attempt { try await self.suffer() }
            // What the lanes still wait for ends with their servers.
            parts.board.invite([])
            await bad.close()
            await good.close()
            await tidyUp()
            return try outcome.get()
        } catch { throw Problem(error) }
    }

    private static func attempt(_ body: () async throws -> DrillReport) async -> Result<DrillReport, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    private func mailbox(_ lane: Lane, _ name: String, _ server: String, _ port: Int, _ rate: SendingRate?) -> Mailbox {
        let mine = outbox.outbox ?? Outbox(senders: [])
        let role = Outbox(senders: mine.senders, without: mine.without, rate: rate ?? SendingRate())
        return Mailbox(
            id: lane.outbox, name: MailboxName(name) ?? outbox.name, server: server, port: port, security: .none,
            login: nil, role: .outbox(role))
    }

    // MARK: - The two times

    private func suffer() async throws -> DrillReport {
        let began = now
        for turn in 0..<(quietSeconds * 4) { try await step([Self.neighbour], turn) }
        let turned = now
        try await enqueue(Self.suffering, (0..<Self.backlog).map { "backlog-\($0)" })
        for turn in 0..<(seconds * 4) { try await step(Self.lanes, turn + quietSeconds * 4) }
        let ended = now
        let isBusy = await parts.drain.isBusy([Self.suffering])
        // What was queued last may still be on its way.
        try await parts.time.sleep(for: .seconds(3))
        return try await report(began, turned, ended, isBusy: isBusy)
    }

    private func step(_ lanes: [Lane], _ turn: Int) async throws {
        guard !parts.stop.isSet else {
            throw Failure(.transient, .shuttingDown, "The drill was called off: the daemon stops.")
        }
        for lane in lanes { try await enqueue(lane, ["\(turn)"]) }
        try await parts.time.sleep(for: Self.pace)
    }

    private func enqueue(_ lane: Lane, _ names: [String]) async throws {
        let now = now
        let notifications = names.map { name in
            let id = "<drill\(lane.contract)-\(name)-\(now.milliseconds)@drill.invalid>"
            return Notification(
                lane: lane, messageID: id, envelopeFrom: "drill@drill.invalid", recipients: ["drill@drill.invalid"],
                subject: "Drill",
                content: Array("Message-ID: \(id)\r\nSubject: Drill\r\n\r\nNobody reads this.\r\n".utf8),
                outboxTrace: ["A drill."], created: now)
        }
        try await parts.store.write { store in
            for notification in notifications { _ = try store.enqueue(notification) }
        }
        parts.queueBell.ring()
    }

    // MARK: - What it showed

    /// - Parameter isBusy: whether somebody was dealing with the failing server when the bad time ended.
    private func report(
        _ began: Timestamp, _ turned: Timestamp, _ ended: Timestamp, isBusy: Bool
    ) async throws -> DrillReport {
        let (log, delays) = (await parts.drain.sentLog, [await parts.drain.delays, await parts.scheduler.delays])
        let health = await parts.drain.health[Self.suffering.outbox]
        let isFelt = health?.failure != nil || isBusy
        let (summaries, now, registry) = (try await parts.store.read { try $0.lanes() }, now, parts.board.current)
        let lines = summaries.map { summary in
            let lane = summary.lane
            let worst = delays.compactMap { $0.worst(lane.contract, now: now, since: turned)?.delay }.max()
            return DrillReport.Line(
                contract: registry.name(of: lane.contract), outbox: registry.name(of: lane.outbox),
                before: log.latency(lane, queuedIn: began..<turned),
                during: log.latency(lane, queuedIn: turned..<ended),
                queued: summary.queued + summary.sending, oldestQueued: summary.oldestQueued,
                worstDelay: worst?.milliseconds ?? 0)
        }
        let named = Dictionary(zip(summaries.map(\.lane), lines), uniquingKeysWith: { first, _ in first })
        guard let suffering = named[Self.suffering], let neighbour = named[Self.neighbour] else {
            throw Failure(.transient, .defect, "The drill's lanes are gone.")
        }
        let others = summaries.filter { !Self.lanes.contains($0.lane) }.compactMap { named[$0.lane] }
        return DrillReport(
            outbox: outbox.name.text, fault: fault, quietSeconds: quietSeconds, seconds: seconds,
            suffering: suffering, felt: health?.failure, neighbour: neighbour, others: others,
            findings: findings(neighbour, others), isProof: isFelt && suffering.during.messages < Self.backlog)
    }

    /// The neighbour is judged by its latency; the real lanes by what they waited although their servers could be used,
    /// since what their servers take to answer is not ours.
    private func findings(_ neighbour: DrillReport.Line, _ others: [DrillReport.Line]) -> [String] {
        var findings: [String] = []
        let lost = seconds * 4 - neighbour.during.messages
        if lost > 0 { findings.append("\(lost) messages of the healthy lane did not leave.") }
        if let before = neighbour.before.p99, let during = neighbour.during.p99,
            during > before * 11 / 10 + Self.noise
        {
            findings.append("The healthy lane's p99 grew from \(before) to \(during) ms.")
        }
        for line in [neighbour] + others where line.worstDelay > Self.lateness {
            findings.append("Contract \(line.contract) was delayed by \(line.worstDelay) ms at worst.")
        }
        return findings
    }

    /// Everything that the drill put into the store leaves it; at the latest when the daemon starts again.
    private func tidyUp() async {
        for _ in 0..<120 where await parts.drain.isBusy(Self.lanes) {
            guard (try? await parts.time.sleep(for: .milliseconds(500))) != nil else { return }
        }
        guard await parts.drain.forget(Self.lanes) else { return }
        try? await parts.store.write { store in for lane in Self.lanes { try store.erase(lane) } }
    }
}
