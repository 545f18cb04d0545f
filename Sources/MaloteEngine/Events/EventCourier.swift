// Delivers one contract's events to its endpoint, in order and one at a time; decides nothing a planner could decide.

import MaloteCore
import MaloteDesk

struct EventCourier: Sendable {
    let contract: ContractID
    let delivery: EventDelivery
    let parts: EventDelivery.Parts
    let bell: Bell

    /// How long it rests at most without looking for itself.
    private static let longestRest = Duration.seconds(300)
    /// When the store does not answer.
    private static let storeRest = Duration.seconds(10)

    /// An event that is to be sent, and where the endpoint stood when it was taken up.
    private struct Parcel: Sendable {
        var placed: PlacedEvent
        var position: EventPlace
        /// What was kept of an event that is sent again.
        var again: RefusedEvent?
    }

    private enum Errand: Sendable {
        case send(Parcel)
        case rest(until: Timestamp?)
    }

    /// Until its contract has no endpoint any more, another node is to have it, or it is cancelled.
    func run(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        var wasAgain = false
        while !parts.stop.isSet, !Task.isCancelled, parts.book.holds(.endpoint(contract)) {
            let heard = [bell, parts.board.changed, parts.book.changed].map { ($0, $0.generation) }
            guard let contract = parts.board.current.contract(contract), let endpoint = contract.events else { return }
            switch await look(contract, wasAgain: wasAgain) {
            case .send(let parcel)?:
                // Another node may be at it by now.
                guard parts.book.holds(.endpoint(contract.id)) else { return }
                wasAgain = parcel.again != nil
                await send(parcel, to: endpoint, of: contract, &random)
            case .rest(let until)?: await rest(heard, until.map { $0 - parts.time.now() } ?? Self.longestRest)
            case nil: await rest([], Self.storeRest)
            }
        }
    }

    private func rest(_ heard: [(bell: Bell, generation: Int)], _ wait: Duration) async {
        let wait = min(max(wait, .milliseconds(1)), Self.longestRest)
        await Bell.waitForAny(heard + [(parts.stop.bell, 0)], for: wait, time: parts.time)
    }

    /// - Returns: `nil` if the store does not answer.
    private func look(_ contract: Contract, wasAgain: Bool) async -> Errand? {
        let (id, now, isPaused) = (contract.id, parts.time.now(), contract.status == .paused)
        return try? await parts.store.read { store in
            guard let state = try store.endpoint(of: id) else { return .rest(until: nil) }
            let next = try store.events(of: id, behind: state.position, limit: 1).first
            let again = try store.refusedEvents(RefusedEventFilter(contract: id, state: .waiting, limit: 1)).first
            let work = EndpointPlanner.Work(
                hasNext: next != nil, nextAgain: again.map { $0.lastRefused <= now ? $0.nextAttempt : now },
                wasAgain: wasAgain)
            switch (EndpointPlanner(state).step(work, isPaused: isPaused, now: now), next, again) {
            case (.next, let placed?, _): return .send(Parcel(placed: placed, position: state.position))
            case (.again, _, let again?):
                guard let event = try store.event(at: again.place) else { return .rest(until: nil) }
                let placed = PlacedEvent(place: again.place, event: event)
                return .send(Parcel(placed: placed, position: state.position, again: again))
            case (.rest(let until), _, _): return .rest(until: until)
            default: return .rest(until: nil)
            }
        }
    }

    // MARK: - Sending

    private func send(
        _ parcel: Parcel, to endpoint: Contract.EventEndpoint, of contract: Contract, _ random: inout SeededRandom
    ) async {
        await delivery.begin(contract.id)
        let (verdict, status) = await verdict(parcel.placed.event, endpoint)
        await settle(parcel, verdict, status, endpoint, contract, &random)
        await delivery.end(contract.id)
    }

    private func verdict(
        _ event: TicketEvent, _ endpoint: Contract.EventEndpoint
    ) async -> (EndpointVerdict, status: Int?) {
        do {
            var secrets: [[UInt8]] = []
            for source in endpoint.secrets { secrets.append(try await octets(of: source)) }
            let message = WebhookMessage(event, to: endpoint)
            let reply = try await parts.client.post(
                message.request(secrets: secrets, at: parts.time.now(), hashing: parts.hashing))
            let host = WebAddress(endpoint.url)?.host ?? "The receiver"
            return (EndpointVerdict(reply, host: host, now: parts.time.now()), reply.status)
        } catch { return (.unusable(error), nil) }
    }

    private func octets(of source: SecretSource) async throws(Failure) -> [UInt8] {
        guard let octets = WebhookSecret.octets(of: try await parts.secrets.reveal(source)) else {
            throw Failure(
                .operatorNeeded, .credential, "What follows whsec_ in the endpoint's secret is not Base64.",
                remedy: "Write the whole secret into it.")
        }
        return octets
    }

    // MARK: - Recording

    private func settle(
        _ parcel: Parcel, _ verdict: EndpointVerdict, _ status: Int?, _ endpoint: Contract.EventEndpoint,
        _ contract: Contract, _ random: inout SeededRandom
    ) async {
        let now = parts.time.now()
        switch verdict {
        // Our own shutdown says nothing about the receiver.
        case .unusable(let failure) where failure.cause == .shuttingDown: return
        case .taken: break
        // What was said at another address, or to another signature, says nothing about this one.
        default: guard parts.board.current.contract(contract.id)?.events == endpoint else { return }
        }
        let ending = Ending(parcel: parcel, verdict: verdict, status: status, now: now, seed: random.next())
        while true {
            do {
                let news = try await parts.store.write { try ending.record($0) }
                return tell(news, contract)
            } catch {
                parts.log(
                    .error,
                    "contract \(contract.name): an answer of its endpoint could not be stored: "
                        + "\(Failure(storing: error))", [.contract: contract.name.text])
                // It was delivered: not to be delivered again only because the disk is full for a moment.
                guard !parts.stop.isSet, !Task.isCancelled else { return }
                await rest([], Self.storeRest)
            }
        }
    }

