// This daemon as one node of several; knows no rule of sharing.

import Foundation
import MaloteCore
import MaloteEngine
import MaloteRuntime
import MaloteStore

extension Daemon {
    /// - Returns: `nil` where the store is this daemon's own.
    static func keeper(
        _ config: DaemonConfig, _ store: any DurableStore, _ folder: StateFolder, book: LeaseBook, board: RegistryBoard,
        journal: any AttemptJournal, intake: Intake, tokens: any TokenDesk, gate: HostGate, scheduler: PollScheduler,
        drain: QueueDrain, events: EventDelivery, time: any TimeSource, signs: VitalSigns, stop: StopFlag, log: Log
    ) -> LeaseKeeper? {
        guard let shared = store as? PostgresStore else { return nil }
        return LeaseKeeper(
            .init(
                cluster: shared.cluster, node: StateStore.introduction(config, folder), book: book, board: board,
                store: store, journal: journal, intake: intake, gate: gate, scheduler: scheduler, drain: drain,
                events: events, tokens: tokens, time: time, signs: signs, stop: stop, log: log,
                onLoss: { failure in
                    log(.error, "maloted ends at once: \(failure)", [.cause: failure.cause.rawValue])
                    Self.endAtOnce()
                }),
            seed: .random(in: 0...UInt64.max))
    }

    var clusterServices: [Service] {
        guard let keeper, let shared = store as? PostgresStore else { return [] }
        return [
            Service("lease") { try await keeper.run() },
            Service("news") { await NewsWatch(news: shared.news, room: room).run() },
        ]
    }

    /// Without a lease nothing under way may go on: others may be doing it by now. systemd starts the daemon afresh.
    static func endAtOnce() -> Never {
        fflush(nil)
        _exit(EX_TEMPFAIL)
    }
}
