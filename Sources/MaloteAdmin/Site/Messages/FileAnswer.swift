// A file from a mail on its way to somebody's disk; knows no mail.

import MaloteCore

/// Never shown by the browser, only saved, whatever its sender calls it.
enum FileAnswer {
    /// Formats that hold pixels and nothing that runs.
    static let pictures: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]
    private static let types = pictures.union(["application/pdf", "text/plain"])

    static func response(_ file: MessageFile) -> HTTPResponse {
        let type = types.contains(file.type) ? file.type : "application/octet-stream"
        return saved(HTTPResponse(status: 200, type: type, body: file.content), as: file.name)
    }

    static func response(_ copy: RawCopy) -> HTTPResponse {
        saved(.stream(copy, type: "application/octet-stream"), as: "message-\(copy.id).eml")
    }

    private static func saved(_ response: HTTPResponse, as name: String) -> HTTPResponse {
        var response = response
        response.headers["Content-Disposition"] = disposition(name)
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
    }

    /// RFC 6266 §4.3 and RFC 8187: the name once for everybody in ASCII, once as it is.
    static func disposition(_ name: String) -> String {
        let clean = cleaned(name)
        let ascii = String(clean.unicodeScalars.map { $0.isASCII && $0 != "%" ? Character($0) : "_" })
        return "attachment; filename=\"\(ascii)\"; filename*=UTF-8''\(clean.inAddress)"
    }

    /// No path, no quote, no control, nothing that turns the reading direction (`exe.fdp` read backwards).
    private static func cleaned(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "/", "\\", "\"", ":", "*", "?", "<", ">", "|": return "_"
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200B}"..."\u{200F}", "\u{FEFF}", "\u{061C}":
                return "_"
            default: return String(scalar).hasControlCharacter ? "_" : Character(scalar)
            }
        }
        let text = String(String(kept).prefix(150)).trimmed
        let plain = String(text.drop { $0 == "." })
        return plain.isEmpty ? "file" : plain
    }
}
