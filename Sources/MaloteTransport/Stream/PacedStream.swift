// A stream whose other end must get on with its answers; knows no protocol.

import MaloteCore
import Synchronization

/// Every write begins a new answer. What an answer's time is, `Pace` says.
final class PacedStream: ByteStream {
    private let base: any ByteStream
    private let place: String
    private let pace: Pace
    private let now: @Sendable () -> ContinuousClock.Instant
    private let answer: Mutex<AnswerTime>

    /// - Parameter place: the server, for people.
    init(
        _ base: any ByteStream, place: String, pace: Pace,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.base = base
        self.place = place
        self.pace = pace
        self.now = now
        answer = Mutex(AnswerTime(pace, start: now()))
    }

    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        let time = now()
        guard let wait = answer.withLock({ $0.wait(timeout, now: time) }) else { throw tooSlow }
        let bytes = try await base.read(atMost: limit, within: wait)
        answer.withLock { $0.came(bytes.count) }
        return bytes
    }

    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure) {
        try await base.write(bytes, within: min(timeout, pace.silence))
        let time = now()
        answer.withLock { $0 = AnswerTime(pace, start: time) }
    }

    func exchange(_ bytes: [UInt8], atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8] {
        let time = now()
        let wait = answer.withLock { answer in
            answer = AnswerTime(pace, start: time)
            return answer.wait(timeout, now: time)
        }
        guard let wait else { throw tooSlow }
        let came = try await base.exchange(bytes, atMost: limit, within: wait)
        answer.withLock { $0.came(came.count) }
        return came
    }

    func close() async { await base.close() }

    private var tooSlow: Failure {
        Failure(
            .transient, .silentPeer, "\(place) answers so slowly that its answer was not waited for.",
            remedy: "If it lasts, ask the server's administrator whether it is overloaded.")
    }
}
