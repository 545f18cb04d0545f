// One message: what it says, what became of it and why; changes nothing.

import MaloteCore

struct MessagePage {
    /// Characters of the text that a page shows.
    private static let textLimit = 100_000

    private let visit: Visit
    private let words: MessageWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(MessageWords.self)
    }

    /// - Parameter rest: what is behind `/messages/`: its number, and perhaps which part of it.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        guard let reference = rest.first, Int64(reference) != nil else { throw AdminRouter.notFound(visit.request) }
        let (control, contract) = (visit.control, visit.caller.contract?.text)
        switch (rest.count, rest.dropFirst().first, rest.last.flatMap { Int($0) }) {
        case (1, _, _): return try await page(reference, contract)
        case (2, "html", _): return try await frame(reference, contract)
        case (2, "raw", _): return FileAnswer.response(try await control.raw(reference, contract: contract))
        case (3, "attachments", let place?):
            return FileAnswer.response(try await control.file(of: reference, contract: contract, place: place))
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func frame(_ reference: String, _ contract: String?) async throws(Problem) -> HTTPResponse {
        let reading = try await visit.control.reading(reference, contract: contract)
        guard let html = reading.html else { throw AdminRouter.notFound(visit.request) }
        let images =
            html.contains(" src=\"cid:") ? try await visit.control.images(of: reference, contract: contract) : []
        let frame = MailFrame(html: html, images: images, subject: subject(reading.report), nonce: Site.chance())
        return frame.response(visit, words)
    }

    private func page(_ reference: String, _ contract: String?) async throws(Problem) -> HTTPResponse {
        let reading = try await visit.control.reading(reference, contract: contract)
        let explanation = try await visit.control.explain(reference, contract: contract)
        let body: HTMLText = """
            <section class="card">\(facts(reading.report))</section>
            \(damage(reading.report))
            <h2>\(words.text)</h2>\(text(reading.report.text))
            \(html(reading))
            <h2>\(words.attachments)</h2>\(attachments(reading.report))
            <h2>\(words.timeline)</h2>\(timeline(explanation))
            <details class="card"><summary>\(words.headers)</summary>\(headers(reading.headers))</details>
            """
        let raw = visit.link(words.original, "\(path(reading.report))/raw")
        return Page(title: subject(reading.report), area: .messages, body: body, actions: raw).response(visit)
    }

    private func path(_ report: MessageReport) -> String { "/messages/\(report.line.id)" }

    private func subject(_ report: MessageReport) -> String {
        report.line.subject.trimmed.isEmpty ? words.noSubject : report.line.subject
    }

    // MARK: - What it is

    private func facts(_ report: MessageReport) -> HTMLText {
        let line = report.line
        var facts = Facts()
        facts.add(words.from, text: report.from?.description ?? line.from)
        facts.add(words.to, text: Self.list(report.to))
        facts.add(words.cc, text: Self.list(report.cc))
        facts.add(words.replyTo, text: Self.list(report.replyTo))
        facts.add(words.fate, fate(report))
        facts.add(words.ticket, line.ticket.map { visit.ticketLink($0, line.contract) })
        facts.add(words.contract, text: line.contract)
        facts.add(words.inbox, text: line.inbox)
        facts.add(words.received, visit.moment(line.received))
        facts.add(words.date, report.date.map { visit.moment($0) })
        facts.add(words.messageID, text: line.messageID)
        facts.add(words.inReplyTo, text: report.inReplyTo.joined(separator: " "))
        facts.add(words.size, text: visit.size(line.size))
        facts.add(words.digest, "<code>\(line.sha256)</code>")
        return facts.html
    }

    private func fate(_ report: MessageReport) -> HTMLText {
        let reason: HTMLText = report.reason.map { " <span lang=\"en\">\($0)</span>" } ?? ""
        let pill = words.pill(report.line.fate)
        guard report.line.fate == .quarantined else { return "\(pill)\(reason)" }
        return "\(pill)\(reason) <a href=\"/quarantine?id=\(report.line.id.description)\">\(words.see)</a>"
    }

    private static func list(_ addresses: [MailAddress]) -> String {
        let shown = addresses.prefix(50).map(\.description).joined(separator: ", ")
        return addresses.count > 50 ? shown + ", …" : shown
    }

    private func damage(_ report: MessageReport) -> HTMLText {
        guard !report.defects.isEmpty else { return "" }
        let lines = report.defects.prefix(50).map { defect -> HTMLText in "<li lang=\"en\">\(defect)</li>" }
        return "<div class=\"remark\"><p>\(words.defects)</p><ul>\(lines)</ul></div>"
    }

    // MARK: - What it says

    private func text(_ text: String) -> HTMLText {
        guard !text.trimmed.isEmpty else { return "<p class=\"card empty\">\(words.noText)</p>" }
        let shown = String(text.prefix(Self.textLimit))
        let remark: HTMLText = shown.utf8.count < text.utf8.count ? "<p class=\"remark\">\(words.cut)</p>" : ""
        return "<div class=\"card\"><pre>\(shown)</pre></div>\(remark)"
    }

    private func html(_ reading: MessageReading) -> HTMLText {
        guard let html = reading.html else { return "" }
        let source = "\(path(reading.report))/html"
        return """
            <h2>\(words.htmlView)</h2><p class="hint">\(words.htmlHint) <a href="\(source)">\(words.openAlone)</a></p>
            <iframe class="mail\(html.utf8.count < 1500 ? " short" : "")" sandbox="" referrerpolicy="no-referrer" loading="lazy" title="\(words.htmlView)"
            src="\(source)"></iframe>\(links(MailMarkup(html)?.links ?? []))
            """
    }

    private func links(_ links: [String]) -> HTMLText {
        guard !links.isEmpty else { return "" }
        let items = links.prefix(200).map { link -> HTMLText in
            "<li><a href=\"\(link)\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">\(link)</a></li>"
        }
        return """
            <details class="card"><summary>\(words.links) (\(String(links.count)))</summary>
            <ul class="wide">\(items)</ul></details>
            """
    }

    private func attachments(_ report: MessageReport) -> HTMLText {
        let rows = report.attachments.enumerated().map { index, file -> [HTMLText] in
            let refused: HTMLText =
                file.refused.map { "\(Pill.warn(words.refused)) <span lang=\"en\">\($0)</span>" } ?? ""
            let address = "\(path(report))/attachments/\(index + 1)"
            return [
                "<span class=\"wide\">\(file.name)</span>", "\(file.type)", "\(visit.size(file.size))", refused,
                "<a href=\"\(address)\" download>\(words.download)<span class=\"hidden\"> \(file.name)</span></a>",
            ]
        }
        return Table(
            caption: words.attachments,
            columns: [
                .init(words.name), .init(words.type), .init(words.size, isNumber: true), .init(words.refused),
                .init(words.download),
            ], rows: rows, empty: words.noAttachments
        ).html
    }

    private func headers(_ headers: [MessageView.Header]) -> HTMLText {
        var facts = Facts()
        for header in headers.prefix(500) { facts.add(header.name, "\(String(header.value.prefix(4000)))") }
        return facts.html
    }

    // MARK: - What became of it

    private func timeline(_ explanation: Explanation) -> HTMLText {
        let rows = explanation.decisions.suffix(500).map { decision -> [HTMLText] in
            [
                visit.instant(decision.time), "\(words.step(decision.step))",
                "<span lang=\"en\" class=\"wide\">\(decision.reason)</span>", visit.reference(of: decision),
            ]
        }
        return Table(
            caption: words.timeline,
            columns: [.init(words.time), .init(words.step), .init(words.why), .init(words.reference)], rows: rows,
            empty: visit.frame.none
        ).html
    }
}

extension Visit {
    /// A link to what a decision led to.
    func reference(of decision: Decision) -> HTMLText {
        guard let reference = decision.reference else { return "" }
        let path: String? =
            switch decision.step {
            case .event: "/events/\(reference.inAddress)"
            case .notification, .delivery: "/queue?notification=\(reference.inAddress)"
            case .duplicate where Int64(reference) != nil: "/messages/\(reference)"
            default: nil
            }
        // An event's id is long and says nothing; it is told behind the link.
        let shown = reference.count > 20 ? "\(reference.prefix(8))…" : reference
        guard let path else { return "\(reference)" }
        return "<a href=\"\(path)\">\(shown)</a>"
    }
}
