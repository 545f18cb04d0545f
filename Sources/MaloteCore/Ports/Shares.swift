// What nodes share out among them, piece by piece; knows no node and no lease.

/// A piece of the work that one node does at a time.
package enum Share: Hashable, Sendable {
    /// An inbox's polls, or what leaves through an outbox on all its lanes: so the fairness and the rate of a shared
    /// outbox stay with one node.
    case mailbox(MailboxID)
    /// The delivery of a contract's events.
    case endpoint(ContractID)
    /// What is done once for all: steps of flows whose time has come, approvals, retention, alerts, late deliveries.
    case chores
    /// One of the connections that may be open to a server's host: the limit is shared out, too. Numbered from 1.
    case place(host: String, number: Int)

    package enum Kind: String, Sendable, Codable, CaseIterable { case mailbox, endpoint, chores, place }

    package var kind: Kind {
        switch self {
        case .mailbox: .mailbox
        case .endpoint: .endpoint
        case .chores: .chores
        case .place: .place
        }
    }

    /// The host, in lower case, if it is a place.
    package var host: String? {
        if case .place(let host, _) = self { host } else { nil }
    }
}

extension Share: LosslessStringConvertible {
    /// Stable: it is the key of the share in the database. `mailbox 12`, `endpoint 3`, `chores`, `place 2 mail.example`.
    package var description: String {
        switch self {
        case .mailbox(let id): "mailbox \(id)"
        case .endpoint(let id): "endpoint \(id)"
        case .chores: "chores"
        case .place(let host, let number): "place \(number) \(host)"
        }
    }

    package init?(_ description: String) {
        let words = description.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        switch (words.first, words.count) {
        case ("chores", 1): self = .chores
        case ("mailbox", 2):
            guard let id = Int64(words[1]) else { return nil }
            self = .mailbox(MailboxID(rawValue: id))
        case ("endpoint", 2):
            guard let id = Int64(words[1]) else { return nil }
            self = .endpoint(ContractID(rawValue: id))
        case ("place", 3):
            guard let number = Int(words[1]), !words[2].isEmpty else { return nil }
            self = .place(host: String(words[2]), number: number)
        default: return nil
        }
        // One share has one key.
        guard self.description == description else { return nil }
    }
}

extension Share: Comparable {
    private var order: (rank: Int, host: String, number: Int64) {
        switch self {
        case .chores: (0, "", 0)
        case .mailbox(let id): (1, "", id.rawValue)
        case .endpoint(let id): (2, "", id.rawValue)
        case .place(let host, let number): (3, host, Int64(number))
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.order < b.order }
}
