// Whether a notification may still be queued, so that two robots do not write to each other for ever; pure.

import MaloteCore

/// Counts are kept for each hour of the clock. Of the hour before counts what of it lies within the last sixty minutes,
/// as if its answers had been spread evenly: so no answer waits for the hour to strike, and no burst at its turn doubles
/// the limit.
package struct AnswerBudget: Sendable {
    package enum Verdict: Sendable, Hashable {
        /// To these recipients, and to be counted in these scopes; and why others are left out.
        case send(to: [MailAddress], scopes: [String], leftOut: [Spent])
        case nothing([Spent])
    }

    /// A limit that has been reached.
    package struct Spent: Sendable, Hashable {
        package var scope: String
        /// Who has had enough, in a sentence.
        package var reason: String
        /// The scope that counts whether this has been told in the hour.
        package var tellingScope: String { "told \(scope)" }
    }

    private static let hourLength: Int64 = 3_600_000

    /// The hour to count in, from 1970.
    package let hour: Int64
    private let limits: AnswerLimits
    /// Milliseconds of the hour before that lie within the last sixty minutes.
    private let reach: Int64

    package init(_ limits: AnswerLimits, now: Timestamp) {
        self.limits = limits
        hour = now.milliseconds / Self.hourLength
        reach = Self.hourLength - now.milliseconds % Self.hourLength
    }

    /// - Parameters:
    ///   - ticket: what the notification is about; `nil` for nothing that has a limit of its own.
    ///   - view: the mail that the notification answers, if it answers one. Only its own writer is limited by address:
    ///     staff may get as many notifications as there are tickets.
    ///   - count: what the store has counted in a scope.
    package func judge(
        _ recipients: [MailAddress], ticket: Ticket?, view: MessageView?, count: (String) throws -> AnswerCount
    ) rethrows -> Verdict {
        let ticketScope = ticket.map { "ticket \($0.key)" }
        if let ticket, let ticketScope, isSpent(limits.ticket, try count(ticketScope)) {
            return .nothing([spent(ticketScope, "Ticket \(ticket.key)", limits.ticket)])
        }
        if isSpent(limits.contract, try count("all")) {
            return .nothing([spent("all", "The contract", limits.contract)])
        }
        let writers = Set(([view?.from, view?.sender].compactMap { $0 } + (view?.replyTo ?? [])).map(\.key))
        var (allowed, scopes, leftOut) = ([MailAddress](), [ticketScope, "all"].compactMap { $0 }, [Spent]())
        for recipient in recipients {
            guard writers.contains(recipient.key) else {
                allowed.append(recipient)
                continue
            }
            let scope = "address \(recipient.key)"
            if isSpent(limits.address, try count(scope)) {
                leftOut.append(spent(scope, recipient.address, limits.address))
            } else {
                allowed.append(recipient)
                scopes.append(scope)
            }
        }
        guard !allowed.isEmpty else { return .nothing(leftOut) }
        return .send(to: allowed, scopes: scopes, leftOut: leftOut)
    }

    private func isSpent(_ limit: Int, _ count: AnswerCount) -> Bool {
        // Counts are far below 2^40: no limit is above a million.
        Int64(count.thisHour) * Self.hourLength + Int64(count.lastHour) * reach
            > (Int64(limit) - 1) * Self.hourLength
    }

    private func spent(_ scope: String, _ who: String, _ limit: Int) -> Spent {
        Spent(
            scope: scope,
            reason: "\(who) has had its \(limit) answers of an hour: two robots may be writing to each other.")
    }
}
