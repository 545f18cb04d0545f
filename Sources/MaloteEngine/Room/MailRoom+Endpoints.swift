// What operators see of receivers of events, and do about them; sends nothing itself.

import MaloteCore

extension MailRoom {
    package func endpoints(contract: String?) async throws(Problem) -> [EndpointView] {
        let one = try contract.map { name throws(Problem) in try self.contract(named: name) }
        let contracts = (one.map { [$0] } ?? parts.board.current.contracts).filter { $0.events != nil }
        return try await views(of: contracts)
    }

    package func endpoint(_ contract: String) async throws(Problem) -> EndpointView {
        try await view(of: try endpointed(contract))
    }

    package func setEndpoint(_ name: String, isEnabled: Bool) async throws(Problem) -> EndpointView {
        let now = parts.time.now()
        return try await change(name, isEnabled ? "is enabled" : "is disabled by an operator") { planner, _ in
            if isEnabled { planner.enable() } else { planner.disable(now: now) }
        }
    }

    package func retryEndpoint(_ name: String) async throws(Problem) -> EndpointView {
        let now = parts.time.now()
        return try await change(name, "is tried at once") { planner, store in
            planner.tryNow()
            for var refused in try store.refusedEvents(
                RefusedEventFilter(contract: planner.state.contract, state: .waiting))
            {
                refused.nextAttempt = now
                try store.keep(refused)
            }
        }
    }

    private func change(
        _ name: String, _ what: String,
        _ body: @escaping @Sendable (inout EndpointPlanner, any StoreWriting) throws -> Void
    ) async throws(Problem) -> EndpointView {
        let contract = try endpointed(name)
        try await write { store in
            guard let state = try store.endpoint(of: contract.id) else { throw Self.noEndpoint(name) }
            var planner = EndpointPlanner(state)
            try body(&planner, store)
            try store.update(planner.state)
        }
        parts.log(.notice, "contract \(name): its endpoint \(what).", [.contract: name])
        await lookAtEndpoint(of: contract.id)
        return try await view(of: contract)
    }

    // MARK: - Replay

    package func replay(_ wish: ReplayWish, dryRun: Bool) async throws(Problem) -> ReplayReport {
        let contract = try endpointed(wish.contract)
        guard !dryRun else {
            let count = try await read { try Self.plan(wish, contract, $0).count }
            return ReplayReport(contract: wish.contract, dryRun: true, events: count)
        }
        let count = try await write { store in
            let plan = try Self.plan(wish, contract, store)
            guard plan.count > 0 else { return 0 }
            try store.moveEndpoint(of: contract.id, from: plan.from, to: plan.to)
            return plan.count
        }
        parts.log(
            .notice, "contract \(wish.contract): \(count) events are delivered again.", [.contract: wish.contract])
        await lookAtEndpoint(of: contract.id)
        return ReplayReport(contract: wish.contract, dryRun: false, events: count)
    }

    private static func plan(
        _ wish: ReplayWish, _ contract: Contract, _ store: any StoreReading
    ) throws -> (from: EventPlace, to: EventPlace, count: Int) {
        guard let state = try store.endpoint(of: contract.id) else { throw noEndpoint(wish.contract) }
        let to: EventPlace
        switch wish.point {
        case .since(let time): to = try store.place(before: time, contract: contract.id)
        case .after(let event):
            guard let place = try store.place(of: EventID(rawValue: event), contract: contract.id) else {
                throw noEvent(event, wish.contract)
            }
            to = place
        }
        let waiting = try store.backlog(of: contract.id, behind: state.position).count
        let all = try store.backlog(of: contract.id, behind: to).count
        return (state.position, to, max(0, all - waiting))
    }

    // MARK: - Refused events

    package func refusedEvents(
        contract: String?, state: RefusedEvent.State?, limit: Int
    ) async throws(Problem) -> [RefusedEventView] {
        let id = try contract.map { name throws(Problem) in try self.contract(named: name).id }
        let registry = parts.board.current
        let limit = min(max(limit, 1), 1000)
        return try await read { store in
            try store.refusedEvents(RefusedEventFilter(contract: id, state: state, limit: limit)).compactMap {
                refused in
                guard let event = try store.event(at: refused.place) else { return nil }
                return RefusedEventView(refused, event: event, contract: registry.name(of: refused.contract))
            }
        }
    }

