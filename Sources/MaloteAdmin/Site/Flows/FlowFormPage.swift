// The form of a flow with its email steps, and what becomes of what is typed.

import MaloteCore

struct FlowFormPage {
    private let visit: Visit
    private let words: FlowWords
    private let shared: RegistryPageWords
    /// `nil` for a new one.
    private let name: String?

    init(_ visit: Visit, name: String?) {
        self.visit = visit
        self.name = name
        words = visit.words(FlowWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        let registry = await visit.control.registry()
        var old: RegisteredObject?
        if let name { old = try await RegisteredObject.find(.flows, name, visit) }
        let wanted = old?.text("contract") ?? visit.form["contract"] ?? visit.request.query["contract"]
        let only = registry.contracts.count == 1 ? registry.contracts.first : nil
        guard let contract = registry.contracts.first(where: { $0.name.text == wanted }) ?? only else {
            return chooseContract(registry)
        }
        let step = FlowStepForm(visit, words, registry, contract)
        guard visit.isPost else { return page(FlowFields.filling(old), [], old, step) }
        switch visit.form["then"] ?? "" {
        case "add": return page(FlowFields.filling(visit.form, oneMore: true), [], old, step)
        case let then where then.hasPrefix("remove-"):
            return page(FlowFields.filling(visit.form, without: Int(then.dropFirst(7))), [], old, step)
        default: return try await save(old, contract, step)
        }
    }

    private func save(
        _ old: RegisteredObject?, _ contract: Contract, _ step: FlowStepForm
    ) async throws(Problem) -> HTTPResponse {
        let filling = FlowFields.filling(visit.form)
        let given = name ?? visit.form.text("name") ?? ""
        let document = FlowFields.document(visit.form, name: name, contract: contract.name.text)
        let edit: RegistryEdit =
            name.map { .edit(.flows, name: $0, fields: document) } ?? .add(.flows, fields: document)
        switch try await visit.save(
            edit, .flows, name: given, done: shared.saved.filled(["name": given]),
            onlyIf: visit.unchanged(.flows, name))
        {
        case .changed: return page(filling, [], old, step, remark: shared.changedMeanwhile, status: 409)
        case .saved(let notice): return visit.redirect(to: "/flows/\(given.inAddress)", notice: notice)
        case .refused(let errors):
            return page(filling, errors.map(FlowFields.placed), old, step, status: 422)
        }
    }

    // MARK: - Pages

    /// A flow's recipients are its contract's: whose it is comes first.
    private func chooseContract(_ registry: Registry) -> HTTPResponse {
        let options = registry.contracts.map {
            (value: $0.name.text, label: $0.title.isEmpty ? $0.name.text : $0.title)
        }
        let form = Form(visit)
        let body: HTMLText =
            options.isEmpty
            ? """
            <p class="card empty">\(words.noContracts)</p>
            \(visit.link(visit.words(ContractWords.self).newContract, "/contracts/new"))
            """
            : """
            <form class="stack card" method="get" action="/flows/new">
            \(form.select("contract", words.chooseContract, options))<button>\(words.goOn)</button></form>
            """
        return Page(title: words.newFlow, area: .flows, body: body).response(visit)
    }

    private func page(
        _ filling: FlowFields.Filling, _ errors: [DocumentError], _ old: RegisteredObject?, _ step: FlowStepForm,
        remark: String? = nil, status: Int = 200
    ) -> HTTPResponse {
        let form = Form(visit, values: filling.values, lists: filling.lists, errors: errors)
        let path = name.map { "/flows/\($0.inAddress)" }
        let steps = (0..<filling.steps).map { step.html(form, $0, isOnly: filling.steps == 1) }
        let named: HTMLText =
            name == nil ? form.input("name", shared.name, hint: shared.nameHint, isRequired: true) : ""
        // The first button is the one that the Enter key presses.
        let body: HTMLText = """
            \(visit.remark(remark))\(form.summary(anchors: FlowFields.anchors(steps: filling.steps)))
            <form class="stack" method="post" action="\(path.map { $0 + "/edit" } ?? "/flows/new")">
            <button class="hidden" tabindex="-1" aria-hidden="true">\(visit.frame.save)</button>
            \(visit.formKeyField)\(visit.version(old))
            <input type="hidden" name="contract" value="\(step.contract.name.text)">
            <fieldset><legend>\(words.flow)</legend>
            <p>\(words.contract): <strong>\(step.contract.name.text)</strong></p>\(named)
            \(form.input("on", words.trigger, hint: words.triggerHint, proposals: Self.triggers))</fieldset>
            \(steps)
            <div class="actions"><button name="then" value="add" class="second">\(words.addStep)</button></div>
            <div class="actions end"><button>\(visit.frame.save)</button>
            \(visit.link(visit.frame.cancel, path ?? "/flows"))</div></form>
            """
        let title = name.map { words.editFlow.filled(["name": $0]) } ?? words.newFlow
        return Page(title: title, area: .flows, body: body, status: status).response(visit)
    }

    /// What Malote itself says; ticket systems may say more.
    private static let triggers = [
        TicketEvent.Kind.ticketOpened.rawValue, TicketEvent.Kind.ticketReplied.rawValue, Occasion.completed,
        Occasion.reopened, TicketEvent.Kind.ticketApproved.rawValue, TicketEvent.Kind.ticketRejected.rawValue,
        Occasion.approvalExpired, "approval.requested",
    ]
}
