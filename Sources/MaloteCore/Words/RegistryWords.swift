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

extension MailRule {
    /// On one line, for people: `spam: header X-Spam-Flag is YES: ignore`.
    package var words: String {
        let conditions = when.map(\.words).joined(separator: " and ")
        let done =
            switch action {
            case .ignore: "ignore"
            case .quarantine: "quarantine"
            case .contract(let name): "contract \(name)"
            case .set(let values):
                "set " + values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            }
        return (name.isEmpty ? "" : name + ": ") + conditions + ": " + done
    }
}

extension MailRule.Condition {
    fileprivate var words: String {
        switch self {
        case .from(let texts): "from \(Self.words(texts))"
        case .to(let texts): "to \(Self.words(texts))"
        case .subject(let texts): "subject \(Self.words(texts))"
        case .header(let name, let texts, let anywhere):
            "header \(name) \(Self.words(texts))" + (anywhere ? " anywhere" : "")
        case .larger(let octets): "size >\(Octets.write(octets))"
        case .smaller(let octets): "size <\(Octets.write(octets))"
        }
    }

    private static func words(_ texts: [TextMatch]) -> String {
        texts.map { "\($0.kind.rawValue) \($0.text)" }.joined(separator: " or ")
    }
}
