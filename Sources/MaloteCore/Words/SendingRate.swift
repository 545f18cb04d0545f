// How much an outbox's server takes in a time, and what was counted against it; pure description.

/// Messages that may be handed over within any minute and any day; `nil` where there is no limit.
///
/// One message counts once however many recipients it has, and once more at each further try.
package struct SendingRate: Sendable, Hashable, Codable {
    package var minute: Int?
    package var day: Int?

    package init(minute: Int? = nil, day: Int? = nil) {
        self.minute = minute
        self.day = day
    }

    package var isLimited: Bool { minute != nil || day != nil }

    /// The time for which a number holds. The raw values are seconds, and stored.
    package enum Span: Int64, Sendable, Hashable, CaseIterable { case minute = 60, day = 86_400 }

    package func limit(_ span: Span) -> Int? { span == .minute ? minute : day }
}

/// Messages that were counted for one slot: a twelfth of a span, counted from 1970.
package struct SentCount: Sendable, Hashable {
    package var span: SendingRate.Span
    package var slot: Int64
    package var count: Int

    package init(span: SendingRate.Span, slot: Int64, count: Int) {
        self.span = span
        self.slot = slot
        self.count = count
    }
}

/// Which of a lane's due messages go first. The raw values are the registry's words.
package enum Priority: String, Sendable, Hashable, Codable, CaseIterable {
    /// Somebody waits for it: approvals, confirmations.
    case high
    case normal
    /// Digests and the like: only when nothing else is due.
    case low

    /// Lower goes first. Stored.
    package var rank: Int { self == .high ? 0 : self == .normal ? 1 : 2 }

    package init?(rank: Int) {
        guard let found = Self.allCases.first(where: { $0.rank == rank }) else { return nil }
        self = found
    }
}
