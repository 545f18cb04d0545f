// Which page of flows a path is; the list and one of them; knows no form.

import MaloteCore

struct FlowPages {
    private let visit: Visit
    private let words: FlowWords
    private let shared: RegistryPageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(FlowWords.self)
        shared = visit.words(RegistryPageWords.self)
    }

    /// - Parameter rest: of the path, behind `/flows`.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        switch (rest.count, rest.last) {
        case (0, _): return try await list()
        case (1, "new"): return try await FlowFormPage(visit, name: nil).response()
        case (1, _): return try await show(rest[0])
        case (2, "edit"): return try await FlowFormPage(visit, name: rest[0]).response()
        case (2, "delete"):
            let name = try await flow(rest[0]).name.text
            return try await DeletePage(
                visit: visit, section: .flows, area: .flows, title: name, key: name, path: "/flows/\(name.inAddress)",
                links: []
            ).response()
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func flow(_ name: String) async throws(Problem) -> Flow {
        guard let found = await visit.control.registry().flows.first(where: { $0.name.text == name }) else {
            throw AdminRouter.notFound(visit.request)
        }
        return found
    }

    // MARK: - List

    private func list() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let wanted = visit.request.query["contract"]
        let flows = await visit.control.registry().flows.filter { wanted == nil || $0.contract.text == wanted }
        let paging = Paging(flows, visit)
        let table = Table(
            caption: visit.frame.flows,
            columns: [.init(shared.name), .init(words.contract), .init(words.trigger), .init(words.steps)]
                + (visit.caller.isAdmin ? [.init(shared.actions)] : []),
            rows: paging.items.map(row), empty: "\(words.empty) \(words.emptyHint)")
        let actions: HTMLText = visit.caller.isAdmin ? visit.link(words.newFlow, "/flows/new", style: "button") : ""
        return Page(
            title: visit.frame.flows, area: .flows, body: "\(table.html)\(paging.links(visit))", actions: actions
        ).response(visit)
    }

    private func row(_ flow: Flow) -> [HTMLText] {
        let name = flow.name.text
        let path = "/flows/\(name.inAddress)"
        let actions: HTMLText = """
            <span class="tight"><a href="\(path)/edit" aria-label="\(visit.frame.edit) \(name)">\(visit.frame.edit)</a> · \
            <a href="\(path)/delete" aria-label="\(visit.frame.delete) \(name)">\(visit.frame.delete)</a></span>
            """
        let steps = flow.emails.map { "\(recipients($0)): \(content($0))" }.joined(separator: " · ")
        let cells: [HTMLText] = [
            "<a href=\"\(path)\">\(name)</a>",
            "<a href=\"/contracts/\(flow.contract.text.inAddress)\">\(flow.contract.text)</a>",
            "<code>\(flow.trigger)</code>", "\(steps)",
        ]
        return visit.caller.isAdmin ? cells + [actions] : cells
    }

    // MARK: - One

    private func show(_ name: String) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let flow = try await flow(name)
        let steps = flow.emails.enumerated().map { index, step -> HTMLText in
            """
            <section class="card"><h2>\(words.furtherStep.filled(["n": "\(index + 1)"])): \(words.step)</h2>
            \(facts(step))</section>
            """
        }
        let body: HTMLText = """
            <section class="card"><dl class="facts"><dt>\(words.contract)</dt>
            <dd><a href="/contracts/\(flow.contract.text.inAddress)">\(flow.contract.text)</a></dd>
            <dt>\(words.trigger)</dt><dd><code>\(flow.trigger)</code></dd></dl></section>\(steps)
            """
        let path = "/flows/\(name.inAddress)"
        let actions: HTMLText =
            visit.caller.isAdmin
            ? "\(visit.link(visit.frame.edit, path + "/edit"))\(visit.link(visit.frame.delete, path + "/delete"))" : ""
        return Page(title: name, area: .flows, body: body, actions: actions).response(visit)
    }

    private func facts(_ step: EmailStep) -> HTMLText {
        let approval = step.approval.map {
            "\(words.quorum): \($0.quorum.words); \(words.expires) \(span($0.expiresSeconds))"
        }
        let rows: [(String, HTMLText)] = [
            (words.outbox, outbox(step.outbox)), (words.recipients, "\(recipients(step))"),
            (words.message, message(step)), (words.language, "\(step.language ?? "")"),
            (words.sender, "\(step.sender ?? "")"),
            (words.priority, step.priority == .normal ? "" : "\(words.priority(step.priority))"),
            (words.attachments, step.attachments ? "\(visit.frame.yes)" : ""),
            (words.delay, step.delaySeconds == 0 ? "" : "\(span(step.delaySeconds))"),
            (words.when, "\(step.when.map(\.words).joined(separator: "; "))"),
            (words.unless, "\(step.unless.map(\.words).joined(separator: "; "))"),
            (words.approval, "\(approval ?? "")"),
        ]
        let cells = rows.filter { !$0.1.markup.isEmpty }.map { row -> HTMLText in "<dt>\(row.0)</dt><dd>\(row.1)</dd>" }
        return "<dl class=\"facts\">\(cells)</dl>"
    }

    private func span(_ seconds: Int) -> String { visit.words(.seconds(seconds)) }

    private func outbox(_ choice: EmailStep.OutboxChoice) -> HTMLText {
        switch choice {
        case .system: "\(words.system)"
        case .contract: "\(words.contractOutbox)"
        case .specific(let name): "\(words.specific): \(visit.mailboxLinks([name]))"
        }
    }

    private func recipients(_ step: EmailStep) -> String {
        step.to.map { recipient in
            switch recipient {
            case .requester: words.requester
            case .cc: words.cc
            case .person(let name): name
            case .group(let name): "\(words.group) \(name)"
            case .address(let address): address.description
            }
        }.joined(separator: ", ")
    }

    private func content(_ step: EmailStep) -> String {
        switch step.content {
        case .template(let name): name.text
        case .own(let subject, _, _): subject
        }
    }

    private func message(_ step: EmailStep) -> HTMLText {
        switch step.content {
        case .template(let name):
            "\(words.template): <a href=\"/templates/\(name.text.inAddress)\">\(name.text)</a>"
        case .own(let subject, let text, _): "<strong>\(subject)</strong><pre>\(text)</pre>"
        }
    }
}
