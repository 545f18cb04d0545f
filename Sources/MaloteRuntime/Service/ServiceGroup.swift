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

    /// Runs until `untilStopped` returns, then stops everything. Both must end when their task is cancelled.
    /// - Throws: the first error of a service that had not been cancelled, or a defect if one ended without being
    ///   asked to.
    package func run(untilStopped: @escaping @Sendable () async -> Void) async throws {
        let fault = await withTaskGroup(of: Ended.self) { group in
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
            let first = await group.next()
            requestStop()
            guard case .service(let name, let error) = first else { return await drain(&group, services.count) }
            _ = await drain(&group, services.count - 1)
            return error ?? Failure(.transient, .defect, "The \(name) ended by itself.")
        }
        if let fault { throw fault }
    }

    private enum Ended: Sendable {
        case asked, graceOver
        case service(String, (any Error)?)
    }

    /// Waits for the services that are left, as long as the grace lasts, and cancels what is there then.
    private func drain(_ group: inout TaskGroup<Ended>, _ count: Int) async -> (any Error)? {
        let grace = grace
        group.addTask {
            try? await Task.sleep(for: grace)
            return .graceOver
        }
        defer { group.cancelAll() }
        var left = count
        var fault: (any Error)?
        while left > 0, let ended = await group.next() {
            switch ended {
            case .asked: continue
            case .graceOver: return fault
            case .service(_, let error):
                left -= 1
                fault = fault ?? error
            }
        }
        return fault
    }
}
