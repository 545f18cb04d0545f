// Rules and limits as the registry document writes them; what is as it would be anyway is left out.

import MaloteCore

extension RegistryExport {
    static func rules(_ rules: [MailRule]) -> DocumentNode? {
        guard !rules.isEmpty else { return nil }
        return list(
            rules.map { rule in
                map([
                    ("name", rule.name.isEmpty ? nil : text(rule.name)), ("when", node(rule.when)),
                    ("do", node(rule.action)),
                ])
            })
    }

    private static func node(_ conditions: [MailRule.Condition]) -> DocumentNode {
        var fields: [(key: String, nodes: [DocumentNode])] = []
        func add(_ key: String, _ nodes: [DocumentNode]) {
            if let place = fields.firstIndex(where: { $0.key == key }) {
                fields[place].nodes += nodes
            } else {
                fields.append((key, nodes))
            }
        }
        for condition in conditions {
            switch condition {
            case .from(let texts): add("from", texts.map(node))
            case .to(let texts): add("to", texts.map(node))
            case .subject(let texts): add("subject", texts.map(node))
            case .header(let name, let texts, let anywhere): add("header", [header(name, texts, anywhere)])
            case .larger(let octets): add("size", [text(">" + Octets.write(octets))])
            case .smaller(let octets): add("size", [text("<" + Octets.write(octets))])
            }
        }
        return map(fields.map { ($0.key, oneOrList($0.nodes)) })
    }

    private static func oneOrList(_ nodes: [DocumentNode]) -> DocumentNode {
        nodes.count == 1 ? nodes[0] : list(nodes)
    }

    static func node(_ match: TextMatch) -> DocumentNode {
        match.kind == .matches ? text(match.text) : map([(match.kind.rawValue, text(match.text))])
    }

    private static func header(_ name: String, _ texts: [TextMatch], _ anywhere: Bool) -> DocumentNode {
        let kinds = TextMatch.Kind.allCases.map { kind -> (String, DocumentNode?) in
            let nodes = texts.filter { $0.kind == kind }.map { text($0.text) }
            return (kind.rawValue, nodes.isEmpty ? nil : oneOrList(nodes))
        }
        return map([("name", text(name))] + kinds + [("anywhere", anywhere ? flag(true) : nil)])
    }

    private static func node(_ action: MailRule.Action) -> DocumentNode {
        switch action {
        case .ignore: text("ignore")
        case .quarantine: text("quarantine")
        case .contract(let name): map([("contract", text(name.text))])
        case .set(let values): map([("set", map(values.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) }))])
        }
    }

    // MARK: - Limits

    static func node(_ policy: AttachmentPolicy) -> DocumentNode? {
        guard policy != AttachmentPolicy() else { return nil }
        return map([
            ("forbid", policy.forbid.isEmpty ? nil : list(policy.forbid.map(text))),
            ("max", policy.largest.map { text(Octets.write($0)) }),
        ])
    }

    static func node(_ limits: AnswerLimits) -> DocumentNode? {
        guard limits != AnswerLimits() else { return nil }
        return map([
            ("address", number(limits.address)), ("ticket", number(limits.ticket)),
            ("contract", number(limits.contract)),
        ])
    }

    static func node(_ rule: ClosedTicketRule) -> DocumentNode? {
        guard rule != ClosedTicketRule() else { return nil }
        return map([("reply", text(rule.reply.rawValue)), ("days", rule.days.map(number))])
    }

    static func node(_ retention: Contract.Retention) -> DocumentNode? {
        guard retention != Contract.Retention() else { return nil }
        return map([("sources", retention.sources.map(number)), ("events", retention.events.map(number))])
    }
}
