// Reads a page's form as a browser does, as far as our own markup needs it; no parser of HTML.

import Foundation

enum FormReader {
    /// Of the first form of class `stack`, in the page's order.
    static func fields(_ page: String) -> [(String, String)] {
        guard let start = page.range(of: "<form class=\"stack\""),
            let end = page.range(of: "</form>", range: start.upperBound..<page.endIndex)
        else { return [] }
        let form = String(page[start.upperBound..<end.lowerBound])
        let pattern = /<input ([^>]*)>|<textarea ([^>]*)>\n?([^<]*)<\/textarea>|<select ([^>]*)>(.*?)<\/select>/
            .dotMatchesNewlines()
        return form.matches(of: pattern).compactMap { match in
            if let input = match.output.1 { return field(String(input)) }
            if let area = match.output.2, let name = attribute("name", String(area)) {
                return (name, text(String(match.output.3 ?? "")))
            }
            guard let select = match.output.4, let name = attribute("name", String(select)) else { return nil }
            return (name, chosen(String(match.output.5 ?? "")))
        }
    }

    private static func field(_ tag: String) -> (String, String)? {
        guard let name = attribute("name", tag) else { return nil }
        let isChoice = ["checkbox", "radio"].contains(attribute("type", tag))
        guard !isChoice || tag.contains(" checked") else { return nil }
        return (name, text(attribute("value", tag) ?? ""))
    }

    /// The first option where none is chosen.
    private static func chosen(_ options: String) -> String {
        let tags = options.matches(of: /<option ([^>]*)>/).map { String($0.output.1) }
        let tag = tags.first { $0.contains(" selected") } ?? tags.first ?? ""
        return text(attribute("value", tag) ?? "")
    }

    private static func attribute(_ name: String, _ tag: String) -> String? {
        guard let start = tag.range(of: "\(name)=\"") else { return nil }
        return String(tag[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func text(_ escaped: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(escaped) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
