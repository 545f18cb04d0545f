// One run of the daemon's engine, from its start to its stop or its kill; knows nothing of what happens around it.

import MaloteCore
import MaloteEngine
import MaloteTestKit

/// Wired like the real one, but for the clock, the store and the servers.
final class DaemonRun {
    let stop = StopFlag()
    let queueBell = Bell()
    let drain: QueueDrain
    private let premises: Premises
    private let scheduler: PollScheduler
    private let intake: Intake
    private let seed: UInt64
    private var performances: [Performance<Void>] = []

    /// So rarely does the engine look after itself that a forgotten wakening shows as a delay.
    private static let pulse = Duration.seconds(3 * 3600)
    /// Fewer places than mailboxes: whoever holds one without need is in somebody's way. One of them may drip for as
    /// long as its lease lasts.
    static let places = 6
    static let perHost = 3

    init(_ premises: Premises, seed: UInt64) {
        self.premises = premises
        self.seed = seed
        let (time, store, signs) = (premises.stage.clock, premises.store, VitalSigns())
        let board = RegistryBoard(store.state.registry)
        let gate = HostGate(perHost: Self.perHost, total: Self.places)
        let spoken = premises.spoken
        let log = Log { level, sentence, fields in spoken.add("\(level) \(sentence) \(fields)") }
        intake = Intake(
            board: board, codec: SimpleCodec(), hashing: premises.hashing, signingKey: Array("canary-key".utf8),
            time: time, queueBell: queueBell, eventBell: Bell(), log: log)
        scheduler = PollScheduler(
            .init(
                board: board, store: store, connector: premises.inboxServers, intake: intake, gate: gate, time: time,
                signs: signs, stop: stop, limits: InboxLimits(messageOctets: 100_000), log: log,
                pulse: Self.pulse), seed: seed)
        drain = QueueDrain(
            .init(
                board: board, store: store, connector: premises.outboxServers, journal: premises.journal,
                intake: intake, gate: gate, time: time, signs: signs, stop: stop, log: log, pulse: Self.pulse),
            bell: queueBell, seed: seed)
    }

    /// What recovery asked of the world, whatever there was to recover.
    private(set) var recoverySteps = 0

    func start() throws {
        let taken = premises.life.taken
        let (store, journal, now, seed) = (premises.store, premises.journal, premises.now, seed)
        let intake = intake
        try premises.stage.run {
            _ = try await Recovery.run(store: store, journal: journal, intake: intake, now: now, seed: seed)
        }
        recoverySteps = premises.life.taken - taken
        let (scheduler, drain) = (scheduler, drain)
        performances.append(premises.stage.start { try await scheduler.run() })
        performances.append(premises.stage.start { try await drain.run() })
    }

    var isOver: Bool { performances.allSatisfy(\.isOver) }

    func cancel() {
        for performance in performances { performance.cancel() }
        premises.stage.settle()
    }
}
