// The event loop of one network thread: epoll, libcurl's timers, deadlines; knows no mail protocol.

import CCurl
import Glibc
import MaloteCore

/// State of one shard's thread. Not Sendable on purpose: only work posted to the shard ever sees it.
///
/// While a connection is made its sockets are libcurl's business (`curl_multi_socket_action`); once it is open the
/// socket is watched here, and libcurl only moves bytes through TLS.
final class ShardLoop {
    private static let wakeupTag = UInt64.max
    /// Marks epoll entries of open connections; the others carry libcurl's descriptors.
    private static let openTag = UInt64(1) << 62
    private static let longestWait: Int64 = 10_000
    private static let reading = malote_epoll_in.rawValue
    private static let writing = malote_epoll_out.rawValue
    private static let edgeTriggered = UInt32(1) << 31

    /// A cycle on purpose: a shard and its thread live as long as the process.
    let shard: NetworkShard
    let multi: OpaquePointer
    private let epoll: Int32
    private let wakeup: Int32
    private var watched: Set<Int32> = []
    /// When libcurl wants to be called, in monotonic milliseconds.
    private var curlDeadline: Int64?
    var dials: [Int: Dial] = [:]
    var open: [Int: OpenConnection] = [:]
    /// Where received bytes land before they are copied out; one a thread.
    let scratch: UnsafeMutableRawBufferPointer

    init(shard: NetworkShard, wakeup: Int32) throws(Failure) {
        self.shard = shard
        self.wakeup = wakeup
        epoll = malote_epoll_create()
        guard epoll >= 0 else { throw Self.systemFailure("epoll_create1") }
        guard let multi = curl_multi_init() else {
            throw Failure(.transient, .defect, "libcurl could not be started.")
        }
        self.multi = OpaquePointer(multi)
        scratch = .allocate(byteCount: 1 << 16, alignment: 16)
        malote_multi_set_functions(multi, onSocket, onTimer, Unmanaged.passUnretained(self).toOpaque())
        try watch(wakeup, events: Self.reading, tag: Self.wakeupTag)
    }

    deinit {
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
        scratch.deallocate()
        Glibc.close(epoll)
    }

    static func systemFailure(_ call: String) -> Failure {
        Failure(
            .transient, .defect, "The system refused \(call): \(String(cString: strerror(errno))).",
            remedy: "Raise the limit of open files (LimitNOFILE) if it is reached.")
    }

    /// Monotonic milliseconds.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: - The loop

    func run(sign: String, signs: VitalSigns?) {
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            signs?.tick(sign)
            for work in shard.takePosted() { work(self) }
            callCurlTimer()
            expire()
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            guard count > 0 else { continue }
            for event in events.prefix(Int(count)) { handle(event) }
            finishDials()
        }
    }

    private func timeout() -> Int32 {
        let now = Self.now()
        var next = now + Self.longestWait
        if let curlDeadline { next = min(next, curlDeadline) }
        for connection in open.values { next = min(next, connection.nextDeadline ?? next) }
        return Int32(max(0, next - now))
    }

    private func handle(_ event: epoll_event) {
        let tag = event.data.u64
        if tag == Self.wakeupTag {
            var count: UInt64 = 0
            _ = read(wakeup, &count, 8)
        } else if tag & Self.openTag != 0 {
            open[Int(tag & ~Self.openTag)]?.proceed(self)
        } else {
            var action: Int32 = 0
            if event.events & Self.reading != 0 { action |= CURL_CSELECT_IN }
            if event.events & Self.writing != 0 { action |= CURL_CSELECT_OUT }
            if event.events & malote_epoll_error.rawValue != 0 { action |= CURL_CSELECT_ERR }
            var running: Int32 = 0
            curl_multi_socket_action(UnsafeMutableRawPointer(multi), Int32(truncatingIfNeeded: tag), action, &running)
        }
    }

    private func callCurlTimer() {
        guard let deadline = curlDeadline, deadline <= Self.now() else { return }
        curlDeadline = nil
        var running: Int32 = 0
        curl_multi_socket_action(UnsafeMutableRawPointer(multi), CURL_SOCKET_TIMEOUT, 0, &running)
        finishDials()
    }

    private func expire() {
        let now = Self.now()
        for connection in Array(open.values) { connection.expire(now: now) }
    }

    // MARK: - Watching

    private func watch(_ descriptor: Int32, events: UInt32, tag: UInt64) throws(Failure) {
        let isNew: Int32 = watched.insert(descriptor).inserted ? 1 : 0
        guard malote_epoll_set(epoll, isNew, descriptor, events, tag) == 0 else {
            throw Self.systemFailure("epoll_ctl")
        }
    }

    func unwatch(_ descriptor: Int32) {
        guard watched.remove(descriptor) != nil else { return }
        _ = malote_epoll_remove(epoll, descriptor)
    }

    /// Edge-triggered for both directions: TLS may want to read in order to write, and the other way round.
    func watchOpen(_ descriptor: Int32, number: Int) throws(Failure) {
        let events = Self.reading | Self.writing | malote_epoll_hangup.rawValue | Self.edgeTriggered
        try watch(descriptor, events: events, tag: Self.openTag | UInt64(number))
    }

    fileprivate func curlWants(_ descriptor: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return unwatch(descriptor) }
        var events: UInt32 = 0
        if what & CURL_POLL_IN != 0 { events |= Self.reading }
        if what & CURL_POLL_OUT != 0 { events |= Self.writing }
        // A descriptor that cannot be watched ends in libcurl's connect timeout.
        try? watch(descriptor, events: events, tag: UInt64(UInt32(bitPattern: descriptor)))
    }

    fileprivate func curlTimer(_ milliseconds: Int) {
        curlDeadline = milliseconds < 0 ? nil : Self.now() + Int64(milliseconds)
    }
}

private func onSocket(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
    _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return 0 }
    Unmanaged<ShardLoop>.fromOpaque(context).takeUnretainedValue().curlWants(socket, what)
    return 0
}

private func onTimer(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return 0 }
    Unmanaged<ShardLoop>.fromOpaque(context).takeUnretainedValue().curlTimer(milliseconds)
    return 0
}
