// A new contract made from one that serves as a template; pure.

import MaloteCore

extension RegistryPlanner {
    /// What a new contract cannot share with the one that it is made from.
    private static let ownFields = ["name", "prefix", "inboxes", "events", "status", "valid"]

    /// A document with the contract and its flows under their new names.
    static func copy(
        of name: String, with fields: DocumentNode, _ current: Registry
    ) throws(DocumentErrors) -> DocumentNode {
        guard let node = RegistryExport.node(.contracts, name, current), case .mapping(let old) = node.value else {
            throw unknown(.contracts, name, current)
        }
        guard case .mapping(let given) = fields.value else {
            throw DocumentErrors([
                DocumentError(
                    line: fields.line, field: "", message: "the new contract must be a mapping of fields.",
                    remedy: "Write it as {name: NAME, prefix: PREFIX}.")
            ])
        }
        let kept = old.filter { entry in
            !ownFields.contains(entry.key) && !given.contains { $0.key == entry.key }
        }
        let contract = DocumentNode(.mapping(given.filter { !$0.value.isNull } + kept), line: fields.line)
        let new = given.first { $0.key == "name" }?.value.scalar ?? ""
        let flows = current.flows.filter { $0.contract.text == name }.compactMap { flow in
            RegistryExport.node(.flows, flow.name.text, current)?
                .with("name", renamed(flow.name.text, from: name, to: new)).with("contract", new)
        }
        return DocumentNode(
            .mapping([
                .init(key: "contracts", value: DocumentNode(.sequence([contract]))),
                .init(key: "flows", value: DocumentNode(.sequence(flows))),
            ]))
    }

    /// `standard-confirm` becomes `acme-confirm`, and `confirm` too.
    private static func renamed(_ flow: String, from old: String, to new: String) -> String {
        let rest = flow.hasPrefix(old + "-") ? String(flow.dropFirst(old.count + 1)) : flow
        return "\(new)-\(rest)"
    }
}

extension DocumentNode {
    fileprivate var scalar: String? {
        if case .scalar(let text, _) = value { text } else { nil }
    }

    fileprivate func with(_ key: String, _ text: String) -> DocumentNode {
        guard case .mapping(var entries) = value else { return self }
        for place in entries.indices where entries[place].key == key {
            entries[place].value = DocumentNode(.scalar(text, isPlain: false))
        }
        return DocumentNode(.mapping(entries), line: line)
    }
}
