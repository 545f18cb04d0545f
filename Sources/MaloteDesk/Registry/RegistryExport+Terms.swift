// People, groups and terms of a contract as the registry document writes them; what is usual is left out.

import MaloteCore

extension RegistryExport {
    static func node(_ person: Contract.Person) -> DocumentNode {
        map([("name", text(person.name)), ("email", address(person.email)), ("mail", person.mail ? nil : flag(false))])
    }

    static func node(_ group: Contract.Group) -> DocumentNode {
        map([
            ("name", text(group.name)), ("members", list(group.members.map(node))),
            ("external", group.external.isEmpty ? nil : list(group.external.map(address))),
            ("mandatory", group.mandatory.isEmpty ? nil : node(group.mandatory)),
        ])
    }

    private static func node(_ member: Contract.Group.Member) -> DocumentNode {
        member.mail ? address(member.email) : map([("email", address(member.email)), ("mail", flag(false))])
    }

    /// In the order of a ticket's life.
    static func node(_ classes: Set<NotificationClass>) -> DocumentNode {
        list(NotificationClass.allCases.filter(classes.contains).map { text($0.rawValue) })
    }

    static func node(_ valid: Contract.Validity) -> DocumentNode? {
        guard valid != Contract.Validity() else { return nil }
        return map([
            ("from", valid.from.map { text($0.description) }), ("until", valid.until.map { text($0.description) }),
        ])
    }

    static func node(_ opening: Contract.Opening) -> DocumentNode? {
        guard opening != Contract.Opening() else { return nil }
        let fields = opening.fields.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) }
        return map([("requester", opening.requester.map(address)), ("fields", fields.isEmpty ? nil : map(fields))])
    }
}
