// Many sessions on one thread: those that hang hold up nobody, and a herd that is refused leaves nothing behind.

import Foundation
import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct CrowdTests {
    private static func network() throws -> Network {
        try Network(caFile: Certificates.authority, clientName: "client.test", patience: .seconds(600))
    }

    private static func places(_ length: Int) -> [Int] { (0..<8).map { $0 * length / 8 } }

    /// They hang in the handshake, before it, and in every phase of their sessions, and are still hanging when all
    /// others on their thread are done.
    @Test func whoHangsHoldsUpNobody() async throws {
        let network = try Self.network()
        let ended = Notes()
        var proxies: [FaultProxy] = []
        var hanging: [Task<Void, Never>] = []
        for kind in Errands.allCases {
            for security in [Mailbox.Security.none, .starttls, .implicit] {
                for place in Self.places(security == .none ? 700 : 3000) {
                    let errand = try kind.make(security)
                    let proxy = try FaultProxy(to: errand.server.port)
                    proxy.set(.mute(after: place))
                    proxies.append(proxy)
                    hanging.append(
                        Task {
                            let end = await errand.run(port: proxy.port, network)
                            // A session may be over before its octet comes.
                            if end != nil { ended.add("\(kind) \(security) \(place)") }
                        })
                }
            }
        }
        #expect(try await eventually { proxies.allSatisfy { $0.connections > 0 } })
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    let kind = Errands.allCases[number % 3]
                    let errand = try kind.make(number % 2 == 0 ? .implicit : .starttls)
                    #expect(await errand.run(port: errand.server.port, network) == nil)
                    #expect(errand.complaint(isDone: true) == nil)
                }
            }
            try await group.waitForAll()
        }
        #expect(ended.all == [])
        for task in hanging { task.cancel() }
        for task in hanging { await task.value }
        #expect(ended.all.count > hanging.count / 2)
    }

    enum Refusal: String, Sendable, CaseIterable { case connection, atOnce, greeting, handshake }

    /// All at the same moment, as when the line comes back after an outage and the server is not up to it.
    @Test(arguments: Refusal.allCases) func aHerdIsRefusedAndLeavesNothingBehind(refusal: Refusal) async throws {
        let network = try sharedNetwork()
        var server: LoopbackServer? = try LoopbackServer { peer in
            switch refusal {
            case .connection, .atOnce: return
            case .greeting: peer.say("* BYE too many\r\n")
            case .handshake: peer.say([0x15, 3, 3, 0, 2, 2, 40])
            }
        }
        let port = try #require(server?.port)
        if refusal == .connection { server = nil }
        let security: Mailbox.Security = refusal == .handshake ? .implicit : .none
        let errand = try InboxErrand(.imap, security)
        // The threads that there are once it has happened before.
        try await stampede(errand, port, network)
        let (threads, descriptors) = (count("task"), count("fd"))
        for _ in 1...2 { try await stampede(errand, port, network) }
        #expect(try await eventually { count("fd") <= descriptors + 4 }, "\(count("fd")) of \(descriptors)")
        #expect(try await eventually { count("task") <= threads + 4 }, "\(count("task")) of \(threads)")
        withExtendedLifetime(server) {}
    }

    private func stampede(_ errand: InboxErrand, _ port: Int, _ network: Network) async throws {
        let ends = await withTaskGroup { group in
            for _ in 0..<400 { group.addTask { await errand.run(port: port, network) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends.count == 400)
        #expect(ends.allSatisfy { $0?.kind == .transient })
    }

    /// Of this process: `task` for threads, `fd` for descriptors.
    private func count(_ what: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(what)").count) ?? 0
    }
}
