// Host names to addresses, on a few threads of its own, with a short memory; knows no protocol.

import CCurl
import Glibc
import MaloteCore
import Synchronization

/// getaddrinfo blocks for as long as the system's resolver likes, so it runs on its own threads; equal questions are
/// asked once, and a question that hangs holds up only itself and its like, unless as many hang as there are threads.
final class HostResolver: Sendable {
    /// Made when they are needed.
    private static let threads = 32
    private static let goodFor: Int64 = 60_000
    private static let badFor: Int64 = 10_000

    /// A numeric address and whether this machine's own hosts file says so.
    struct Address: Sendable, Hashable {
        var text: String
        var isWritten: Bool
    }

    typealias Answer = Result<[Address], Failure>

    private struct State {
        var known: [String: (answer: Answer, until: Int64)] = [:]
        var waiting: [String: [Int: CheckedContinuation<Answer, Never>]] = [:]
        var nextWaiter = 0
        var idle = Array(0..<threads)
        /// Names that wait for a thread, oldest first.
        var queued: [String] = []

        func fresh(_ name: String) -> Answer? {
            known[name].flatMap { $0.until > ShardLoop.now() ? $0.answer : nil }
        }
    }

    private let state = Mutex(State())
    private let workers = (0..<threads).map { BlockingWorker(label: "malote.resolver.\($0)") }
    private let patience: Duration
    private let lookUp: @Sendable (String) -> Answer

    /// - Parameters:
    ///   - patience: how long one question may take.
    ///   - lookUp: asks the system; may block.
    init(patience: Duration = .seconds(20), lookUp: @escaping @Sendable (String) -> Answer = HostResolver.askSystem) {
        self.patience = patience
        self.lookUp = lookUp
    }

    /// Numeric addresses; a numeric host is its own, written by whoever wrote the host.
    /// - Throws: `.dns`: `operatorNeeded` when the name does not exist, `transient` when nobody could tell.
    func addresses(of host: String) async throws(Failure) -> [Address] {
        if PeerAddress(host) != nil { return [Address(text: host, isWritten: true)] }
        let name = host.lowercased()
        if let known = state.withLock({ $0.fresh(name) }) { return try known.get() }
        return try await ask(name).get()
    }

    private func ask(_ name: String) async -> Answer {
        await withTaskGroup(of: Answer.self) { group in
            group.addTask { await self.question(name) }
            group.addTask {
                do { try await Task.sleep(for: self.patience) } catch { return .failure(.stopped) }
                return .failure(
                    Failure(
                        .transient, .dns, "The name of server \(name) could not be looked up in time.",
                        remedy: "Check the DNS of this machine."))
            }
            let first = await group.next() ?? .failure(.stopped)
            group.cancelAll()
            return first
        }
    }

    private func question(_ name: String) async -> Answer {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (known, worker): (Answer?, Int?) = state.withLock { state in
                    // It may have been answered since the first look.
                    if let known = state.fresh(name) { return (known, nil) }
                    let isAsked = state.waiting[name] != nil
                    state.waiting[name, default: [:]][ticket] = continuation
                    guard !isAsked else { return (nil, nil) }
                    if state.idle.isEmpty { state.queued.append(name) }
                    return (nil, state.idle.popLast())
                }
                if let known { return continuation.resume(returning: known) }
                if let worker { workers[worker].run { self.work(worker, from: name) } }
                // A cancellation that came before found nobody to send away.
                if Task.isCancelled { leave(name, ticket) }
            }
        } onCancel: {
            leave(name, ticket)
        }
    }

    /// The question stays open for others: only this waiter leaves.
    private func leave(_ name: String, _ ticket: Int) {
        state.withLock { $0.waiting[name]?.removeValue(forKey: ticket) }?.resume(returning: .failure(.stopped))
    }

    /// On a worker's thread: answers questions until none waits for a thread.
    private func work(_ worker: Int, from first: String) {
        var next: String? = first
        while let name = next {
            settle(name, lookUp(name))
            next = takeQueued(worker)
        }
    }

    private func takeQueued(_ worker: Int) -> String? {
        state.withLock { state in
            while !state.queued.isEmpty {
                let name = state.queued.removeFirst()
                // Those who asked may have lost patience.
                if state.waiting[name]?.isEmpty == false { return name }
                state.waiting[name] = nil
            }
            state.idle.append(worker)
            return nil
        }
    }

    private func settle(_ name: String, _ answer: Answer) {
        let isGood = (try? answer.get()) != nil
        let waiters = state.withLock { state in
            if state.known.count > 10_000 { state.known = [:] }
            state.known[name] = (answer, ShardLoop.now() + (isGood ? Self.goodFor : Self.badFor))
            return state.waiting.removeValue(forKey: name) ?? [:]
        }
        for waiter in waiters.values { waiter.resume(returning: answer) }
    }

    // MARK: - The system's resolver

    static func askSystem(_ name: String) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else { return .failure(failure(name, code)) }
        var addresses: [String] = []
        var entry = list
        while let current = entry {
            if let text = numeric(current.pointee), !addresses.contains(text) { addresses.append(text) }
            entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else { return .failure(DialFailure.unknownHost(name)) }
        return .success(marked(addresses, name))
    }

    private static func marked(_ addresses: [String], _ name: String) -> [Address] {
        let written = HostsFile.addresses(of: name)
        return addresses.map { text in
            // `localhost` is this machine by definition (RFC 6761 §6.3), whoever answers for it.
            let isWritten = name == "localhost" || PeerAddress(text).map(written.contains) ?? false
            return Address(text: text, isWritten: isWritten)
        }
    }

    private static func numeric(_ entry: addrinfo) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard code == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func failure(_ name: String, _ code: Int32) -> Failure {
        guard malote_is_unknown_name(code) == 0 else { return DialFailure.unknownHost(name) }
        return Failure(
            .transient, .dns,
            "The name of server \(name) could not be looked up: \(String(cString: gai_strerror(code))).",
            remedy: "Check the spelling of this mailbox's server, and the DNS of this machine.")
    }
}
