// Signing in and out, and the choice of a language; knows no token.

import MaloteCore
import Synchronization

extension Site {
    var cookieName: String { isSecure ? "__Host-malote" : "malote" }

    private func cookie(_ id: String, seconds: Int) -> String {
        "\(cookieName)=\(id); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds)\(isSecure ? "; Secure" : "")"
    }

    /// 256 bits of the system's chance.
    static func chance() -> String {
        var source = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(source.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    // MARK: - In and out

    func signIn(_ request: HTTPRequest, _ language: PageLanguage) async throws(Problem) -> HTTPResponse {
        let next = Self.ownPath(request.query["next"])
        guard request.method == "POST" else {
            guard ["GET", "HEAD"].contains(request.method) else {
                throw AdminRouter.notAllowed(request, ["GET", "POST"])
            }
            return SignInPage(language: language, next: next, isAsked: request.query["next"] != nil).response
        }
        try Self.checkOrigin(request)
        let form = Self.isForm(request) ? FormFields(request.body) : FormFields()
        let token = Secret((form["token"] ?? "").trimmed)
        guard let caller = try await access.caller(presenting: token) else {
            let isTooOften = failures.withLock { $0.fails(request.client, at: .now) }
            return SignInPage(language: language, next: next, fault: isTooOften ? .tooOften : .wrongToken).response
        }
        _ = caller
        let id = Self.chance()
        book.withLock { $0.open(id, token: token, formKey: Self.chance(), at: .now) }
        var response = HTTPResponse.redirect(to: next)
        response.headers["Set-Cookie"] = cookie(id, seconds: Int(SessionBook.longest.milliseconds / 1000))
        return response
    }

    func signOut(_ visit: Visit, _ id: String) -> HTTPResponse {
        guard visit.isPost else { return .redirect(to: "/") }
        book.withLock { $0.close(id) }
        var response = HTTPResponse.redirect(to: "/sign-in")
        response.headers["Set-Cookie"] = cookie("", seconds: 0)
        return response
    }

    /// A path of ours and nothing that a browser could take for another site.
    static func ownPath(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), !text.contains("\\"), !text.hasControlCharacter,
            text.unicodeScalars.allSatisfy({ $0.isASCII }), text.utf8.count <= 2000
        else { return "/" }
        return text
    }

    // MARK: - Language

    func language(of request: HTTPRequest) -> PageLanguage {
        let chosen = Cookies(request.headers["cookie"])["language"].flatMap(PageLanguage.init(rawValue:))
        return chosen ?? .preferred(request.headers["accept-language"])
    }

    /// `GET /language/TAG?back=PATH` keeps the choice for a year.
    func chooseLanguage(_ request: HTTPRequest) -> HTTPResponse? {
        let segments = request.segments
        guard segments.count == 2, segments[0] == "language", request.method == "GET" else { return nil }
        var response = HTTPResponse.redirect(to: Self.ownPath(request.query["back"]))
        guard let language = PageLanguage(rawValue: segments[1]) else { return response }
        response.headers["Set-Cookie"] =
            "language=\(language.tag); Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000\(isSecure ? "; Secure" : "")"
        return response
    }
}

/// The cookies of a request (RFC 6265 §4.2.1).
struct Cookies {
    private var values: [String: String] = [:]

    init(_ header: String?) {
        for pair in (header ?? "").split(separator: ";").prefix(50) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = String(parts[0]).trimmed
            if values[name] == nil { values[name] = String(parts[1]).trimmed }
        }
    }

    subscript(_ name: String) -> String? { values[name] }
}

/// Where a person shows an access token.
struct SignInPage {
    enum Fault { case wrongToken, tooOften }

    var language: PageLanguage
    var next: String
    var isAsked = false
    var fault: Fault?

    var response: HTTPResponse {
        let words = language.words(FrameWords.self)
        let alert: HTMLText =
            switch fault {
            case .wrongToken: "<p class=\"alert\" role=\"alert\">\(words.wrongToken)</p>"
            case .tooOften: "<p class=\"alert\" role=\"alert\">\(words.tooOften)</p>"
            case nil: isAsked && next != "/" ? "<p class=\"notice\" role=\"status\">\(words.signInHint)</p>" : ""
            }
        let body: HTMLText = """
            <main class="narrow" id="content">
            <p class="brand">Malote</p>
            <h1>\(words.signIn)</h1>
            \(alert)
            <form method="post" action="/sign-in?next=\(next.inAddress)">
            <div class="field"><label for="token">\(words.token)</label>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus
            maxlength="200" spellcheck="false" aria-describedby="token-hint">
            <p class="hint" id="token-hint">\(words.tokenHint)</p></div>
            <button>\(words.signIn)</button>
            </form>
            <p>\(Page.languages(language, words, path: "/sign-in"))</p>
            </main>
            """
        var answer = Page.document(title: words.signIn, language: language, body: body, status: status)
        if fault == .tooOften { answer.headers["Retry-After"] = "60" }
        return answer
    }

    private var status: Int {
        switch fault {
        case nil: 200
        case .wrongToken: 403
        case .tooOften: 429
        }
    }
}
