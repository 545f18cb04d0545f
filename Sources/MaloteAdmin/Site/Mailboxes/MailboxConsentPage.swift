// A person's consent to what a mailbox does by OAuth: where to go and what to type there; knows no provider.

import MaloteCore

struct MailboxConsentPage {
    private let visit: Visit
    private let words: MailboxWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(MailboxWords.self)
    }

    /// A POST begins it; a GET says how it stands.
    func response(_ mailbox: Mailbox) async throws(Problem) -> HTTPResponse {
        try visit.requireMethod("GET", "POST")
        try visit.requireAdmin()
        let name = mailbox.name.text
        let path = "/mailboxes/\(name.inAddress)"
        let consent =
            visit.isPost
            ? try await visit.control.authorize(name) : try await visit.control.consent(name, waitSeconds: 0)
        guard consent.state == .waiting else { return visit.redirect(to: path, notice: words.consentGranted) }
        // Only an address of the web is made a link: it comes from the provider.
        let address = consent.verificationURL
        let link: HTMLText =
            OAuthGrant.mayReceiveSecrets(address)
            ? "<a href=\"\(address)\" rel=\"noreferrer\" target=\"_blank\">\(address)</a>" : "<code>\(address)</code>"
        let body: HTMLText = """
            <section class="card"><p>\(words.consentText)</p><dl class="facts">
            <dt>\(words.consentAddress)</dt><dd>\(link)</dd>
            <dt>\(words.consentCode)</dt><dd><strong class="figure">\(consent.userCode)</strong></dd>
            <dt>\(words.consentUntil)</dt><dd>\(visit.moment(consent.expires))</dd></dl></section>
            <div class="actions">\(visit.link(words.consentCheck, path + "/authorize", style: "button"))
            \(visit.link(visit.frame.back, path))</div>
            """
        return Page(title: "\(words.authorize): \(name)", area: .mailboxes, body: body).response(visit)
    }
}
