// Which page of mailboxes a path is; knows no page's content.

import MaloteCore

struct MailboxPages {
    let visit: Visit

    /// - Parameter rest: of the path, behind `/mailboxes`.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        switch (rest.count, rest.last) {
        case (0, _): return try await MailboxListPage(visit).response()
        case (1, "new"): return try await MailboxFormPage(visit, name: nil).response()
        case (1, _): return try await MailboxPage(visit).response(try await mailbox(rest[0]))
        case (2, "edit"): return try await MailboxFormPage(visit, name: rest[0]).response()
        case (2, "delete"): return try await delete(try await mailbox(rest[0]))
        case (2, "test"): return try await MailboxTestPage(visit).response(try await mailbox(rest[0]))
        case (2, "poll"): return try await poll(rest[0])
        case (2, "system"): return try await makeSystem(try await mailbox(rest[0]))
        case (2, "authorize"): return try await MailboxConsentPage(visit).response(try await mailbox(rest[0]))
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func mailbox(_ name: String) async throws(Problem) -> Mailbox {
        guard let found = await visit.control.registry().mailboxes.first(where: { $0.name.text == name }) else {
            throw AdminRouter.notFound(visit.request)
        }
        return found
    }

    private func delete(_ mailbox: Mailbox) async throws(Problem) -> HTTPResponse {
        let registry = await visit.control.registry()
        var links = registry.links(toMailbox: mailbox.name).map { $0.html(visit) }
        if registry.systemOutbox == mailbox.name { links.append("\(visit.words(MailboxWords.self).systemOutbox)") }
        let name = mailbox.name.text
        return try await DeletePage(
            visit: visit, section: .mailboxes, area: .mailboxes, title: name, key: name,
            path: "/mailboxes/\(name.inAddress)", links: links
        ).response()
    }

    /// The outbox of whoever has none of their own.
    private func makeSystem(_ mailbox: Mailbox) async throws(Problem) -> HTTPResponse {
        let path = "/mailboxes/\(mailbox.name.text.inAddress)"
        guard visit.isPost else { return .redirect(to: path) }
        try visit.requireAdmin()
        let document = "{\"system\": {\"outbox\": \"\(mailbox.name.text)\"}}"
        _ = try await visit.control.apply(.document(Array(document.utf8), prune: false), dryRun: false)
        let words = visit.words(MailboxWords.self)
        return visit.redirect(to: path, notice: words.madeSystem.filled(["name": mailbox.name.text]))
    }

    private func poll(_ name: String) async throws(Problem) -> HTTPResponse {
        let path = "/mailboxes/\(name.inAddress)"
        guard visit.isPost else { return .redirect(to: path) }
        try await visit.control.poll(name)
        return visit.redirect(to: path, notice: visit.words(MailboxWords.self).polled.filled(["name": name]))
    }
}
