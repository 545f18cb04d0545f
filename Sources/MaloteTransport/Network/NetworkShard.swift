// One network thread as others see it: a place to post work to; knows nothing of what the connections carry.

import CCurl
import Glibc
import MaloteCore
import Synchronization

/// A thread with its own event loop. Work posted to it runs there, in order; nobody else touches the loop's state.
final class NetworkShard: Sendable {
    typealias Work = @Sendable (ShardLoop) -> Void

    private let posted = Mutex<[Work]>([])
    /// An eventfd: written to wake the loop.
    private let wakeup: Int32
    private let connections = Atomic<Int>(0)

    /// - Parameter sign: the name under which the loop proves that it lives.
    init(sign: String, signs: VitalSigns?) throws(Failure) {
        wakeup = malote_eventfd_create()
        guard wakeup >= 0 else { throw ShardLoop.systemFailure("eventfd") }
        signs?.register(sign, limit: .seconds(60))
        let loop = try ShardLoop(shard: self, wakeup: wakeup)
        let handle = ThreadStart { loop.run(sign: sign, signs: signs) }
        try handle.start()
    }

    /// How many connections it has or was asked to open.
    var load: Int { connections.load(ordering: .relaxed) }
    func addLoad(_ change: Int) { connections.wrappingAdd(change, ordering: .relaxed) }

    func post(_ work: @escaping Work) {
        let isFirst = posted.withLock { posted in
            posted.append(work)
            return posted.count == 1
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        // An eventfd refuses only when its counter is full, and then the loop is awake anyway.
        _ = write(wakeup, &one, 8)
    }

    func takePosted() -> [Work] {
        posted.withLock { posted in
            defer { posted = [] }
            return posted
        }
    }

    /// Posts work that answers later, and waits for the answer.
    ///
    /// - Parameters:
    ///   - start: begins the operation on the loop; must call the reply exactly once, then or later.
    ///   - cancel: makes the operation fail soon when the task is cancelled.
    func request<T: Sendable>(
        cancel: @escaping Work,
        start: @escaping @Sendable (ShardLoop, @escaping @Sendable (Result<T, Failure>) -> Void) -> Void
    ) async throws(Failure) -> T {
        let isCancelled = CancelMark()
        let result: Result<T, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                post { loop in
                    // A cancellation that came before the start would find nothing to cancel.
                    guard !isCancelled.isSet else { return continuation.resume(returning: .failure(.stopped)) }
                    start(loop) { continuation.resume(returning: $0) }
                }
            }
        } onCancel: {
            isCancelled.set()
            post(cancel)
        }
        return try result.get()
    }

    private final class CancelMark: Sendable {
        private let mark = Atomic<Bool>(false)
        var isSet: Bool { mark.load(ordering: .acquiring) }
        func set() { mark.store(true, ordering: .releasing) }
    }
}

extension Failure {
    /// The task that wanted it was cancelled.
    static let stopped = Failure(.transient, .shuttingDown, "The operation was called off.")
}

/// A detached thread with signals blocked, so that the daemon's signal handling stays in one place.
struct ThreadStart: @unchecked Sendable {  // Handed to one new thread and used nowhere else.
    private final class Box {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    private let box: Box
    init(_ body: @escaping () -> Void) { box = Box(body) }

    func start() throws(Failure) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(box).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context)
        guard code == 0 else {
            Unmanaged<Box>.fromOpaque(context).release()
            throw Failure(
                .transient, .defect, "A network thread could not be started: \(String(cString: strerror(code))).")
        }
        pthread_detach(thread)
    }
}
