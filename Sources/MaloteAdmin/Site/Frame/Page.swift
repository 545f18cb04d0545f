// What is around every page: head, menu, notice; knows no page's content.

import MaloteCore

/// Where a page belongs in the menu.
enum PageArea: String, Sendable, CaseIterable {
    case overview, queue, quarantine, charts
    case mailboxes, contracts, flows, templates
    case tickets, messages, events
    case access

    var path: String { self == .overview ? "/" : "/\(rawValue)" }

    func name(_ words: FrameWords) -> String {
        switch self {
        case .overview: words.overview
        case .queue: words.queue
        case .quarantine: words.quarantine
        case .charts: words.charts
        case .mailboxes: words.mailboxes
        case .contracts: words.contracts
        case .flows: words.flows
        case .templates: words.templates
        case .tickets: words.tickets
        case .messages: words.messages
        case .events: words.events
        case .access: words.access
        }
    }
}

/// A whole page. It runs no script and loads nothing but its style sheet from here.
struct Page {
    var title: String
    var area: PageArea
    var body: HTMLText
    var status = 200
    /// Beside the heading: links and buttons that begin something.
    var actions: HTMLText = ""

    func response(_ visit: Visit) -> HTTPResponse {
        let words = visit.frame
        let inner: HTMLText = """
            <a class="skip" href="#content">\(words.skip)</a>
            <header class="bar">
            <a class="brand" href="/">Malote</a>
            <div class="who"><span>\(words.signedInAs) <strong>\(visit.caller.name)</strong></span>
            \(Self.languages(visit.language, words, path: visit.request.path))
            <form method="post" action="/sign-out">\(visit.formKeyField)<button class="quiet">\(words.signOut)</button></form>
            </div>
            </header>
            <div class="frame">
            \(menu(visit, words))
            <main id="content" tabindex="-1">
            <div class="heading"><h1>\(title)</h1><div class="actions">\(actions)</div></div>
            \(Self.notice(visit.notice))\(body)
            </main>
            </div>
            """
        return Self.document(title: title, language: visit.language, body: inner, status: status)
    }

    /// That something is done; each further line is a remark on it.
    static func notice(_ text: String?) -> HTMLText {
        let lines = (text ?? "").split(separator: "\n").map(String.init)
        guard let first = lines.first else { return "" }
        let remarks = lines.dropFirst().map { line -> HTMLText in "<p class=\"remark\" lang=\"en\">\(line)</p>" }
        return "<p class=\"notice\" role=\"status\">\(first)</p>\(remarks)"
    }

    private func menu(_ visit: Visit, _ words: FrameWords) -> HTMLText {
        let parts: [(String, [PageArea])] = [
            (words.watch, [.overview, .queue, .quarantine, .charts]),
            (words.mail, [.tickets, .messages, .events]),
            (words.registry, [.mailboxes, .contracts, .flows, .templates] + (visit.caller.isAdmin ? [.access] : [])),
        ]
        let lists = parts.map { name, areas -> HTMLText in
            let items = areas.map { item -> HTMLText in
                let current: HTMLText = item == area ? " aria-current=\"page\"" : ""
                return "<li><a href=\"\(item.path)\"\(current)>\(item.name(words))</a></li>"
            }
            return "<p class=\"part\">\(name)</p><ul>\(items)</ul>"
        }
        return "<nav class=\"menu\" aria-label=\"\(words.menu)\">\(lists)</nav>"
    }

    /// A link to the same page in each other language; the choice is kept by a cookie.
    static func languages(_ current: PageLanguage, _ words: FrameWords, path: String) -> HTMLText {
        let others = PageLanguage.allCases.filter { $0 != current }.map { language -> HTMLText in
            let address = "/language/\(language.tag)?back=\(path.inAddress)"
            return "<a href=\"\(address)\" lang=\"\(language.tag)\" hreflang=\"\(language.tag)\">\(language.name)</a>"
        }
        return "<span class=\"languages\" aria-label=\"\(words.language)\">\(others)</span>"
    }

    /// The document around any body, with the header fields that keep it what it is.
    static func document(
        title: String, language: PageLanguage, body: HTMLText, status: Int = 200
    ) -> HTTPResponse {
        let page: HTMLText = """
            <!DOCTYPE html>
            <html lang="\(language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) – Malote</title>
            <link rel="stylesheet" href="\(SiteStyle.path)">
            <link rel="icon" href="/assets/malote.svg" type="image/svg+xml">
            </head>
            <body>
            \(body)
            </body>
            </html>

            """
        var response = HTTPResponse.text(status, page.markup, type: "text/html; charset=utf-8")
        response.headers.merge(SiteStyle.headers) { _, own in own }
        return response
    }
}

extension Visit {
    /// Belongs into every form that posts.
    var formKeyField: HTMLText { "<input type=\"hidden\" name=\"form-key\" value=\"\(formKey)\">" }
}
