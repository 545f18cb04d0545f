// Decides when people are told of an alert: once, again when it gets worse, daily while it lasts, and when it is over; a
// pure value.

import MaloteCore

/// Something to tell.
package struct AlertNews: Sendable, Hashable {
    package enum Turn: String, Sendable, Hashable, CaseIterable { case begun, worse, lasting, over }

    package var turn: Turn
    package var alert: Alert

    package init(_ turn: Turn, _ alert: Alert) {
        self.turn = turn
        self.alert = alert
    }
}

/// Remembers what was told. What it holds is all that has to outlive a restart.
package struct AlertPlanner: Sendable, Hashable {
    /// What goes and comes within this time has lasted.
    package static let calm = Duration.seconds(300)
    package static let repetition = Duration.seconds(86_400)

    /// Told and not over, oldest first.
    package private(set) var alerts: [Alert]

    package init(_ alerts: [Alert] = []) { self.alerts = alerts }

    /// - Parameters:
    ///   - findings: what holds now.
    ///   - undecided: whether nobody can say if a known alert, that was not found, is over.
    package mutating func look(
        _ findings: [Alert], undecided: (Alert) -> Bool = { _ in false }, now: Timestamp
    ) -> [AlertNews] {
        let found = Dictionary(findings.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var (news, kept): ([AlertNews], [Alert]) = ([], [])
        for known in alerts {
            let next =
                if let finding = found[known.key] { again(known, finding, now, &news) } else {
                    undecided(known) ? known : missing(known, now, &news)
                }
            if let next { kept.append(next) }
        }
        let old = Set(alerts.map(\.key))
        for var finding in findings where !old.contains(finding.key) {
            guard !kept.contains(where: { $0.key == finding.key }) else { continue }
            finding.told = now
            kept.append(finding)
            news.append(AlertNews(.begun, finding))
        }
        alerts = kept
        return news
    }

    /// Its level never falls: what gets better and worse again is no news each time.
    private func again(_ known: Alert, _ finding: Alert, _ now: Timestamp, _ news: inout [AlertNews]) -> Alert {
        var next = finding
        (next.since, next.told, next.clear) = (min(known.since, finding.since), known.told, nil)
        next.level = max(known.level, finding.level)
        let isOld = known.told.map { now - $0 >= Self.repetition } ?? true
        guard next.level > known.level || isOld else { return next }
        next.told = now
        news.append(AlertNews(next.level > known.level ? .worse : .lasting, next))
        return next
    }

    private func missing(_ known: Alert, _ now: Timestamp, _ news: inout [AlertNews]) -> Alert? {
        var next = known
        let clear = known.clear ?? now
        next.clear = clear
        // A clock that was set back begins it anew.
        if clear > now { next.clear = now }
        guard now - clear >= Self.calm else { return next }
        news.append(AlertNews(.over, next))
        return nil
    }
}
