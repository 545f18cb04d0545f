// Who is signed in to the pages, as a value; knows neither cookies nor pages.

import MaloteCore

/// One browser's session. Its access token is asked again at every request, so a revoked token ends it at once.
struct Session: Sendable {
    var token: Secret
    /// Proves that a form came from our own page.
    var formKey: String
    var opened: ContinuousClock.Instant
    var used: ContinuousClock.Instant
    /// Told on the next page, once.
    var notice: String?
}

/// Sessions live in memory: a restart signs everybody out.
struct SessionBook: Sendable {
    static let longest = Duration.seconds(12 * 3600)
    static let longestIdle = Duration.seconds(2 * 3600)
    private static let room = 1000

    private var sessions: [String: Session] = [:]

    /// - Parameter id: 256 bits of chance that only the browser is told.
    mutating func open(_ id: String, token: Secret, formKey: String, at now: ContinuousClock.Instant) {
        sessions = sessions.filter { !Self.isOver($0.value, now) }
        if sessions.count >= Self.room, let oldest = sessions.min(by: { $0.value.used < $1.value.used }) {
            sessions[oldest.key] = nil
        }
        sessions[id] = Session(token: token, formKey: formKey, opened: now, used: now)
    }

    /// The session of this id, which is used now; `nil` if there is none or it is over.
    mutating func visit(_ id: String, at now: ContinuousClock.Instant) -> Session? {
        guard var session = sessions[id] else { return nil }
        guard !Self.isOver(session, now) else {
            sessions[id] = nil
            return nil
        }
        session.used = now
        sessions[id] = session
        return session
    }

    func has(_ id: String, at now: ContinuousClock.Instant) -> Bool {
        sessions[id].map { !Self.isOver($0, now) } ?? false
    }

    mutating func close(_ id: String) { sessions[id] = nil }

    mutating func leave(_ notice: String, for id: String) { sessions[id]?.notice = notice }

    mutating func takeNotice(of id: String) -> String? {
        defer { sessions[id]?.notice = nil }
        return sessions[id]?.notice
    }

    private static func isOver(_ session: Session, _ now: ContinuousClock.Instant) -> Bool {
        session.opened.duration(to: now) > longest || session.used.duration(to: now) > longestIdle
    }
}
