// Whom a contract names: people, groups, and who of them gets mail; knows no flow.

import MaloteCore

extension ContractDecoder {
    func people() -> [Contract.Person] {
        fields.items("people").compactMap { item in
            guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
            reader.finish(known: ["name", "email", "mail"])
            guard let name = reader.requiredLine("name", "Write the person's name."),
                let email = Self.address(reader, "email")
            else { return nil }
            return Contract.Person(name: name, email: email, mail: reader.flag("mail") ?? true)
        }
    }

    func groups() -> [Contract.Group] {
        var seen: Set<String> = []
        return fields.items("groups").compactMap { item in
            guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
            reader.finish(known: ["name", "members", "external", "mandatory"])
            let members = reader.items("members").compactMap(member)
            let external = reader.texts("external").compactMap {
                Self.address($0.text, $0.node, $0.path, reader.errors)
            }
            let mandatory = classes(reader, "mandatory", otherwise: [])
            guard let name = reader.requiredLine("name", "Name the group.") else { return nil }
            if !seen.insert(name).inserted {
                reader.fail("name", "\"\(name)\" is a second group of that name.", "Choose another name.")
            }
            return Contract.Group(name: name, members: members, external: external, mandatory: mandatory)
        }
    }

    /// An address, or `{email: ADDRESS, mail: false}`.
    private func member(_ item: (node: DocumentNode, path: String)) -> Contract.Group.Member? {
        if case .scalar(let text, _) = item.node.value {
            return Self.address(text, item.node, item.path, fields.errors).map { .init($0) }
        }
        guard let reader = FieldReader(item.node, path: item.path, errors: fields.errors) else { return nil }
        reader.finish(known: ["email", "mail"])
        return Self.address(reader, "email").map { .init($0, mail: reader.flag("mail") ?? true) }
    }

    private static func address(
        _ text: String, _ node: DocumentNode, _ path: String, _ errors: ErrorList
    ) -> MailAddress? {
        if let address = MailAddress(operatorText: text) { return address }
        errors.add(node, path, "\"\(text)\" is not an address.", "Write it as local@domain.")
        return nil
    }

    func classes(
        _ reader: FieldReader, _ key: String, otherwise: Set<NotificationClass>
    ) -> Set<NotificationClass> {
        guard reader.node(key) != nil else { return otherwise }
        let found = reader.texts(key).compactMap { item -> NotificationClass? in
            if let found = NotificationClass(rawValue: item.text) { return found }
            let known = NotificationClass.allCases.map(\.rawValue).joined(separator: ", ")
            reader.errors.add(
                item.node, item.path, "there are no \"\(item.text)\" notifications.", "Use some of: \(known).")
            return nil
        }
        return Set(found)
    }
}
