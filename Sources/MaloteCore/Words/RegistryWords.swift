// How registered choices are spelled; reads nothing back, that is the decoders' work.

// MARK: - Words, as the registry file writes them and the API shows them

extension Inbox.After {
    package var words: String {
        switch self {
        case .seen: "seen"
        case .delete: "delete"
        case .leave: "leave"
        case .move(let folder): "move \(folder)"
        }
    }
}

extension Inbox.Start {
    package var words: String {
        switch self {
        case .unseen: "unseen"
        case .new: "new"
        case .all: "all"
        case .since(let day): "since \(day)"
        }
    }
}

extension Mailbox {
    /// The source system's `provider` of an inbox; `nil` for an outbox.
    package var provider: String? {
        guard let inbox else { return nil }
        let isImplicit = security == .implicit
        switch inbox.access {
        case .imap: return isImplicit ? "imaps" : "imap"
        case .pop3: return isImplicit ? "pops" : "pop"
        }
    }
}

extension Contract.OutboxChoice {
    package var words: String {
        switch self {
        case .standard: "standard"
        case .mailbox(let name): name.text
        }
    }
}
