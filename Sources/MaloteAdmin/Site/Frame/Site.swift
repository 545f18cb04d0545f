// The door of the web pages: who is signed in, in which language, and which page a path is; knows no page's content.

import MaloteCore
import Synchronization

/// Pages for people, on the TCP port. Everything they show and do goes through the Control port.
package final class Site: Sendable {
    /// What the mail room lets a caller see and do.
    package typealias Guarding = @Sendable (Caller) -> any Control

    let access: any AccessControl
    let guarding: Guarding
    let time: any TimeSource
    /// Whether browsers reach the pages by https: then cookies never travel without it.
    let isSecure: Bool
    let book = Mutex(SessionBook())
    /// Of tokens that are not valid.
    let failures = Mutex(FailureLimit())

    package init(
        access: any AccessControl, time: any TimeSource, isSecure: Bool, guarding: @escaping Guarding
    ) {
        self.access = access
        self.time = time
        self.isSecure = isSecure
        self.guarding = guarding
    }

    /// Whether these header fields are a signed-in browser's; decides how large a body may be.
    package func knows(_ headers: [String: String]) -> Bool {
        guard let id = Cookies(headers["cookie"])[cookieName] else { return false }
        return book.withLock { $0.has(id, at: .now) }
    }

    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        let language = language(of: request)
        if let fixed = Assets.response(request) ?? chooseLanguage(request) { return fixed }
        do throws(Problem) {
            switch request.path {
            case "/sign-in": return try await signIn(request, language)
            default: break
            }
            guard let (visit, id) = try await visit(request, language) else {
                return .redirect(to: "/sign-in?next=\(Self.address(request).inAddress)")
            }
            return await Caller.$current.withValue(visit.caller) { await respond(visit, id) }
        } catch {
            return TroublePage(error, language).response
        }
    }

    private func respond(_ visit: Visit, _ id: String) async -> HTTPResponse {
        do throws(Problem) {
            if visit.isPost { try check(visit) }
            if visit.request.path == "/sign-out" { return signOut(visit, id) }
            return try await Self.page(visit)
        } catch {
            return TroublePage(error, visit.language).response(visit)
        }
    }

    /// The table of contents.
    private static func page(_ visit: Visit) async throws(Problem) -> HTTPResponse {
        let segments = visit.request.segments
        let rest = Array(segments.dropFirst())
        switch segments.first {
        case "" where rest.isEmpty: return try await OverviewPage(visit).response()
        case "tickets" where rest.isEmpty: return try await TicketList(visit).response()
        case "tickets": return try await TicketPage(visit).response(rest)
        case "waiting": return try await WaitingPage(visit).response(rest)
        case "queue": return try await QueuePage(visit).response(rest)
        case "quarantine": return try await QuarantinePage(visit).response(rest)
        case "events": return try await EventPages(visit).response(rest)
        case "charts": return try await ChartPage(visit).response(rest)
        case "endpoints": return try await EndpointPages(visit).response(rest)
        case "messages" where rest.isEmpty: return try await MessageList(visit).response()
        case "messages": return try await MessagePage(visit).response(rest)
        case "mailboxes": return try await MailboxPages(visit: visit).response(rest)
        case "contracts": return try await ContractPages(visit: visit).response(rest)
        case "flows": return try await FlowPages(visit).response(rest)
        case "access": return try await AccessPage(visit).response(rest)
        case "templates": return try await TemplatePages(visit).response(rest)
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    // MARK: - Who

    private func visit(
        _ request: HTTPRequest, _ language: PageLanguage
    ) async throws(Problem) -> (Visit, String)? {
        guard let id = Cookies(request.headers["cookie"])[cookieName],
            let session = book.withLock({ $0.visit(id, at: .now) })
        else { return nil }
        guard var caller = try await access.caller(presenting: session.token) else {
            book.withLock { $0.close(id) }
            return nil
        }
        caller.place = "page, \(request.client)"
        let isForm = Self.isForm(request)
        // A notice is told once, and not to a request that only leads on.
        let notice = request.method == "GET" ? book.withLock { $0.takeNotice(of: id) } : nil
        let visit = Visit(
            control: guarding(caller), caller: caller, language: language, request: request,
            form: isForm ? FormFields(request.body) : FormFields(), formKey: session.formKey, notice: notice,
            now: time.now(),
            leaveNotice: { [self] text in book.withLock { $0.leave(text, for: id) } })
        return (visit, id)
    }

    static func isForm(_ request: HTTPRequest) -> Bool {
        guard request.method == "POST" else { return false }
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        return type.trimmed == "application/x-www-form-urlencoded"
    }

    /// A POST must be a form of ours: with the session's key in it, and from no other site.
    private func check(_ visit: Visit) throws(Problem) {
        try Self.checkOrigin(visit.request)
        guard ConstantTime.isEqual((visit.form["form-key"] ?? "").utf8, visit.formKey.utf8) else {
            throw Problem(status: 403, title: visit.frame.noEntry, detail: visit.frame.stale)
        }
    }

    /// Browsers say which site a request comes from (Fetch Metadata; RFC 6454 §7).
    static func checkOrigin(_ request: HTTPRequest) throws(Problem) {
        let site = request.headers["sec-fetch-site"] ?? "same-origin"
        let origin = request.headers["origin"].map { $0.split(separator: "/").last.map(String.init) ?? "" }
        // A proxy in front may have changed Host; then the first field alone decides.
        let isOwn = origin == nil || origin == request.headers["host"] || request.headers["sec-fetch-site"] != nil
        guard ["same-origin", "none"].contains(site), isOwn else {
            throw Problem(status: 403, title: "Forbidden", detail: "The form did not come from these pages.")
        }
    }

    /// What the browser asked for, to come back to.
    static func address(_ request: HTTPRequest) -> String {
        guard request.method == "GET", request.path.hasPrefix("/") else { return "/" }
        let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key.inAddress)=\($0.value.inAddress)" }
        return request.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
