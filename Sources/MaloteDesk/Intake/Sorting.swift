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
        /// Ticket keys proved by our own signed Message-IDs, best first.
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

        package init(proven: Ticket?, referenced: Ticket?, tagged: Ticket?) {
            self.proven = proven
            self.referenced = referenced
            self.tagged = tagged
        }
    }

    package enum Decision: Sendable {
        case open(reason: String)
        case reply(Ticket, reason: String)
        /// Recorded, no ticket, never answered.
        case ignore(Ticket?, reason: String)
    }

    package init(_ view: MessageView, contract: Contract, ids: SignedMessageID) {
        self.view = view
        self.contract = contract
        // The nearest ancestor comes last in References (RFC 5322 §3.6.4).
        ownReferences = view.inReplyTo + view.references.reversed()
        kind = MailKind.classify(view, isOwnMessageID: view.messageID.flatMap(ids.verify) != nil)
        provenKeys = Self.unique(ownReferences.compactMap(ids.verify))
    }

    private let provenKeys: [String]

    package var questions: Questions {
        Questions(provenKeys: provenKeys, references: Self.unique(ownReferences), taggedKeys: taggedKeys)
    }

    /// A reference to our own mail attaches whoever sends it. What anybody could have guessed or copied (another's
    /// Message-ID, a tag in the subject) attaches only for somebody who takes part in that ticket or contract.
    package func decide(_ answers: Answers) -> Decision {
        let attached = attach(answers)
        switch kind {
        case .person:
            guard let attached else { return .open(reason: whyNone(answers)) }
            return .reply(attached.ticket, reason: attached.reason)
        case .ownLoop, .report, .list, .automatic:
            return .ignore(attached?.ticket, reason: kind.reason)
        }
    }

    private func attach(_ answers: Answers) -> (ticket: Ticket, reason: String)? {
        if let ticket = answers.proven { return (ticket, "It answers a mail that we signed.") }
        if let ticket = answers.referenced, takesPart(in: ticket) {
            return (ticket, "It refers to a mail of that ticket and its sender takes part in it.")
        }
        if let ticket = answers.tagged, takesPart(in: ticket) {
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

    private func takesPart(in ticket: Ticket) -> Bool {
        guard let sender = view.from?.key else { return false }
        return ticket.requester?.key == sender || contract.people.contains { $0.email.key == sender }
            || contract.groups.contains { $0.members.contains { $0.key == sender } }
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

    /// Whom the ticket belongs to: the sender, with the name the contract knows.
    package var requester: MailAddress? {
        guard let from = view.from else { return nil }
        return person.map { MailAddress(name: $0.name, address: from.address) } ?? from
    }

    /// Why it belongs to that requester, in words.
    package var requesterReason: String {
        guard let requester else { return "Nobody: the mail has no sender." }
        return "\(requester): " + (person == nil ? "the sender, not among the contract's people." : "of the contract.")
    }

    private var person: Contract.Person? { contract.people.first { $0.email.key == view.from?.key } }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }.prefix(50).map { $0 }
    }
}
