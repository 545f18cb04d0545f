// The test of a mailbox while it runs: each step appears when it is done; knows no protocol.

import MaloteCore

struct MailboxTestPage {
    private let visit: Visit
    private let words: MailboxWords
    /// Told above the steps.
    private let notice: String?

    init(_ visit: Visit, notice: String? = nil) {
        self.visit = visit
        self.notice = notice
        words = visit.words(MailboxWords.self)
    }

    /// The page as far as it is known; the rest follows step by step.
    func response(_ mailbox: Mailbox) async throws(Problem) -> HTTPResponse {
        let path = "/mailboxes/\(mailbox.name.text.inAddress)"
        guard visit.isPost else { return .redirect(to: path) }
        let partner = visit.form.text("partner")
        let partners = await visit.control.registry().mailboxes.filter { ($0.inbox == nil) != (mailbox.inbox == nil) }
        let body: HTMLText = """
            \(Page.notice(notice))
            <p class="soft">\(words.testHint)</p>
            <section class="card" aria-live="polite"><h2>\(words.testing.filled(["name": mailbox.name.text]))</h2>
            <ol class="steps">\(LivePage.mark)</section>
            """
        return LivePage.response(
            Page(title: words.test, area: .mailboxes, body: body).response(visit), caller: visit.caller
        ) { live in
            let end = await run(mailbox, partner, live)
            live.write("</ol>\(end)\(after(mailbox, path, partners))" as HTMLText)
        }
    }

    /// - Returns: how it ended.
    private func run(_ mailbox: Mailbox, _ partner: String?, _ live: LiveBody) async -> HTMLText {
        do throws(Problem) {
            let travel = partner.map { RoundTrip(partner: $0, to: visit.form.text("to")) }
            let steps = try await visit.control.test(mailbox.name.text, roundTrip: travel) { step in
                live.write(self.item(step))
            }
            guard let failed = steps.last(where: { $0.failure != nil }) else {
                return "<p class=\"notice\" role=\"status\">\(words.testPassed)</p>"
            }
            let text = words.testFailed.filled(["step": words.step(failed.name)])
            return "<p class=\"alert\" role=\"alert\">\(text)</p>"
        } catch {
            return "<p class=\"alert\" role=\"alert\" lang=\"en\">\(error.detail)</p>"
        }
    }

    private func item(_ step: ProbeStep) -> HTMLText {
        let mark: HTMLText = step.failure == nil ? Pill.good("✓") : Pill.bad("✗")
        let found: HTMLText = step.found.isEmpty ? "" : "<span lang=\"en\">\(step.found)</span>"
        let warnings = step.warnings.map { text -> HTMLText in "<p class=\"remark\" lang=\"en\">\(text)</p>" }
        let failure: HTMLText =
            step.failure.map { failure in
                let remedy: HTMLText =
                    failure.remedy.isEmpty
                    ? "" : "<p><strong>\(words.whatToDo):</strong> <span lang=\"en\">\(failure.remedy)</span></p>"
                return "<div class=\"alert\"><p lang=\"en\">\(failure.detail)</p>\(remedy)</div>"
            } ?? ""
        return """
            <li>\(mark) <strong>\(words.step(step.name))</strong> \(found)\(warnings)\(failure)</li>

            """
    }

    // MARK: - What next

    private func after(_ mailbox: Mailbox, _ path: String, _ partners: [Mailbox]) -> HTMLText {
        let edit: HTMLText = visit.caller.isAdmin ? visit.link(visit.frame.edit, path + "/edit") : ""
        return """
            <div class="actions">\(visit.button(words.again, post: path + "/test"))\(edit)
            \(visit.link(visit.frame.back, path))</div>\(travel(path, partners))
            """
    }

    private func travel(_ path: String, _ partners: [Mailbox]) -> HTMLText {
        guard !partners.isEmpty else { return "" }
        let items = partners.prefix(200).map { partner -> HTMLText in
            "<option value=\"\(partner.name.text)\">\(partner.name.text) (\(partner.server))</option>"
        }
        return """
            <form class="filters" method="post" action="\(path)/test">\(visit.formKeyField)<div>
            <label for="partner">\(words.roundTrip)</label><select id="partner" name="partner">\(items)</select></div>
            <button class="second">\(words.again)</button></form>
            """
    }
}
