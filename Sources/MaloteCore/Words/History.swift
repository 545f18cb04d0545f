// What was decided about one message, when and why, a line a decision; knows no rule and no table.

/// One decision, in words an operator understands.
package struct Decision: Sendable, Hashable, Codable {
    /// What the decision is about. The raw values are stored and shown.
    package enum Step: String, Sendable, Codable, CaseIterable {
        // On the server
        case seen, fetchFailed = "fetch-failed", gone, wantedAgain = "wanted-again", settled
        // Understood
        case fetched, read, rule, understood, ticket, requester, attachment
        // What a report says of a recipient of ours
        case report
        // Done
        case filed, moved, quarantined, duplicate, replayed, removed, event, flow, planned, notification, approval
        // What started flows without a mail
        case triggered
        // What became of a notification: never stored here, the queue knows it.
        case delivery
    }

    package var time: Timestamp
    package var step: Step
    /// The event's, notification's or message's id that the decision led to.
    package var reference: String?
    /// One sentence.
    package var reason: String

    package init(_ step: Step, at time: Timestamp, reference: String? = nil, _ reason: String) {
        self.time = time
        self.step = step
        self.reference = reference
        self.reason = reason
    }
}

/// The decisions about one message in order, kept as the text that a store keeps: whoever only moves them on pays for no
/// parsing.
package struct History: Sendable, Hashable {
    /// Beyond this many octets nothing more is added: a message that comes again each day must not grow for ever.
    package static let limit = 16_384
    private static let reasonLimit = 1000

    /// A line a decision: milliseconds, step, reference or `-`, reason.
    package private(set) var text: String

    package init() { text = "" }

    /// - Parameter text: what `text` was before.
    package init(text: String) { self.text = text }

    package mutating func add(_ decision: Decision) {
        guard text.utf8.count < Self.limit else { return }
        text += Self.line(decision)
    }

    package mutating func add(_ step: Decision.Step, at time: Timestamp, reference: String? = nil, _ reason: String) {
        add(Decision(step, at: time, reference: reference, reason))
    }

    /// What stores append for one decision.
    package static func line(_ decision: Decision) -> String {
        "\(decision.time.milliseconds) \(decision.step.rawValue) \(decision.reference ?? "-") "
            + clean(decision.reason) + "\n"
    }

    /// Lines that another version wrote and this one does not know are passed over.
    package var decisions: [Decision] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, let time = Int64(parts[0]), let step = Decision.Step(rawValue: String(parts[1]))
            else { return nil }
            return Decision(
                step, at: Timestamp(milliseconds: time), reference: parts[2] == "-" ? nil : String(parts[2]),
                String(parts[3]))
        }
    }

    package func last(_ step: Decision.Step) -> Decision? { decisions.last { $0.step == step } }

    /// Mail and servers are quoted in reasons: no line of theirs may look like one of ours.
    private static func clean(_ reason: String) -> String {
        let short = reason.utf8.count > reasonLimit ? String(reason.prefix(reasonLimit)) : reason
        // Nearly always plain ASCII, and written for every message.
        if short.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return short }
        return short.hasControlCharacter ? short.onOneLine : short
    }
}
