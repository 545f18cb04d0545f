// The page behind a voter's link: what is asked, or what became of it; knows no vote's rule and does nothing.

import MaloteCore

/// One small page without scripts: it reads in any browser, and asks no other server for anything.
struct ApprovalPage {
    private let visit: ApprovalVisit
    private let words: ApprovalLanguage
    /// Whether an answer came that chose nothing.
    private let isAgain: Bool

    /// - Parameter accepted: the browser's languages, for what belongs to no contract.
    init(_ visit: ApprovalVisit, accepted: String? = nil, isAgain: Bool = false) {
        self.visit = visit
        self.isAgain = isAgain
        words = ApprovalLanguage.named(visit.language ?? accepted.map { String($0.prefix(5)) })
    }

    // MARK: - The whole

    var response: HTTPResponse {
        Self.response(status, heading, body, words)
    }

    static func response(
        _ status: Int, _ heading: String, _ body: HTMLText, _ words: ApprovalLanguage
    ) -> HTTPResponse {
        let page: HTMLText = """
            <!DOCTYPE html>
            <html lang="\(words.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(heading)</title>
            <style>\(PageStyle.sheet)</style>
            </head>
            <body>
            <main>
            <h1>\(heading)</h1>
            \(body)
            </main>
            </body>
            </html>

            """
        var response = HTTPResponse.text(status, page.markup, type: "text/html; charset=utf-8")
        response.headers.merge(PageStyle.headers) { _, own in own }
        return response
    }

    /// What has ended is gone (410); what was never ours is not found.
    private var status: Int {
        switch visit.outcome {
        case .asks: isAgain ? 422 : 200
        case .taken: 200
        case .voted, .ended: 410
        case .forged, .foreign: 404
        }
    }

    private var heading: String {
        switch visit.outcome {
        case .asks: words.heading
        case .taken: words.takenHeading
        case .voted: words.votedHeading
        case .ended: words.endedHeading
        case .forged: words.forgedHeading
        case .foreign: words.foreignHeading
        }
    }

    private var body: HTMLText {
        switch visit.outcome {
        case .asks(let choices): "\(facts)\(form(choices))"
        case .taken(let choice):
            "<p role=\"status\">\(choice == .approve ? words.takenApprove : words.takenReject)</p>\(standing)\(facts)"
        case .voted(let choice, let time):
            "<p>\(words.voted.filled(["choice": word(choice), "time": time]))</p>\(standing)\(facts)"
        case .ended(let state, let time): "<p>\(sentence(state).filled(["time": time]))</p>\(facts)"
        case .forged: "<p>\(words.forged)</p>"
        case .foreign: "<p>\(words.foreign)</p>"
        }
    }

    // MARK: - Parts

    private func word(_ choice: Approval.Choice) -> String {
        choice == .approve ? words.approvedWord : words.rejectedWord
    }

    private func sentence(_ state: Approval.State) -> String {
        switch state {
        case .approved: words.endedApproved
        case .rejected: words.endedRejected
        case .cancelled: words.endedCancelled
        case .expired, .pending: words.endedExpired
        }
    }

    /// Whether others are still to vote.
    private var standing: HTMLText {
        visit.question?.state == .pending ? "<p>\(words.stillOpen)</p>" : ""
    }

    private var facts: HTMLText {
        guard let question = visit.question else { return "" }
        var rows: [HTMLText] = [
            row(words.ticket, question.ticket), row(words.subject, question.subject),
            row(words.requester, question.requester), row(words.asked, question.group),
            row(words.expires, question.expires),
        ]
        if question.voters > 1 {
            let counts = [
                "n": "\(question.quorum)", "of": "\(question.voters)", "yes": "\(question.approvals)",
                "no": "\(question.rejections)",
            ]
            rows.append(row(words.votes, "\(words.quorum) \(words.count)".filled(counts)))
        }
        rows.append(row(words.details, question.summary))
        return "<p class=\"from\">\(question.contract)</p><dl>\(rows)</dl>"
    }

    private func row(_ name: String, _ value: String?) -> HTMLText {
        guard let value, !value.isEmpty else { return "" }
        return "<dt>\(name)</dt><dd>\(value)</dd>"
    }

    /// It posts to the page's own address.
    private func form(_ choices: [Approval.Choice]) -> HTMLText {
        let name = ["name": visit.question?.voter ?? ""]
        let question =
            choices == [.approve] ? words.confirmApprove : choices == [.reject] ? words.confirmReject : words.choose
        let again: HTMLText = isAgain ? "<p role=\"alert\">\(words.chooseAgain)</p>" : ""
        let buttons = choices.map { choice -> HTMLText in
            choice == .approve
                ? "<button class=\"approve\" name=\"choice\" value=\"approve\">\(words.approve)</button>"
                : "<button class=\"reject\" name=\"choice\" value=\"reject\">\(words.reject)</button>"
        }
        return """
            <form method="post">
            \(again)<p><strong>\(question.filled(name))</strong></p>
            <label for="comment">\(words.comment)</label>
            <textarea id="comment" name="comment" rows="3" maxlength="2000" aria-describedby="hint"></textarea>
            <p id="hint" class="hint">\(words.commentHint)</p>
            <p class="buttons">\(buttons)</p>
            </form>
            """
    }
}
