// A connection that ends at every single octet of a session: nothing is lost, nothing is double, the next try works.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct CutTests {
    enum End: Sendable, CaseIterable {
        case close, reset, halfClose

        func fault(after count: Int) -> FaultProxy.Fault {
            switch self {
            case .close: .close(after: count)
            case .reset: .reset(after: count)
            case .halfClose: .halfClose(after: count)
            }
        }
    }

    /// A reset can be there before the connection is seen to stand.
    private static let causes: Set<Failure.Cause> = [.disconnected, .unknownOutcome, .connect]

    /// A session and how many octets it has.
    private static func measure(_ errand: any Errand) async throws -> Int {
        let proxy = try FaultProxy(to: errand.server.port)
        #expect(await errand.run(port: proxy.port, try sharedNetwork()) == nil)
        #expect(errand.complaint(isDone: true) == nil)
        return proxy.carried
    }

    /// Every `step`th octet from the `first` on, shared out among a few tasks.
    private static func sweep(
        _ kind: Errands, _ security: Mailbox.Security, _ end: End, from first: Int = 0, step: Int
    ) async throws {
        let length = try await measure(try kind.make(security))
        try await withThrowingTaskGroup { group in
            for lane in 0..<4 {
                group.addTask {
                    for count in stride(from: first + lane * step, to: length, by: 4 * step) {
                        try await cut(kind, security, end, at: count)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func cut(
        _ kind: Errands, _ security: Mailbox.Security, _ end: End, at count: Int
    ) async throws {
        let errand = try kind.make(security)
        let proxy = try FaultProxy(to: errand.server.port)
        proxy.set(end.fault(after: count))
        let fault = await errand.run(port: proxy.port, try sharedNetwork())
        let comment = Comment("\(kind) \(security) \(end) at \(count): \(fault?.description ?? "done")")
        if let fault { #expect(fault.kind == .transient && Self.causes.contains(fault.cause), comment) }
        #expect(errand.complaint(isDone: fault == nil) == nil, comment)
        guard fault != nil else { return }
        proxy.set(.none)
        #expect(await errand.run(port: proxy.port, try sharedNetwork()) == nil, comment)
        #expect(errand.complaint(isDone: true) == nil, comment)
    }

    /// Closed behind one octet, reset behind the next, and half closed here and there.
    @Test(arguments: Errands.allCases) func atEveryOctetInTheClear(kind: Errands) async throws {
        try await Self.sweep(kind, .none, .close, step: 2)
        try await Self.sweep(kind, .none, .reset, from: 1, step: 2)
        try await Self.sweep(kind, .none, .halfClose, step: 23)
    }

    /// The handshake, records and their tails; primes, so that protocols and ends meet other octets.
    @Test(arguments: Errands.allCases, [Mailbox.Security.implicit, .starttls])
    func allThroughTLS(kind: Errands, security: Mailbox.Security) async throws {
        try await Self.sweep(kind, security, .close, step: 89)
        try await Self.sweep(kind, security, .reset, from: 7, step: 97)
    }
}
