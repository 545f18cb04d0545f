// Decides what a mail means for one contract: a new ticket, a reply, or nothing; pure, the lookups are the caller's.

import MaloteCore

/// First `questions` says what to look up, then `decide` judges by the answers.
package struct Sorting: Sendable {
    package let kind: MailKind
    private let contract: Contract
    private let view: MessageView
    private let ownReferences: [String]

    /// What the caller looks up in the store, within this contract only.
    package struct Questions: Sendable, Hashable {
        /// Ticket keys proved by what we signed: Message-IDs, addresses, tags; best first.
        package var provenKeys: [String]
        /// Message-IDs of others that may belong to a ticket.
        package var references: [String]
        /// Ticket keys in the subject's tags, such as `[ACME-42]`.
        package var taggedKeys: [String]
    }

    package struct Answers: Sendable {
        package var proven: Ticket?
        package var referenced: Ticket?
        package var tagged: Ticket?
        /// Those of these tickets to which the sender has written before.
        package var known: Set<TicketID>

        package init(proven: Ticket?, referenced: Ticket?, tagged: Ticket?, known: Set<TicketID> = []) {
            self.proven = proven
            self.referenced = referenced
            self.tagged = tagged
            self.known = known
        }
    }

    package enum Decision: Sendable {
        /// - Parameter follows: the closed ticket that it goes on from.
        case open(follows: Ticket?, reason: String)
        case reply(Ticket, reopens: Bool, reason: String)
        /// Recorded, no ticket, never answered.
        case ignore(Ticket?, reason: String)
    }

    package init(_ view: MessageView, contract: Contract, ids: SignedMessageID) {
        self.view = view
        self.contract = contract
        // The nearest ancestor comes last in References (RFC 5322 §3.6.4).
        ownReferences = view.inReplyTo + view.references.reversed()
        kind = MailKind.classify(view, isOwnMessageID: view.messageID.flatMap(ids.verify) != nil)
        proofs = Self.proofs(view, ownReferences, ids)
    }

    /// Ticket keys with what proves them.
    private let proofs: [(key: String, how: String)]
    /// Octets of the text in which a signed tag is looked for.
    private static let tagReach = 64 * 1024

    private static func proofs(
        _ view: MessageView, _ references: [String], _ ids: SignedMessageID
    ) -> [(key: String, how: String)] {
        let text =
            view.text.utf8.count > tagReach
            ? String(decoding: view.text.utf8.prefix(tagReach), as: UTF8.self) : view.text
        return references.compactMap(ids.verify).map { ($0, "It answers a mail that we signed.") }
            + view.arrivalAddresses.compactMap(ids.ticketKey).map { ($0, "It came to an address that we signed.") }
            + ids.ticketKeys(inText: view.subject).map { ($0, "Its subject has a tag that we signed.") }
            + ids.ticketKeys(inText: text).map { ($0, "Its text has a tag that we signed.") }
    }

    package var questions: Questions {
        Questions(
            provenKeys: Self.unique(proofs.map(\.key)), references: Self.unique(ownReferences), taggedKeys: taggedKeys)
    }

    /// A reference to our own mail attaches whoever sends it. What anybody could have guessed or copied (another's
    /// Message-ID, a tag in the subject) attaches only for somebody who takes part in that ticket or contract.
    package func decide(_ answers: Answers, now: Timestamp) -> Decision {
        let attached = attach(answers)
        switch kind {
        case .person:
            guard let attached else { return .open(follows: nil, reason: whyNone(answers)) }
            return reply(attached.ticket, attached.reason, now)
        case .ownLoop, .report, .list, .automatic:
            return .ignore(attached?.ticket, reason: kind.reason)
        }
    }

    /// What the contract's rule makes of a reply to a ticket that may be closed.
    private func reply(_ ticket: Ticket, _ reason: String, _ now: Timestamp) -> Decision {
        guard let closed = ticket.closed else { return .reply(ticket, reopens: false, reason: reason) }
        let rule = contract.closedTickets
        let told = "\(reason) The ticket was closed on \(closed)."
        if rule.reply == .new { return .open(follows: ticket, reason: "\(ticket.key): \(told)") }
        if let days = rule.days, now.milliseconds - closed.milliseconds > Int64(days) * 86_400_000 {
            return .open(follows: ticket, reason: "\(ticket.key): \(told) That is more than \(days) days ago.")
        }
        return .reply(ticket, reopens: rule.reply == .reopen, reason: told)
    }

    private func attach(_ answers: Answers) -> (ticket: Ticket, reason: String)? {
        if let ticket = answers.proven, let proof = proofs.first(where: { $0.key == ticket.key }) {
            return (ticket, proof.how)
        }
        if let ticket = answers.referenced, takesPart(in: ticket, answers) {
            return (ticket, "It refers to a mail of that ticket and its sender takes part in it.")
        }
        if let ticket = answers.tagged, takesPart(in: ticket, answers) {
            return (ticket, "Its subject names the ticket and its sender takes part in it.")
        }
        return nil
    }

    private func whyNone(_ answers: Answers) -> String {
        if let ticket = answers.referenced ?? answers.tagged {
            let how = answers.referenced == nil ? "Its subject names" : "It refers to a mail of"
            return "\(how) ticket \(ticket.key), but its sender takes no part in that."
        }
        if let key = taggedKeys.first { return "There is no ticket \(key)." }
        return ownReferences.isEmpty
            ? "It answers no mail, and its subject names no ticket." : "What it answers belongs to no ticket."
    }

    private func takesPart(in ticket: Ticket, _ answers: Answers) -> Bool {
        guard let sender = view.from?.key else { return false }
        return answers.known.contains(ticket.id) || ticket.requester?.key == sender
            || contract.people.contains { $0.email.key == sender }
            || contract.groups.contains { $0.members.contains { $0.email.key == sender } }
    }

    /// Longer than any tag: no subject makes the search more than linear.
    private static let tagLimit = 40

    /// `[PREFIX-number]` with this contract's prefix; a bare number never counts.
    private var taggedKeys: [String] {
        var keys: [String] = []
        var rest = Substring(view.subject)
        while let open = rest.firstIndex(of: "["), keys.count < 5 {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.prefix(Self.tagLimit).firstIndex(of: "]") else { continue }
            let parts = rest[..<close].split(separator: "-", omittingEmptySubsequences: false)
            if parts.count == 2, parts[0].uppercased() == contract.prefix, let number = Int(parts[1]), number > 0 {
                keys.append("\(contract.prefix)-\(number)")
            }
        }
        return Self.unique(keys)
    }

    /// Whom a new ticket belongs to, and why, in words: somebody whom the contract knows, with the name that it knows;
    /// for a stranger the contract's own requester, if it names one.
    package var requester: (address: MailAddress?, reason: String) {
        let places = [
            (view.from, "the sender"), (view.replyTo.first, "who is to be answered"), (view.sender, "who sent it"),
        ]
        for case (let address?, let place) in places {
            guard let person = contract.people.first(where: { $0.email.key == address.key }) else { continue }
            let known = MailAddress(name: person.name, address: address.address)
            return (known, "\(known): \(place), of the contract.")
        }
        if let fallback = contract.opening.requester {
            return (
                fallback,
                "\(fallback): the contract's own, as its people do not know \(view.from?.address ?? "the sender")."
            )
        }
        guard let from = view.from else { return (nil, "Nobody: the mail has no sender.") }
        return (from, "\(from): the sender, not among the contract's people.")
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }.prefix(50).map { $0 }
    }
}
