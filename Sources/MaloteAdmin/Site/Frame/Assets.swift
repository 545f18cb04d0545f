// The few files that pages load: a style sheet and an icon; knows no page.

enum Assets {
    static func response(_ request: HTTPRequest) -> HTTPResponse? {
        guard ["GET", "HEAD"].contains(request.method) else { return nil }
        switch request.path {
        // Its name changes with its content, so it may be kept for ever.
        case SiteStyle.path: return lasting(SiteStyle.sheet, "text/css; charset=utf-8")
        case "/assets/malote.svg": return lasting(icon, "image/svg+xml")
        default: return nil
        }
    }

    private static func lasting(_ text: String, _ type: String) -> HTTPResponse {
        var response = HTTPResponse.text(200, text, type: type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
    }

    /// A locked pouch.
    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M5 10h22v17H5z" fill="#1d4f91"/>\
        <path d="M5 10l11 9 11-9" fill="none" stroke="#fff" stroke-width="2"/>\
        <path d="M11 10V7a5 5 0 0 1 10 0v3" fill="none" stroke="#1d4f91" stroke-width="3"/></svg>
        """
}