    package func changeDeadEvents(
        _ action: DeadEventAction, contract name: String, event: String?
    ) async throws(Problem) -> Int {
        let (contract, now) = (try endpointed(name), parts.time.now())
        let changed = try await write { store in
            var place: EventPlace?
            if let event {
                guard let found = try store.place(of: EventID(rawValue: event), contract: contract.id) else {
                    throw Self.noEvent(event, name)
                }
                place = found
            }
            let dead = try store.refusedEvents(
                RefusedEventFilter(contract: contract.id, place: place, state: .dead, limit: 10_000))
            for refused in dead { try Self.change(refused, action, now, store) }
            return dead.count
        }
        parts.log(.notice, "contract \(name): \(changed) dead letters: \(action.rawValue).", [.contract: name])
        await lookAtEndpoint(of: contract.id)
        return changed
    }

    private static func change(
        _ refused: RefusedEvent, _ action: DeadEventAction, _ now: Timestamp, _ store: any StoreWriting
    ) throws {
        switch action {
        case .drop: try store.forgetRefused(contract: refused.contract, place: refused.place)
        case .retry:
            var refused = refused
            (refused.state, refused.attempts, refused.nextAttempt) = (.waiting, 0, now)
            try store.keep(refused)
        }
    }

    // MARK: - Pullers

    package func acknowledge(contract name: String, event: String) async throws(Problem) -> Acknowledgement {
        let contract = try contract(named: name)
        return try await write { store in
            guard let place = try store.place(of: EventID(rawValue: event), contract: contract.id) else {
                throw Self.noEvent(event, name)
            }
            let moved = try store.acknowledge(contract: contract.id, place)
            let now = try store.acknowledged(contract: contract.id) ?? place
            return Acknowledgement(
                contract: name, event: try store.lastEvent(of: contract.id, upTo: now) ?? EventID(rawValue: event),
                moved: moved, waiting: try store.backlog(of: contract.id, behind: now).count)
        }
    }

    // MARK: - Parts

    private func endpointed(_ name: String) throws(Problem) -> Contract {
        let contract = try contract(named: name)
        guard contract.events != nil else { throw Self.noEndpoint(name) }
        return contract
    }

    private static func noEndpoint(_ contract: String) -> Problem {
        Problem(
            status: 404, title: "No endpoint",
            detail: "Contract \(contract) has no endpoint. Register one: its field events, with url and secret.")
    }

    private static func noEvent(_ event: String, _ contract: String) -> Problem {
        Problem(
            status: 404, title: "Not found",
            detail: "Contract \(contract) has no event \(event.onOneLine). See: malotectl events --contract \(contract)"
        )
    }

    private func view(of contract: Contract) async throws(Problem) -> EndpointView {
        guard let view = try await views(of: [contract]).first else { throw Self.noEndpoint(contract.name.text) }
        return view
    }

    private func views(of contracts: [Contract]) async throws(Problem) -> [EndpointView] {
        let busy = await parts.events.busy
        return try await read { store in
            try contracts.sorted { $0.name < $1.name }.compactMap { contract in
                guard let endpoint = contract.events, let kept = try store.endpoint(of: contract.id) else { return nil }
                let backlog = try store.backlog(of: contract.id, behind: kept.position)
                let refused = try store.refusedCounts(of: contract.id)
                let isBusy = busy.contains(contract.id) || backlog.count > 0
                var view = EndpointView(
                    endpoint, contract: contract.name.text, state: Self.state(kept, contract, isBusy: isBusy),
                    kept: kept)
                view.reason = Self.reason(view.state, kept, contract)
                view.position = try store.lastEvent(of: contract.id, upTo: kept.position)
                (view.waiting, view.waitingSince) = (backlog.count, backlog.since)
                (view.refused, view.dead) = (refused[.waiting] ?? 0, refused[.dead] ?? 0)
                return view
            }
        }
    }

    private static func state(_ kept: EndpointState, _ contract: Contract, isBusy: Bool) -> EndpointView.State {
        if kept.isDisabled { return .disabled }
        if contract.status == .paused { return .paused }
        if kept.failure != nil { return .waiting }
        return isBusy ? .delivering : .idle
    }

    private static func reason(_ state: EndpointView.State, _ kept: EndpointState, _ contract: Contract) -> String? {
        switch (state, kept.disabledBy) {
        case (.disabled, .operator?): "An operator disabled it."
        case (.paused, _): "Contract \(contract.name) is paused."
        case (.disabled, _), (.waiting, _): kept.failure?.description
        default: nil
        }
    }
}
