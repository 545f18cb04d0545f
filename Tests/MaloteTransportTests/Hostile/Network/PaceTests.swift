// How slowly an answer may come, in a time that passes only when nothing does.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteTransport

struct PaceTests {
    /// A server that says so many octets every so often, and never ends; its time is its own.
    private final class Dripping: ByteStream {
        private struct State {
            var now = ContinuousClock.now
            var octets = 0
        }

        private let state = Mutex(State())
        let count: Int
        let pause: Duration

        init(_ count: Int, every pause: Duration) {
            self.count = count
            self.pause = pause
        }

        var now: ContinuousClock.Instant { state.withLock { $0.now } }
        var octets: Int { state.withLock { $0.octets } }

        func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
            state.withLock { $0.now += min(timeout, pause) }
            guard pause <= timeout else { throw Failure(.transient, .silentPeer, "It is silent.") }
            state.withLock { $0.octets += count }
            return Array(repeating: 0x61, count: count)
        }

        func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {}
        func close() async {}
    }

    private static func paced(_ server: Dripping) -> PacedStream {
        PacedStream(server, place: "here:1", pace: Pace()) { server.now }
    }

    /// - Returns: how long it went on.
    private static func readToTheEnd(
        _ stream: PacedStream, _ server: Dripping, patience: Duration = .seconds(120), octets: Int = .max
    ) async -> Duration {
        let start = server.now
        let end = await failure {
            while server.octets < octets { _ = try await stream.read(atMost: 1 << 16, within: patience) }
        }
        #expect(words(end) == (octets == .max ? "transient silent-peer" : "fine"))
        return server.now - start
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var count: Int
        var pause: Duration
        var lasts: Duration
    }

    static let cases = [
        Case(testDescription: "silence", count: 1, pause: .seconds(300), lasts: .seconds(120)),
        Case(testDescription: "an octet every 100 seconds", count: 1, pause: .seconds(100), lasts: .seconds(600)),
        Case(testDescription: "a short line a minute", count: 40, pause: .seconds(60), lasts: .seconds(600)),
        Case(
            testDescription: "2 KiB a second earn half of their time", count: 2048, pause: .seconds(1),
            lasts: .seconds(1199)),
        Case(testDescription: "5 KiB a second, for ever", count: 5120, pause: .seconds(1), lasts: .seconds(7200)),
        Case(
            testDescription: "a megabit a second, for ever", count: 1 << 17, pause: .seconds(1), lasts: .seconds(7200)),
    ]

    @Test(arguments: cases) func everyAnswerEnds(_ entry: Case) async {
        let server = Dripping(entry.count, every: entry.pause)
        #expect(await Self.readToTheEnd(Self.paced(server), server) == entry.lasts)
    }

    /// 50 MB over a line of 128 kbit/s.
    @Test func aSlowLineIsNoSlowServer() async {
        let server = Dripping(16 * 1024, every: .seconds(1))
        _ = await Self.readToTheEnd(Self.paced(server), server, octets: 50 << 20)
    }

    @Test func everyWordOfOursBeginsANewAnswer() async throws {
        let server = Dripping(1, every: .seconds(100))
        let stream = Self.paced(server)
        for _ in 1...20 {
            for _ in 1...5 { _ = try await stream.read(atMost: 1, within: .seconds(120)) }
            try await stream.write([1], within: .seconds(120))
        }
        #expect(await Self.readToTheEnd(stream, server) == .seconds(600))
    }

    @Test func soDoesAQuestion() async throws {
        let server = Dripping(1, every: .seconds(100))
        let stream = Self.paced(server)
        for _ in 1...20 {
            for _ in 1...4 { _ = try await stream.read(atMost: 1, within: .seconds(120)) }
            _ = try await stream.exchange([1], atMost: 1, within: .seconds(120))
        }
        #expect(await Self.readToTheEnd(stream, server) == .seconds(500))
    }

    /// IDLE: the server says something every two minutes, as Dovecot does, and we listen for 29.
    @Test func whoWaitsForNewsWaits() async throws {
        let server = Dripping(20, every: .seconds(120))
        let stream = Self.paced(server)
        let end = server.now + .seconds(29 * 60)
        try await stream.write([1], within: .seconds(120))
        while end - server.now >= .seconds(120) { _ = try await stream.read(atMost: 100, within: end - server.now) }
        #expect(end - server.now == .seconds(60))
        // And no longer than that.
        #expect(await Self.readToTheEnd(stream, server) == .seconds(60))
    }

    @Test func noWaitIsLongerThanHalfAnHour() async {
        let server = Dripping(1, every: .seconds(86_400))
        #expect(await Self.readToTheEnd(Self.paced(server), server, patience: .seconds(86_400)) == .seconds(1800))
    }
}
