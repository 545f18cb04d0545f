// Writes a small page: markup is the program's own, every text from outside is escaped; knows no page.

import MaloteCore

/// Markup can only be made from literals of this program and from texts, which are escaped.
struct HTMLText: ExpressibleByStringInterpolation, Sendable {
    private(set) var markup: String

    init(stringLiteral value: String) { markup = value }
    init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

    struct Interpolation: StringInterpolationProtocol {
        var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { markup += literal }
        mutating func appendInterpolation(_ text: String) { markup += HTMLText.escaped(text) }
        mutating func appendInterpolation(_ inner: HTMLText) { markup += inner.markup }
        mutating func appendInterpolation(_ inner: [HTMLText]) { for part in inner { markup += part.markup } }
    }

    /// Nothing in it can end a text or an attribute; control characters are shown as a replacement.
    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            case "\n", "\t": output.unicodeScalars.append(scalar)
            // They could turn what is read around them: an address that reads as another.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}": output += "\u{FFFD}"
            default:
                if String(scalar).hasControlCharacter {
                    output += "\u{FFFD}"
                } else {
                    output.unicodeScalars.append(scalar)
                }
            }
        }
        return output
    }
}
