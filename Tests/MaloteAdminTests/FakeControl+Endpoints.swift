// What the fake mail room says of endpoints.

import MaloteCore
import Synchronization

@testable import MaloteAdmin

extension FakeControl {
    static let endpoint: EndpointView = {
        var kept = EndpointState(contract: ContractID(rawValue: 1), position: EventPlace(rawValue: 7))
        kept.failure = Failure(.transient, .rejected, "desk.example answers 503.")
        var view = EndpointView(
            .init(url: "https://desk.example/hooks/acme", secret: .file(path: "/run/secrets/hook")), contract: "acme",
            state: .waiting, kept: kept)
        view.waiting = 3
        return view
    }()

    func endpoints(contract: String?) async throws(Problem) -> [EndpointView] {
        try note("endpoints \(contract ?? "-")")
        return [Self.endpoint]
    }

    func endpoint(_ contract: String) async throws(Problem) -> EndpointView {
        try note("endpoint \(contract)")
        return Self.endpoint
    }

    func setEndpoint(_ contract: String, isEnabled: Bool) async throws(Problem) -> EndpointView {
        try note("endpoint \(contract) \(isEnabled ? "enabled" : "disabled")")
        return Self.endpoint
    }

    func retryEndpoint(_ contract: String) async throws(Problem) -> EndpointView {
        try note("endpoint \(contract) retried")
        return Self.endpoint
    }

    func replay(_ wish: ReplayWish, dryRun: Bool) async throws(Problem) -> ReplayReport {
        try note("replay \(wish.contract) \(wish.point)\(dryRun ? " dry" : "")")
        return ReplayReport(contract: wish.contract, dryRun: dryRun, events: 5)
    }

    func refusedEvents(
        contract: String?, state: RefusedEvent.State?, limit: Int
    ) async throws(Problem) -> [RefusedEventView] {
        try note("refused events \(contract ?? "-") \(state?.rawValue ?? "-") \(limit)")
        return content.withLock { $0.refused }
    }

    func changeDeadEvents(
        _ action: DeadEventAction, contract: String, event: String?
    ) async throws(Problem) -> Int {
        try note("dead events \(contract) \(action) \(event ?? "all")")
        return 2
    }

    func acknowledge(contract: String, event: String) async throws(Problem) -> Acknowledgement {
        try note("acknowledge \(contract) \(event)")
        return Acknowledgement(contract: contract, event: EventID(rawValue: event), moved: true, waiting: 1)
    }
}
