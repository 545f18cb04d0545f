// What is shown in place of a page that cannot be; knows no page.

import MaloteCore

struct TroublePage {
    private let problem: Problem
    private let language: PageLanguage

    init(_ problem: Problem, _ language: PageLanguage) {
        self.problem = problem
        self.language = language
    }

    /// Without a menu: nobody is known to be signed in.
    var response: HTTPResponse {
        let inner: HTMLText = """
            <main class="narrow" id="content"><p class="brand">Malote</p><h1>\(heading)</h1>\(text)
            <p><a href="/">\(words.back)</a></p></main>
            """
        return marked(Page.document(title: heading, language: language, body: inner, status: problem.status))
    }

    func response(_ visit: Visit) -> HTTPResponse {
        let area = PageArea.allCases.first { visit.request.segments.first == $0.rawValue } ?? .overview
        return marked(Page(title: heading, area: area, body: text, status: problem.status).response(visit))
    }

    private func marked(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        if problem.status == 405 { response.headers["Allow"] = "GET, HEAD, POST" }
        return response
    }

    private var words: FrameWords { language.words(FrameWords.self) }

    private var heading: String {
        switch problem.status {
        case 404: words.notFound
        case 401, 403: words.noEntry
        default: words.trouble
        }
    }

    private var text: HTMLText {
        let lines = problem.errors.map { error -> HTMLText in "<li lang=\"en\">\(error.description)</li>" }
        let list: HTMLText = lines.count > 1 ? "<ul>\(lines)</ul>" : ""
        let detail = problem.detail.isEmpty ? words.troubleText : problem.detail
        return "<p class=\"alert\" role=\"alert\" lang=\"en\">\(detail)</p>\(list)"
    }
}
