// Runs the daemon's parts together and stops them together; knows not what they do.

import MaloteCore

/// A long-running part of the daemon. `run` returns once it has been asked to stop and has put its work away.
package struct Service: Sendable {
    package var name: String
    package var run: @Sendable () async throws -> Void

    package init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// Supervision by structure: the services are child tasks of one group. If one ends by itself the daemon stops in
/// order and says which; systemd starts it again.
package struct ServiceGroup: Sendable {
    private let services: [Service]
    private let grace: Duration
    private let requestStop: @Sendable () -> Void

    /// - Parameters:
    ///   - grace: how long services may take to put their work away before they are cancelled.
    ///   - requestStop: tells them to; called once.
    package init(_ services: [Service], grace: Duration, requestStop: @escaping @Sendable () -> Void) {
        self.services = services
        self.grace = grace
        self.requestStop = requestStop
    }

    /// Runs until `untilStopped` returns, then stops everything.
    /// - Throws: the first error of a service, or a defect if one ended without being asked to.
    package func run(untilStopped: @escaping @Sendable () async -> Void) async throws {
        try await withThrowingTaskGroup(of: Ended.self) { group in
            for service in services {
                group.addTask {
                    do { try await service.run() } catch { return .service(service.name, error) }
                    return .service(service.name, nil)
                }
            }
            group.addTask {
                await untilStopped()
                return .asked
            }
            let first = try await group.next()
            requestStop()
            try await drain(&group)
            if case .service(let name, let error) = first {
                throw error ?? Failure(.transient, .defect, "The \(name) ended by itself.")
            }
        }
    }

    private enum Ended: Sendable {
        case asked, graceOver
        case service(String, (any Error)?)
    }

    private func drain(_ group: inout ThrowingTaskGroup<Ended, any Error>) async throws {
        let grace = grace
        group.addTask {
            try? await Task.sleep(for: grace)
            return .graceOver
        }
        var left = services.count
        while left > 0, let ended = try await group.next() {
            switch ended {
            case .graceOver: break
            case .service: left -= 1
            case .asked: continue
            }
            if case .graceOver = ended { break }
        }
        group.cancelAll()
    }
}
