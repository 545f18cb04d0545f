// News between nodes by LISTEN and NOTIFY; knows nothing of what the news is about.

import Dispatch
import Glibc
import MaloteCore
import Synchronization

/// One channel a schema. A notice names its node's token, so that nobody hears himself, and the topics.
enum NewsChannel {
    static func name(_ settings: PostgresSettings) -> String {
        "malote news \(settings.schema)"
    }

    static func notice(_ topics: Set<NewsTopic>, from token: NodeToken) -> String {
        ([token.description] + topics.map(\.rawValue).sorted()).joined(separator: " ")
    }

    /// - Returns: nothing of what the node has said itself.
    static func topics(_ notice: String, to token: NodeToken) -> Set<NewsTopic> {
        let words = notice.split(separator: " ")
        guard words.first.map(String.init) != token.description else { return [] }
        return Set(words.dropFirst().compactMap { NewsTopic(rawValue: String($0)) })
    }
}

/// Tells others, after a commit and beside it: in the transaction itself a notice would make all nodes' commits wait for each
/// other. One that is lost is made up for by looking.
final class NewsSpeaker: Sendable {
    private struct State {
        var topics: Set<NewsTopic> = []
        var isScheduled = false
    }

    private struct OnQueue: @unchecked Sendable {
        // Unchecked: touched on the queue only.
        let line: PostgresLine
    }

    private let settings: PostgresSettings
    private let seat: NodeLife.Seat
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "malote.store.news")
    private let onQueue: OnQueue

    init(_ settings: PostgresSettings, _ seat: NodeLife.Seat) {
        self.settings = settings
        self.seat = seat
        onQueue = OnQueue(line: PostgresLine(settings, purpose: "news"))
    }

    /// Returns at once. What comes while a notice is on its way goes with the next.
    func tell(_ topics: Set<NewsTopic>) {
        guard !topics.isEmpty else { return }
        let mustStart = state.withLock { state in
            state.topics.formUnion(topics)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustStart { queue.async { self.speak() } }
    }

    private func speak() {
        let topics = state.withLock { state in
            state.isScheduled = false
            defer { state.topics = [] }
            return state.topics
        }
        do {
            let notice = NewsChannel.notice(topics, from: seat.taken?.token ?? .unsaved)
            let connection = try onQueue.line.connection()
            try connection.run("SELECT pg_notify(?, ?)", .text(NewsChannel.name(settings)), .text(notice))
            try connection.flush()
        } catch { onQueue.line.hangUp() }
    }
}

/// Hears others, on a connection and a thread of its own.
package actor PostgresNews: StoreNews {
    private let executor = BlockingExecutor(label: "malote.store.listener")
    private let settings: PostgresSettings
    private let seat: NodeLife.Seat
    private var connection: PostgresConnection?
    /// How soon a cancelled wait ends.
    private static let slice: Int32 = 250

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: PostgresSettings, _ seat: NodeLife.Seat) {
        self.settings = settings
        self.seat = seat
    }

    package func next(atMost limit: Duration) async -> Set<NewsTopic> {
        let end = ContinuousClock.now + limit
        while !Task.isCancelled {
            do {
                guard let connection else {
                    // What came while nobody listened may have been anything.
                    try listen()
                    return Set(NewsTopic.allCases)
                }
                let topics = try connection.heard().reduce(into: Set()) {
                    $0.formUnion(NewsChannel.topics($1, to: seat.taken?.token ?? .unsaved))
                }
                guard topics.isEmpty, ContinuousClock.now < end else { return topics }
                wait(connection)
            } catch {
                connection = nil
                guard ContinuousClock.now < end else { return [] }
                usleep(500_000)
            }
        }
        return []
    }

    private func listen() throws {
        let fresh = try PostgresConnection(settings, purpose: "listener")
        try fresh.execute("LISTEN \(PostgresSettings.quoted(NewsChannel.name(settings)))")
        connection = fresh
    }

    private func wait(_ connection: PostgresConnection) {
        var watched = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, Self.slice)
    }
}
