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
    /// Fewer places than mailboxes: whoever holds one without need is in somebody's way.
    private static let places = 5

    init(_ premises: Premises, seed: UInt64) {
        self.premises = premises
        self.seed = seed
        let (time, store, signs) = (premises.stage.clock, premises.store, VitalSigns())
        let board = RegistryBoard(store.state.registry)
        let gate = HostGate(perHost: 3, total: Self.places)
        intake = Intake(
            board: board, codec: SimpleCodec(), hashing: premises.hashing, signingKey: [1, 2, 3], time: time,
            queueBell: queueBell, eventBell: Bell(), log: .silent)
        scheduler = PollScheduler(
            .init(
                board: board, store: store, connector: premises.inboxServers, intake: intake, gate: gate, time: time,
                signs: signs, stop: stop, limits: InboxLimits(messageOctets: 100_000), log: .silent,
                pulse: Self.pulse), seed: seed)
        drain = QueueDrain(
            .init(
                board: board, store: store, connector: premises.outboxServers, journal: premises.journal,
                intake: intake, gate: gate, time: time, signs: signs, stop: stop, log: .silent, pulse: Self.pulse),
            bell: queueBell, seed: seed)
    }

    func start() throws {
        let (store, journal, now, seed) = (premises.store, premises.journal, premises.now, seed)
        let intake = intake
        try premises.stage.run {
            _ = try await Recovery.run(store: store, journal: journal, intake: intake, now: now, seed: seed)
        }
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
