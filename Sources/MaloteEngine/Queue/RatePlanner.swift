// Decides how many messages an outbox may still take, and whose turn it is; a pure value: no clock, no store.

import MaloteCore

/// One outbox's rate, shared by all lanes that lead to it.
///
/// What was handed over is counted in slots of a twelfth of a minute and of a day, and the slot in which a span begins
/// counts whole: in no minute and no day does more leave than was agreed.
package struct RatePlanner: Sendable {
    /// So many slots make a span.
    private static let slots: Int64 = 12

    package var rate: SendingRate
    private var counts: [SendingRate.Span: [Int64: Int]] = [:]
    /// The number of each lane's last turn.
    private var turns: [Lane: Int] = [:]
    private var turn = 0

    /// - Parameter counted: what earlier runs handed over.
    package init(rate: SendingRate, counted: [SentCount] = []) {
        self.rate = rate
        for entry in counted { counts[entry.span, default: [:]][entry.slot, default: 0] += entry.count }
    }

    private static func length(_ span: SendingRate.Span) -> Int64 { span.rawValue * 1000 / slots }
    private static func slot(_ span: SendingRate.Span, _ now: Timestamp) -> Int64 { now.milliseconds / length(span) }

    /// What of a span counts when its last slot is this one. What a clock that was set back left in the future does not.
    private func used(_ span: SendingRate.Span, upTo slot: Int64) -> Int {
        (counts[span] ?? [:]).reduce(0) { sum, entry in
            entry.key >= slot - Self.slots && entry.key <= slot + Self.slots ? sum + entry.value : sum
        }
    }

    /// Messages that may leave now; `nil` where nothing is limited.
    package func left(now: Timestamp) -> Int? {
        SendingRate.Span.allCases.compactMap { span in
            rate.limit(span).map { max(0, $0 - used(span, upTo: Self.slot(span, now))) }
        }.min()
    }

    /// When the next message may leave; `nil` if one may now.
    package func opens(now: Timestamp) -> Timestamp? {
        SendingRate.Span.allCases.compactMap { span -> Timestamp? in
            guard let limit = rate.limit(span) else { return nil }
            let current = Self.slot(span, now)
            let open = (current...(current + 2 * Self.slots + 1)).first { used(span, upTo: $0) < limit }
            guard let open, open > current else { return nil }
            return Timestamp(milliseconds: open * Self.length(span))
        }.max()
    }

    // MARK: - Turns

    /// A lane asks for messages to hand over. What it is granted counts at once.
    ///
    /// - Parameter rivals: other lanes of the outbox that are at work. If there is not one message for each, those whose
    ///   last turn is longer ago come first.
    /// - Returns: 0 if it is not its turn; `nil` where nothing is limited.
    package mutating func grant(_ lane: Lane, rivals: [Lane], now: Timestamp) -> Int? {
        guard let left = left(now: now) else { return nil }
        let last = turns[lane] ?? 0
        let earlier = rivals.count { (turns[$0] ?? 0) < last }
        guard left > earlier else { return 0 }
        let share = max(1, left / (rivals.count + 1))
        count(share, now: now)
        turn += 1
        turns[lane] = turn
        return share
    }

    /// What was granted and not used may be granted again.
    package mutating func giveBack(_ messages: Int, granted: Timestamp) { count(-messages, now: granted) }

    /// What to keep of messages handed over at this time.
    package func entries(_ messages: Int, now: Timestamp) -> [SentCount] {
        SendingRate.Span.allCases.filter { rate.limit($0) != nil }.map {
            SentCount(span: $0, slot: Self.slot($0, now), count: messages)
        }
    }

    private mutating func count(_ messages: Int, now: Timestamp) {
        for span in SendingRate.Span.allCases {
            let slot = Self.slot(span, now)
            counts[span, default: [:]][slot, default: 0] += messages
            counts[span] = counts[span]?.filter { $0.key >= slot - Self.slots }
        }
    }
}
