// Values to look at a template with, before there is a ticket; knows no registry.

import MaloteCore

/// A ticket, a mail and an event that never were. The values go through `FlowRun`, so that a key has one here exactly if
/// it has one in a flow.
package struct TemplateSample: Sendable {
    package static let contract: Contract = {
        guard let name = ContractName("example") else { preconditionFailure("our own name keeps our own rule") }
        return Contract(id: ContractID(rawValue: 1), name: name, title: "Example Ltda", prefix: "EX")
    }()

    private let isPortuguese: Bool
    private let now: Timestamp

    package init(language: String, now: Timestamp) {
        isPortuguese = language.lowercased().hasPrefix("pt")
        self.now = now
    }

    /// The values of a flow about a ticket that was just opened, with an approval and a delivery beside it.
    package func values(contract: Contract, registry: Registry, ids: SignedMessageID) -> TemplateValue {
        let key = "\(contract.prefix)-42"
        let ticket = Ticket(
            contract: contract.id, number: 42, key: key, external: "INC-7", requester: Self.ana, subject: subject)
        let run = FlowRun(
            Occasion(trigger: TicketEvent.Kind.ticketOpened.rawValue, time: now, event: EventID(rawValue: "sample")),
            contract: contract, registry: registry, ticket: ticket, view: view, ids: ids, now: now)
        return FlowContext.value(of: run).with("approval", approval).with("delivery", delivery).with("data", data)
    }

    private static let ana = MailAddress(name: "Ana Souza", address: "ana.souza@example.org")

    private var subject: String { isPortuguese ? "A impressora não imprime" : "The printer does not print" }

    private var view: MessageView {
        var view = MessageView()
        view.from = Self.ana
        view.subject = subject
        view.text =
            isPortuguese
            ? "Bom dia,\na impressora da recepção não imprime desde ontem.\nAna"
            : "Good morning,\nthe printer at the front desk has not printed since yesterday.\nAna"
        view.date = now
        return view
    }

    private var approval: TemplateValue {
        let base = "https://malote.example.org/a/"
        return .object([
            "approve": .text(base + "approve"), "reject": .text(base + "reject"), "view": .text(base + "view"),
            "group": .text(isPortuguese ? "Aprovadores" : "Approvers"), "expires": .time(later(days: 3)),
            "quorum": .text("1"),
        ])
    }

    private var delivery: TemplateValue {
        .object([
            "recipient": .text("bia@example.org"), "subject": .text(subject), "since": .time(now),
            "attempts": .text("5"),
            "reason": .text("The server put the recipient off: 451 4.7.1 Greylisted"),
        ])
    }

    /// A value for each name that a key of the source system stands for.
    private var data: TemplateValue {
        let isTime = Set(KeyAlias.rows.filter(\.isTime).flatMap(\.places))
        var members: [String: TemplateValue] = [:]
        for place in KeyAlias.rows.flatMap(\.places) where place.hasPrefix("data.") {
            let name = String(place.dropFirst("data.".count))
            members[name] = isTime.contains(place) ? .time(now) : .text(Self.words[name] ?? name)
        }
        if isPortuguese { for (name, text) in Self.palavras { members[name] = .text(text) } }
        return .object(members)
    }

    private static let words = [
        "type": "Incident", "service": "Printers", "status": "In progress", "statusText": "In progress",
        "priority": "2", "urgency": "High", "impact": "Medium", "phase": "Attendance", "origin": "E-mail",
        "answer": "The cable was replaced.", "note": "A technician is on the way.", "owner": "Caio Lima",
        "author": "Caio Lima", "group": "Field support", "groupName": "Field support", "slaDelay": "02:30",
        "contactName": "Ana Souza", "contactEmail": "ana.souza@example.org", "contactPhone": "+55 11 5555-0100",
        "link": "https://desk.example.org/tickets/42", "survey": "https://desk.example.org/survey/42",
        "description": "The printer at the front desk has not printed since yesterday.",
    ]
    private static let palavras = [
        "type": "Incidente", "service": "Impressoras", "status": "Em andamento", "statusText": "Em andamento",
        "urgency": "Alta", "impact": "Médio", "phase": "Atendimento", "answer": "O cabo foi trocado.",
        "note": "Um técnico está a caminho.", "group": "Suporte de campo", "groupName": "Suporte de campo",
        "description": "A impressora da recepção não imprime desde ontem.",
    ]

    private func later(days: Int64) -> Timestamp { Timestamp(milliseconds: now.milliseconds + days * 86_400_000) }
}

extension TemplateValue {
    /// The same values with one more; what is no object becomes one.
    package func with(_ name: String, _ value: TemplateValue) -> TemplateValue {
        var members: [String: TemplateValue] = [:]
        if case .object(let own) = self { members = own }
        members[name] = value
        return .object(members)
    }

    /// What a document says, as a template sees it. Nothing prints nothing.
    package init(_ node: DocumentNode) {
        switch node.value {
        case .mapping(let entries):
            let members = entries.map { ($0.key, TemplateValue($0.value)) }
            self = .object(Dictionary(members, uniquingKeysWith: { _, last in last }))
        case .sequence(let items): self = .list(items.map(TemplateValue.init))
        case .scalar where node.isNull: self = .text("")
        case .scalar("true", isPlain: true): self = .flag(true)
        case .scalar("false", isPlain: true): self = .flag(false)
        case .scalar(let text, _): self = .text(text)
        }
    }
}
