// Guards of receivers of events: a contract's own are its own.

import MaloteCore

extension GuardedControl {
    package func endpoints(contract: String?) async throws(Problem) -> [EndpointView] {
        try await inner.endpoints(contract: try narrowed(contract))
    }

    package func endpoint(_ contract: String) async throws(Problem) -> EndpointView {
        try mind(contract)
        return try await inner.endpoint(contract)
    }

    package func setEndpoint(_ contract: String, isEnabled: Bool) async throws(Problem) -> EndpointView {
        try mind(contract)
        let action = isEnabled ? "endpoint.enable" : "endpoint.disable"
        return try await change(action, contract: contract) { () throws(Problem) in
            try await inner.setEndpoint(contract, isEnabled: isEnabled)
        }
    }

    package func retryEndpoint(_ contract: String) async throws(Problem) -> EndpointView {
        try mind(contract)
        return try await change("endpoint.retry", contract: contract) { () throws(Problem) in
            try await inner.retryEndpoint(contract)
        }
    }

    package func replay(_ wish: ReplayWish, dryRun: Bool) async throws(Problem) -> ReplayReport {
        try mind(wish.contract)
        guard !dryRun else { return try await inner.replay(wish, dryRun: true) }
        return try await change("endpoint.replay", wish.point.words, contract: wish.contract) { () throws(Problem) in
            try await inner.replay(wish, dryRun: false)
        }
    }

    package func refusedEvents(
        contract: String?, state: RefusedEvent.State?, limit: Int
    ) async throws(Problem) -> [RefusedEventView] {
        try await inner.refusedEvents(contract: try narrowed(contract), state: state, limit: limit)
    }

    package func changeDeadEvents(
        _ action: DeadEventAction, contract: String, event: String?
    ) async throws(Problem) -> Int {
        try mind(contract)
        let subject = event.map { "event \($0)" } ?? "all"
        return try await change("dead-event.\(action)", subject, contract: contract) { () throws(Problem) in
            try await inner.changeDeadEvents(action, contract: contract, event: event)
        }
    }

    package func acknowledge(contract: String, event: String) async throws(Problem) -> Acknowledgement {
        try mind(contract)
        return try await change("event.acknowledge", "event \(event)", contract: contract) { () throws(Problem) in
            try await inner.acknowledge(contract: contract, event: event)
        }
    }
}

extension ReplayWish.Point {
    fileprivate var words: String {
        switch self {
        case .after(let event): "behind event \(event)"
        case .since(let time): "since \(time)"
        }
    }
}
