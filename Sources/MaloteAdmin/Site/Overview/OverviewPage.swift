// The first page: each contract's health, lag and queue, and what needs a person; changes nothing.

import MaloteCore

struct OverviewPage {
    private let visit: Visit
    private let words: OverviewWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(OverviewWords.self)
    }

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET")
        let status = try await visit.control.status()
        let registry = await visit.control.registry()
        let waiting = try await visit.control.quarantine(QuarantineQuery(limit: 1000)).count
        let body: HTMLText = """
            <section class="card" aria-labelledby="needs"><h2 id="needs">\(words.needs)</h2>
            \(needs(status, quarantined: waiting))</section>
            <h2>\(words.contracts)</h2>
            \(contracts(status, registry))
            <p class="soft">Malote \(status.version). \(words.running) \(visit.moment(status.started))</p>
            """
        return Page(title: visit.frame.overview, area: .overview, body: body, actions: actions).response(visit)
    }

    private var actions: HTMLText {
        guard visit.caller.isAdmin else { return "" }
        return """
            \(visit.link(words.addMailbox, "/mailboxes/new"))\(visit.link(words.addContract, "/contracts/new"))
            """
    }

    // MARK: - What needs a person

    private func needs(_ status: StatusReport, quarantined: Int) -> HTMLText {
        var lines: [HTMLText] = status.mailboxes.compactMap(need)
        lines += status.lanes.flatMap(needs)
        if quarantined > 0 {
            lines.append("<li><a href=\"/quarantine\">\(words.inQuarantine.filled(["n": "\(quarantined)"]))</a></li>")
        }
        return lines.isEmpty ? "<p>\(words.nothingNeeded)</p>" : "<ul>\(lines)</ul>"
    }

    private func need(_ line: StatusReport.MailboxLine) -> HTMLText? {
        guard [.needsAttention, .failing].contains(line.state) else { return nil }
        let sentence = line.state == .failing ? words.failing : words.attention
        let failure: HTMLText = line.failure.map { "<br><span lang=\"en\">\($0.detail) \($0.remedy)</span>" } ?? ""
        let since: HTMLText =
            line.failingSince.map { "<br><span class=\"soft\">\(words.failingSince)</span> \(visit.moment($0))" } ?? ""
        return """
            <li><a href="/mailboxes/\(line.name.inAddress)">\(sentence.filled(["mailbox": line.name]))</a>\(failure)\(since)</li>
            """
    }

    private func needs(_ lane: StatusReport.LaneLine) -> [HTMLText] {
        [(lane.failed, words.laneFailed, "failed"), (lane.unknown, words.laneUnknown, "unknown")]
            .filter { $0.0 > 0 }
            .map { count, sentence, state in
                let text = sentence.filled(["n": "\(count)", "contract": lane.contract])
                return """
                    <li><a href="/queue?contract=\(lane.contract.inAddress)&amp;state=\(state)">\(text)</a></li>
                    """
            }
    }

    // MARK: - Contracts

    private func contracts(_ status: StatusReport, _ registry: Registry) -> HTMLText {
        guard !registry.contracts.isEmpty else {
            return "<p class=\"card empty\">\(words.noContracts) \(words.noContractsHint)</p>"
        }
        let rows = registry.contracts.map { contract -> [HTMLText] in
            let name = contract.name.text
            let mailboxes = status.mailboxes.filter { $0.contracts.contains(name) }
            return [
                "<a href=\"/contracts/\(name.inAddress)\">\(contract.title.isEmpty ? name : contract.title)</a>",
                health(mailboxes), lag(mailboxes), queue(status.lanes.filter { $0.contract == name }),
            ]
        }
        return Table(
            caption: words.contracts,
            columns: [.init(words.contract), .init(words.health), .init(words.lag), .init(words.queue)], rows: rows,
            empty: words.noContracts
        ).html
    }

    /// The worst of its mailboxes' states.
    private func health(_ mailboxes: [StatusReport.MailboxLine]) -> HTMLText {
        let order: [StatusReport.MailboxLine.State] = [
            .needsAttention, .failing, .resting, .new, .unused, .busy, .ok,
        ]
        let states = Set(mailboxes.map(\.state))
        guard let worst = order.first(where: states.contains) else { return Pill.calm(visit.frame.none) }
        return StatePill.pill(worst, words)
    }

    /// Since when the inbox that is furthest behind is not up to date.
    private func lag(_ mailboxes: [StatusReport.MailboxLine]) -> HTMLText {
        let inboxes = mailboxes.filter { $0.type == "inbox" }
        guard !inboxes.isEmpty else { return "<span class=\"soft\">–</span>" }
        let known = inboxes.compactMap(\.current)
        guard known.count == inboxes.count, let oldest = known.min() else {
            return "<span class=\"soft\">\(words.unknown)</span>"
        }
        return "\(visit.words(visit.now - oldest))"
    }

    private func queue(_ lanes: [StatusReport.LaneLine]) -> HTMLText {
        let waiting = lanes.reduce(0) { $0 + $1.queued + $1.sending + $1.held }
        let held: HTMLText = lanes.contains { $0.heldSince != nil } ? " \(Pill.warn(words.held))" : ""
        guard waiting > 0, let name = lanes.first?.contract else { return "0\(held)" }
        let oldest = lanes.compactMap(\.oldestQueued).min()
        let age: HTMLText =
            oldest.map { " <span class=\"soft\">(\(words.oldest) \(visit.words(visit.now - $0)))</span>" } ?? ""
        return """
            <a href="/queue?contract=\(name.inAddress)">\(String(waiting)) \(words.waiting)</a>\(age)\(held)
            """
    }
}

/// A mailbox's state in its colour.
enum StatePill {
    static func pill(_ state: StatusReport.MailboxLine.State, _ words: OverviewWords) -> HTMLText {
        let text = words.state(state)
        switch state {
        case .ok: return Pill.good(text)
        case .busy, .new: return Pill.calm(text)
        case .failing, .needsAttention: return Pill.bad(text)
        case .unused, .resting: return Pill.warn(text)
        }
    }
}
