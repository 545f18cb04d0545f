// A browser for tests of pages: it keeps cookies, follows nothing by itself and reads forms' keys; knows no page.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteAdmin

/// Tokens that are valid, and for whom.
final class FakeAccess: AccessControl {
    private let callers: Mutex<[String: Caller]>

    init(_ callers: [String: Caller]) { self.callers = Mutex(callers) }

    func caller(presenting token: Secret) async throws(Problem) -> Caller? {
        let text = token.reveal { String(decoding: $0, as: UTF8.self) }
        return callers.withLock { $0[text] }
    }

    func revoke(_ token: String) { callers.withLock { $0[token] = nil } }
}

/// One person at the pages over a fake mail room.
final class Browser {
    let site: Site
    let access: FakeAccess
    private(set) var cookies: [String: String] = [:]
    /// The form key of the last page.
    private(set) var formKey = ""
    var headers: [String: String] = [:]

    init(
        _ control: any Control = FakeControl(), role: Caller.Role = .admin, language: PageLanguage = .english,
        isSecure: Bool = false
    ) {
        access = FakeAccess(["good": Caller(name: "ana", role: role)])
        site = Site(access: access, time: FakeClock(now: Sample.now), isSecure: isSecure) { _ in control }
        headers["accept-language"] = language.tag
    }

    /// Signed in with the token that is good.
    static func signedIn(
        _ control: any Control = FakeControl(), role: Caller.Role = .admin, language: PageLanguage = .english
    ) async -> Browser {
        let browser = Browser(control, role: role, language: language)
        await browser.signIn()
        return browser
    }

    @discardableResult func signIn(_ token: String = "good", next: String? = nil) async -> HTTPResponse {
        await send("POST", "/sign-in", query: next.map { ["next": $0] } ?? [:], form: [("token", token)])
    }

    /// - Parameter address: a path with its query.
    func get(_ address: String) async -> HTTPResponse {
        let (path, query) = Self.split(address)
        let response = await send("GET", path, query: query)
        if let key = response.text.firstMatch(of: /name="form-key" value="([0-9a-f]+)"/)?.output.1 {
            formKey = String(key)
        }
        return response
    }

    /// With the form key of the last page; a page is got first where there was none.
    func post(_ address: String, _ form: [(String, String)] = []) async -> HTTPResponse {
        if formKey.isEmpty { _ = await get("/") }
        let (path, query) = Self.split(address)
        return await send("POST", path, query: query, form: [("form-key", formKey)] + form)
    }

    func send(
        _ method: String, _ path: String, query: [String: String] = [:], form: [(String, String)] = []
    ) async -> HTTPResponse {
        var headers = headers
        if !cookies.isEmpty {
            headers["cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        if method == "POST" { headers["content-type"] = "application/x-www-form-urlencoded" }
        let body = form.map { "\($0.0.inAddress)=\($0.1.inAddress)" }.joined(separator: "&")
        let request = HTTPRequest(
            method, path, query: query, headers: headers, body: Array(body.utf8), client: "192.0.2.1")
        let response = await site.respond(to: request)
        if let cookie = response.headers["Set-Cookie"]?.prefix(while: { $0 != ";" }) {
            let parts = cookie.split(separator: "=", maxSplits: 1)
            cookies[String(parts[0])] = parts.count > 1 ? String(parts[1]) : nil
        }
        return response
    }

    private static func split(_ address: String) -> (String, [String: String]) {
        let parts = address.split(separator: "?", maxSplits: 1)
        let query = parts.count > 1 ? FormFields(Array(parts[1].utf8)) : FormFields()
        let names = parts.count > 1 ? parts[1].split(separator: "&").map { String($0.prefix { $0 != "=" }) } : []
        return (
            String(parts[0]), Dictionary(names.map { ($0, query[$0] ?? "") }, uniquingKeysWith: { first, _ in first })
        )
    }
}
