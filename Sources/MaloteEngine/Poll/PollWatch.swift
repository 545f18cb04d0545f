// Watches one poll: when it was begun, what it has done, and that it keeps to its lease; what the lease says is PollLease's.

import MaloteCore
import Synchronization

/// The poll tells it of its progress; it says when the lease is over.
final class PollWatch: Sendable {
    private struct State {
        var begun: Timestamp?
        var progress = PollLease.Progress()
        /// Whose octets count, and how many it had before this poll.
        var session: (any InboxSession)?
        var before = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let largest: Int

    /// - Parameter largest: octets of the largest message that is fetched.
    init(time: any TimeSource, largest: Int) {
        self.time = time
        self.largest = largest
    }

    /// When the poll was really begun; `nil` before that.
    var begun: Timestamp? { state.withLock { $0.begun } }

    func begin() {
        let now = time.now()
        state.withLock { $0.begun = now }
    }

    func follow(_ session: any InboxSession) {
        state.withLock { state in
            state.session = session
            state.before = session.bodyOctets
        }
    }

    func listed() { state.withLock { $0.progress.listings += 1 } }
    func advanced(messages: Int) { state.withLock { $0.progress.messages += messages } }

    private var progress: PollLease.Progress {
        state.withLock { state in
            var progress = state.progress
            progress.octets = (state.session?.bodyOctets ?? 0) - state.before
            return progress
        }
    }

    /// Returns when the lease is over, or when the task is cancelled.
    func keep() async {
        var lease = PollLease(now: time.now(), largest: largest)
        while let rest = lease.look(at: progress, now: time.now()) {
            do { try await time.sleep(for: rest) } catch { return }
        }
        state.withLock { $0.isOver = true }
    }

    /// What the poll failed of, in truth: one whose lease is over is called off, and that says nothing.
    func verdict(_ failure: Failure) -> Failure {
        guard failure.cause == .shuttingDown, state.withLock({ $0.isOver }) else { return failure }
        let (done, begun) = (progress, begun)
        let minutes = begun.map { (time.now() - $0).components.seconds / 60 } ?? 0
        return Failure(
            .transient, .silentPeer,
            "The server is so slow that the poll was given up after \(minutes) minutes: "
                + "\(done.messages) messages and \(done.octets) octets of bodies had come on.",
            remedy: "What came is stored. Ask the server's administrator whether it is overloaded; try it with: "
                + "malotectl mailbox test.")
    }
}