    /// What is worth a line in the log.
    private enum News: Sendable {
        case nothing, recovered
        case failing(Failure)
        case disabled(Failure)
        case setAside(EventID, Failure)
        case dead(EventID, Failure)
    }

    private struct Ending: Sendable {
        var parcel: Parcel
        var verdict: EndpointVerdict
        var status: Int?
        var now: Timestamp
        var seed: UInt64

        /// Decides on the state as it is now: an operator may have changed it meanwhile.
        func record(_ store: any StoreWriting) throws -> News {
            let event = parcel.placed.event
            guard let state = try store.endpoint(of: event.contract) else { return .nothing }
            var planner = EndpointPlanner(state)
            var random = SeededRandom(seed: seed)
            let news: News
            switch verdict {
            case .taken(let ticket):
                news = planner.taken(status: status, now: now) ? .recovered : .nothing
                try store.forgetRefused(contract: event.contract, place: parcel.placed.place)
                try pass(store)
                if let ticket { try link(ticket, store) }
            case .refused(let failure):
                let wasFailing = planner.answered(status: status, now: now)
                let isDead = try keep(failure, store, &random)
                news = isDead ? .dead(event.id, failure) : wasFailing ? .recovered : .nothing
                try pass(store)
            // Of an event that was set aside it says nothing new about a receiver that took others since.
            case .doubtful(let failure) where parcel.again != nil && state.failure == nil:
                planner.answered(status: status, now: now)
                news = try keep(failure, store, &random) ? .dead(event.id, failure) : .nothing
            case .doubtful(let failure):
                planner.unusable(failure, now: now, random: &random)
                news = try doubt(failure, wasFailing: state.failure != nil, planner.state, store, &random)
            case .unusable(let failure):
                news = state.failure?.cause == failure.cause ? .nothing : .failing(failure)
                planner.unusable(failure, now: now, random: &random)
            case .gone(let failure):
                news = .disabled(failure)
                planner.gone(failure, now: now)
            }
            try store.update(planner.state)
            return news
        }

        /// One event must not hold up the others for ever, nor a receiver's bad day make dead letters of them all.
        private func doubt(
            _ failure: Failure, wasFailing: Bool, _ state: EndpointState, _ store: any StoreWriting,
            _ random: inout SeededRandom
        ) throws -> News {
            guard state.consecutiveFailures >= EndpointClock.doubts else {
                return wasFailing ? .nothing : .failing(failure)
            }
            let isDead = try keep(failure, store, &random)
            try pass(store)
            return isDead ? .dead(parcel.placed.event.id, failure) : .setAside(parcel.placed.event.id, failure)
        }

        /// The next event is the one behind this, unless an operator moved the endpoint.
        private func pass(_ store: any StoreWriting) throws {
            guard parcel.again == nil else { return }
            try store.moveEndpoint(
                of: parcel.placed.event.contract, from: parcel.position, to: parcel.placed.place)
        }

        /// - Returns: whether it is a dead letter now.
        private func keep(
            _ failure: Failure, _ store: any StoreWriting, _ random: inout SeededRandom
        ) throws -> Bool {
            let (contract, place) = (parcel.placed.event.contract, parcel.placed.place)
            var before: RefusedEvent?
            if parcel.again != nil {
                before = try store.refusedEvents(RefusedEventFilter(contract: contract, place: place)).first
                // An operator dropped it meanwhile.
                guard before != nil else { return false }
            }
            let refused = EndpointPlanner.refused(
                failure, at: place, of: contract, before: before, now: now, random: &random)
            try store.keep(refused)
            return refused.state == .dead
        }

        /// As `malotectl ticket link` does.
        private func link(_ external: String, _ store: any StoreWriting) throws {
            let event = parcel.placed.event
            guard let key = ReceiverAnswer.ticketKey(of: event),
                let ticket = try store.ticket(contract: event.contract, key: key), ticket.external != external
            else { return }
            try store.setExternal(external, ticket: ticket.id)
        }
    }

    private func tell(_ news: News, _ contract: Contract) {
        let fields: [Log.Field: String] = [.contract: contract.name.text]
        switch news {
        case .nothing: return
        case .recovered: parts.log(.notice, "contract \(contract.name): its endpoint takes events again.", fields)
        case .failing(let failure):
            parts.log(
                .warning, "contract \(contract.name): its endpoint takes no events: \(failure)",
                fields.merging([.cause: failure.cause.rawValue]) { $1 })
        case .disabled(let failure):
            parts.log(.error, "contract \(contract.name): its endpoint is disabled: \(failure)", fields)
        case .setAside(let event, let failure):
            parts.log(
                .warning,
                "contract \(contract.name): event \(event) is set aside and tried again by itself: \(failure)",
                fields)
        case .dead(let event, let failure):
            parts.log(
                .error, "contract \(contract.name): event \(event) is a dead letter: \(failure)", fields)
        }
    }
}
