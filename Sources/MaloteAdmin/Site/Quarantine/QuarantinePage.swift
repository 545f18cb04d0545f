// What waits for a person, and what filing it again would do before it is done; decides nothing.

import MaloteCore

struct QuarantinePage {
    private static let shown = 50
    /// Messages that one form files again at most: each is read anew.
    private static let limit = 100
    private static let names = ["id", "contract", "inbox", "since", "search"]

    private let visit: Visit
    private let words: QuarantineWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(QuarantineWords.self)
    }

    /// - Parameter rest: nothing for the list, `replay` for the rehearsal (GET) and the deed (POST).
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        switch rest {
        case []:
            try visit.requireMethod("GET")
            return try await list()
        case ["replay"]:
            try visit.requireMethod("GET", "POST")
            return visit.isPost ? try await replay() : try await rehearsal()
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func value(_ name: String) -> String? {
        if name == "contract", let own = visit.caller.contract { return own.text }
        return visit.isPost ? visit.form.text(name) : visit.query(name)
    }

    private func query(limit: Int) -> QuarantineQuery {
        QuarantineQuery(
            id: value("id"), contract: value("contract"), inbox: value("inbox"), since: value("since"),
            search: value("search"), limit: limit)
    }

    private var fields: [(name: String, value: String)] {
        Self.names.compactMap { name in value(name).map { (name, $0) } }
    }

    /// - Parameter more: fields that are not of the filter.
    private func address(_ path: String, _ more: [(name: String, value: String)] = []) -> String {
        let all = fields.filter { field in !more.contains { $0.name == field.name } } + more
        return path + (all.isEmpty ? "" : "?" + all.map { "\($0.name)=\($0.value.inAddress)" }.joined(separator: "&"))
    }

    // MARK: - What waits

    private func list() async throws(Problem) -> HTTPResponse {
        let registry = await visit.control.registry()
        var query = query(limit: Self.shown)
        query.after = visit.query("after")
        let lines = try await visit.control.quarantine(query)
        let last = lines.count == Self.shown ? lines.last?.cursor : nil
        let filters = Filters(visit)
        let inboxes = registry.mailboxes.filter { $0.inbox != nil }.map(\.name.text)
        let all: HTMLText =
            lines.isEmpty || !visit.caller.mayChange
            ? "" : "<p>\(visit.link(words.tryAll, address("/quarantine/replay")))</p>"
        let body: HTMLText = """
            \(filters.form(
                "/quarantine",
                [
                    filters.contract(words.contract, registry),
                    filters.select("inbox", words.inbox, inboxes.map { ($0, $0) }),
                    filters.input("since", words.since, .date), filters.input("search", words.search),
                ]))
            \(table(lines))\(visit.further(visit.frame.more, "after", last))\(all)
            """
        return Page(title: visit.frame.quarantine, area: .quarantine, body: body).response(visit)
    }

    private func table(_ lines: [QuarantineLine]) -> HTMLText {
        let rows = lines.map { line -> [HTMLText] in
            let look =
                visit.caller.mayChange
                ? visit.link(words.tryOne, address("/quarantine/replay", [("id", line.id)]), style: "tight") : ""
            return [
                what(line), "<span class=\"wide\" lang=\"en\">\(line.reason)</span>", look,
                "\(line.message?.from ?? "")", visit.stamp(line.time), "\(line.contracts.joined(separator: ", "))",
                "\(line.inbox)", "\(String(line.attempts))",
            ]
        }
        return Table(
            caption: visit.frame.quarantine,
            columns: [
                .init(words.what), .init(words.reason), .init(words.rehearsal), .init(words.from), .init(words.time),
                .init(words.contract), .init(words.inbox), .init(words.attempts, isNumber: true),
            ], rows: rows, empty: words.nothing
        ).html
    }

    private func what(_ line: QuarantineLine) -> HTMLText {
        guard let message = line.message else {
            let uid: HTMLText = line.uid.map { "<br>\(words.uid): <code class=\"wide\">\($0)</code>" } ?? ""
            return "<span class=\"soft\">\(words.unfetched)</span>\(uid)"
        }
        let noSubject = visit.words(MessageWords.self).noSubject
        let subject = message.subject.trimmed.isEmpty ? noSubject : message.subject
        return "<a class=\"wide\" href=\"/messages/\(message.id.description)\">\(subject)</a>"
    }

    // MARK: - Filing again

    private var passesRules: Bool { visit.isPost ? visit.form.isOn("pass-rules") : visit.query("pass-rules") != nil }

    private func rehearsal() async throws(Problem) -> HTTPResponse {
        let results = try await visit.control.replay(
            query(limit: Self.limit), passingRules: passesRules, dryRun: true)
        let title = value("id").map { words.one.filled(["id": $0]) } ?? words.howMany.filled(["n": "\(results.count)"])
        let body: HTMLText = """
            <p class="notice">\(words.rehearsalHint)</p>\(table(results))\(results.isEmpty ? "" : buttons)
            <p>\(visit.link(words.back, address("/quarantine", value("id") == nil ? [] : [("id", "")])))</p>
            """
        return Page(title: "\(words.rehearsal): \(title)", area: .quarantine, body: body).response(visit)
    }

    /// Looking again with the box ticked or not, and the deed with what was looked at.
    private var buttons: HTMLText {
        let form = Form(visit, values: passesRules ? ["pass-rules": "on"] : [:])
        let hidden = fields.map { field -> HTMLText in
            "<input type=\"hidden\" name=\"\(field.name)\" value=\"\(field.value)\">"
        }
        let chosen = fields + (passesRules ? [("pass-rules", "on")] : [])
        return """
            <form class="card" method="get" action="/quarantine/replay">\(hidden)
            \(form.box("pass-rules", words.passRules, hint: words.passRulesHint))
            <button class="second">\(words.look)</button></form>
            \(visit.button(words.replay, post: "/quarantine/replay", fields: chosen, style: ""))
            """
    }

    private func replay() async throws(Problem) -> HTTPResponse {
        let results = try await visit.control.replay(
            query(limit: Self.limit), passingRules: passesRules, dryRun: false)
        let counts = Dictionary(grouping: results, by: \.outcome).mapValues(\.count)
        let notice = words.replayed.filled([
            "filed": "\(counts[.filed] ?? 0)", "kept": "\(counts[.kept] ?? 0)", "wanted": "\(counts[.wanted] ?? 0)",
        ])
        return visit.redirect(to: "/quarantine", notice: notice)
    }

    private func table(_ results: [ReplayResult]) -> HTMLText {
        let mails = visit.words(MessageWords.self)
        let rows = results.map { result -> [HTMLText] in
            let number: HTMLText =
                Int64(result.id) == nil ? "\(result.id)" : "<a href=\"/messages/\(result.id)\">\(result.id)</a>"
            return [
                number, pill(result.outcome), result.fate.map(mails.pill) ?? "",
                visit.ticketLink(result.ticket, result.contract ?? ""),
                "<span class=\"wide\" lang=\"en\">\(result.reason)</span>", events(result.events),
                sent(result.notifications),
            ]
        }
        return Table(
            caption: words.results,
            columns: [
                .init(words.number), .init(words.outcome), .init(words.fate), .init(words.ticket),
                .init(words.reason), .init(words.events), .init(words.mails),
            ], rows: rows, empty: words.noResult
        ).html
    }

    private func pill(_ outcome: ReplayResult.Outcome) -> HTMLText {
        let text = words.outcomes[outcome] ?? outcome.rawValue
        switch outcome {
        case .filed: return Pill.good(text)
        case .wanted: return Pill.warn(text)
        case .kept, .closed: return Pill.calm(text)
        }
    }

    private func events(_ events: [String]) -> HTMLText {
        let texts = events.map { json -> HTMLText in "<pre>\(String(json.prefix(20_000)))</pre>" }
        return events.isEmpty ? "0" : "<details><summary>\(String(events.count))</summary>\(texts)</details>"
    }

    private func sent(_ mails: [ReplayResult.Mail]) -> HTMLText {
        let lines = mails.map { mail -> HTMLText in
            "<li>\(mail.subject) \(words.to) \(mail.to.joined(separator: ", ")) (\(mail.outbox))</li>"
        }
        return mails.isEmpty ? "0" : "<ul class=\"steps\">\(lines)</ul>"
    }
}
