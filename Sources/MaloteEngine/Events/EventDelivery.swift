// Keeps one courier for each endpoint and tells it of news; sends nothing itself and decides nothing.

import MaloteCore
import MaloteDesk

/// Events on their way out. Each endpoint has a courier of its own with one request under way: a receiver that is slow
/// or dead costs only itself.
package actor EventDelivery {
    package struct Parts: Sendable {
        package var board: RegistryBoard
        package var store: any Store
        package var client: any WebhookClient
        package var secrets: any SecretReader
        package var hashing: any Hashing
        /// Rung when the event log has grown.
        package var eventBell: Bell
        package var time: any TimeSource
        package var signs: VitalSigns
        package var stop: StopFlag
        package var book: LeaseBook
        package var log: Log
        /// How often it shows that it is alive even if there is nothing to do.
        package var pulse: Duration

        package init(
            board: RegistryBoard, store: any Store, client: any WebhookClient, secrets: any SecretReader,
            hashing: any Hashing, eventBell: Bell, time: any TimeSource, signs: VitalSigns, stop: StopFlag,
            book: LeaseBook = .whole, log: Log, pulse: Duration = .seconds(10)
        ) {
            self.board = board
            self.store = store
            self.client = client
            self.secrets = secrets
            self.hashing = hashing
            self.eventBell = eventBell
            self.time = time
            self.signs = signs
            self.stop = stop
            self.book = book
            self.log = log
            self.pulse = pulse
        }
    }

    private static let sign = "event delivery"

    private let parts: Parts
    /// Each courier's own bell.
    private var couriers: [ContractID: Bell] = [:]
    /// Endpoints with a request under way.
    package private(set) var busy: Set<ContractID> = []
    private var random: SeededRandom
    /// Up to here couriers know the log: each looks for itself when it starts.
    private var known = EventPlace.unsaved
    private let bell = Bell()
    private var hasOpened = false

    package init(_ parts: Parts, seed: UInt64) {
        self.parts = parts
        random = SeededRandom(seed: seed)
    }

    /// Runs until asked to stop or cancelled; then requests under way have two seconds left for their answers.
    package func run() async throws(Failure) {
        parts.signs.register(Self.sign, limit: .seconds(60))
        defer { parts.signs.retire(Self.sign) }
        do {
            known = try await parts.store.read { try $0.endOfLog() }
            if parts.book.isWhole { try await openEndpoints() }
        } catch { throw Failure(storing: error) }
        await withDiscardingTaskGroup { group in
            while !parts.stop.isSet, !Task.isCancelled {
                let heard = [parts.eventBell, parts.board.changed, parts.book.changed, bell].map { ($0, $0.generation) }
                await openEndpointsOnce()
                startCouriers(in: &group)
                await tellNews()
                parts.signs.tick(Self.sign)
                guard !parts.stop.isSet else { break }
                await Bell.waitForAny(heard + [(parts.stop.bell, 0)], for: parts.pulse, time: parts.time)
            }
            group.cancelAll()
        }
    }

    /// What an earlier version registered has no state yet.
    private func openEndpoints() async throws {
        try await parts.store.write { try $0.followEndpoints(from: try $0.registry()) }
        hasOpened = true
    }

    /// One node does it for all.
    private func openEndpointsOnce() async {
        guard !hasOpened, parts.book.begin(.chores) else { return }
        try? await openEndpoints()
        parts.book.end(.chores)
    }

    private func startCouriers(in group: inout DiscardingTaskGroup) {
        for contract in parts.board.current.contracts where contract.events != nil && couriers[contract.id] == nil {
            guard parts.book.begin(.endpoint(contract.id)) else { continue }
            let bell = Bell()
            couriers[contract.id] = bell
            let courier = EventCourier(contract: contract.id, delivery: self, parts: parts, bell: bell)
            let seed = random.next()
            group.addTask {
                await courier.run(seed: seed)
                await self.ended(contract.id)
            }
        }
    }

    private func ended(_ contract: ContractID) {
        couriers[contract] = nil
        parts.book.end(.endpoint(contract))
        bell.ring()
    }

    /// One look at the log for all of them: most news is not for most endpoints.
    private func tellNews() async {
        guard let news = try? await parts.store.read({ [known] in try $0.newcomers(behind: known) }) else { return }
        known = news.end
        for contract in news.contracts { couriers[contract]?.ring() }
    }

    /// An operator changed something about the endpoint.
    package func look(at contract: ContractID) { couriers[contract]?.ring() }

    func begin(_ contract: ContractID) { busy.insert(contract) }
    func end(_ contract: ContractID) { busy.remove(contract) }
}

extension StoreWriting {
    /// Endpoints as contracts have them now: a new one begins at the end of the log, one that is gone is forgotten, and
    /// one that was changed is tried at once.
    /// - Parameter after: the registry as it stands in the store, if that was read already.
    package func followEndpoints(from before: Registry, to after: Registry? = nil) throws {
        let contracts = try (after ?? registry()).contracts.filter { $0.events != nil }
        let wanted = Set(contracts.map(\.id))
        let known = Dictionary(try endpoints().map { ($0.contract, $0) }, uniquingKeysWith: { first, _ in first })
        for contract in known.keys.sorted() where !wanted.contains(contract) { try closeEndpoint(of: contract) }
        for contract in contracts {
            guard let state = known[contract.id] else {
                try openEndpoint(of: contract.id)
                continue
            }
            let former = before.contract(contract.id)?.events
            guard former != contract.events else { continue }
            var planner = EndpointPlanner(state)
            if former?.url != contract.events?.url { planner.moved() } else { planner.tryNow() }
            try update(planner.state)
        }
    }
}
