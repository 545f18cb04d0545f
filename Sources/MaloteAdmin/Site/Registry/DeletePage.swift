// Asks before an object is deleted, and says what is in the way; knows no kind of object.

import MaloteCore

struct DeletePage {
    let visit: Visit
    let section: RegistrySection
    let area: PageArea
    /// As a person reads it.
    let title: String
    /// As the mail room knows it.
    let key: String
    /// Of the object; without `/delete`.
    let path: String
    /// What links to it: as long as there are any, it cannot go.
    let links: [HTMLText]

    func response() async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        guard visit.isPost, links.isEmpty else { return page(status: visit.isPost ? 409 : 200) }
        let words = visit.words(RegistryPageWords.self)
        let saving = try await visit.save(
            .delete(section, name: key), section, name: key, done: words.deleted.filled(["name": title]))
        switch saving {
        case .saved(let notice): return visit.redirect(to: area.path, notice: notice)
        case .refused(let errors): return page(errors, status: 409)
        // It is gone, or another one has its name: what there is now is asked about again.
        case .changed: return page(status: 409)
        }
    }

    private func page(_ errors: [DocumentError] = [], status: Int) -> HTTPResponse {
        let words = visit.words(RegistryPageWords.self)
        let name = ["name": title]
        let faults = errors.map { error -> HTMLText in "<p lang=\"en\">\(error.message) \(error.remedy)</p>" }
        let alert: HTMLText = faults.isEmpty ? "" : "<div class=\"alert\" role=\"alert\">\(faults)</div>"
        let items = links.map { link -> HTMLText in "<li>\(link)</li>" }
        let question: HTMLText =
            links.isEmpty
            ? """
            <p>\(words.deleteFinal)</p>
            <div class="actions">\(visit.button(visit.frame.delete, post: path + "/delete", style: "danger"))
            \(visit.link(visit.frame.cancel, path))</div>
            """
            : """
            <div class="alert" role="alert"><p>\(words.stillUsed.filled(name))</p><ul>\(items)</ul></div>
            <div class="actions">\(visit.link(visit.frame.back, path))</div>
            """
        return Page(
            title: words.deleteQuestion.filled(name), area: area, body: "\(alert)\(question)", status: status
        ).response(visit)
    }
}
