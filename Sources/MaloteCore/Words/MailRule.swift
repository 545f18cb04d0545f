// What an operator wants done with mail before it is anything else; pure description, no matching.

/// A rule of an inbox or a contract, looked at in their order before a message becomes an event.
package struct MailRule: Sendable, Hashable, Codable {
    /// What a message must have. Texts are compared without case; one of several texts is enough.
    package enum Condition: Sendable, Hashable, Codable {
        /// The address of From.
        case from([TextMatch])
        /// Any address of To or Cc.
        case to([TextMatch])
        case subject([TextMatch])
        /// Any field of this name. A field in which servers write their findings counts only where a trusted server put
        /// it, unless `anywhere`.
        case header(name: String, [TextMatch], anywhere: Bool)
        /// More octets than this.
        case larger(Int)
        /// Fewer octets than this.
        case smaller(Int)
    }

    package enum Action: Sendable, Hashable, Codable {
        /// Stored; no ticket, no answer.
        case ignore
        /// Stored; waits for a person.
        case quarantine
        /// Fields of the event; later rules are looked at, too.
        case set([String: String])
        /// Filed for this contract instead.
        case contract(ContractName)
    }

    /// What the operator calls it; may be empty.
    package var name: String
    /// All must hold. Never empty.
    package var when: [Condition]
    package var action: Action

    package init(name: String = "", when: [Condition], action: Action) {
        self.name = name
        self.when = when
        self.action = action
    }
}

/// How a text must look, compared without case.
package struct TextMatch: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// The whole text.
        case `is`
        case contains
        /// The whole text, where `*` stands for any text.
        case matches
    }

    package var kind: Kind
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
