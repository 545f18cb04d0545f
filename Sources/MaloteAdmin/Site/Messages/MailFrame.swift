// The HTML of one mail as a document of its own that can neither run nor load; knows no list of mails.

import MaloteCore

/// Shown inside a frame that is sandboxed, and just as harmless to whoever opens its address: the same sandbox stands in
/// its own header.
struct MailFrame {
    var html: String
    var images: [MessageFile]
    var subject: String
    /// Lets the document's one style sheet count, and nothing else; new for every answer.
    var nonce: String

    func response(_ visit: Visit, _ words: MessageWords) -> HTTPResponse {
        let checked = MailMarkup(html, images: Self.addresses(of: images))
        let body = checked?.markup ?? "<p>\(HTMLText("\(words.htmlRefused)").markup)</p>"
        let head: HTMLText = """
            <!DOCTYPE html>
            <html lang="\(visit.language.tag)"><head><meta charset="utf-8"><title>\(subject)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style nonce="\(nonce)">
            """
        // The mail's own markup is the only one on any page that is not written here: two locks have judged it.
        let page = head.markup + Self.style + "</style></head><body>\n" + body + "\n</body></html>\n"
        var response = HTTPResponse.text(200, page, type: "text/html; charset=utf-8")
        response.headers.merge(Self.headers(nonce)) { _, own in own }
        return response
    }

    static func headers(_ nonce: String) -> [String: String] {
        [
            "Content-Security-Policy":
                "sandbox; default-src 'none'; img-src data:; style-src 'nonce-\(nonce)'; base-uri 'none'; "
                + "form-action 'none'; frame-ancestors 'self'",
            "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
            "Cross-Origin-Resource-Policy": "same-origin", "X-DNS-Prefetch-Control": "off",
        ]
    }

    private static func addresses(of images: [MessageFile]) -> [String: String] {
        var addresses: [String: String] = [:]
        for image in images {
            guard let id = image.contentID, FileAnswer.pictures.contains(image.type), addresses[id] == nil else {
                continue
            }
            addresses[id] = "data:\(image.type);base64," + String(decoding: Base64.encode(image.content), as: UTF8.self)
        }
        return addresses
    }

    /// Where a link leads stands behind it, left to right whatever it holds.
    private static let style = """
        :root{color-scheme:light dark}body{margin:.75rem;font:1rem/1.5 system-ui,sans-serif;background:#fff;color:#1b2430;
        overflow-wrap:anywhere}a{color:#1d4f91;text-decoration:underline}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}
        .to{font-size:.8em;color:#55606e;unicode-bidi:bidi-override;direction:ltr}
        blockquote{margin:.5rem 0 .5rem .25rem;padding-left:.75rem;border-left:3px solid #cfd6df}
        @media(prefers-color-scheme:dark){body{background:#1b222c;color:#e8edf3}a{color:#8fbdf5}
        .to{color:#a9b5c3}blockquote{border-color:#36414e}}
        """
}
