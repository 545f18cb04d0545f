// Which header fields a server of ours wrote, and which anybody could have; pure.

import MaloteCore

/// Servers write what they find (spam, viruses, sender checks) into fields that they put above the mail as it came, and
/// a Received field of their own above that (RFC 5321 §4.4). What stands below the Received field with which the mail
/// came in from outside is the sender's word.
struct Findings {
    private let headers: [MessageView.Header]
    /// Fields above this place were added on our side.
    private let border: Int

    /// - Parameter trusted: the servers where mail comes in; if empty, the last server that it did not pass on to itself.
    init(_ headers: [MessageView.Header], trusted: [String]) {
        self.headers = headers
        border = Self.border(headers, trusted: Set(trusted.map { $0.lowercased() }))
    }

    /// The values of every field of this name that counts.
    func values(of name: String, anywhere: Bool) -> [String] {
        let key = name.lowercased()
        let end = anywhere || !Self.isFinding(key) ? headers.count : border
        return headers[..<end].filter { $0.isNamed(name) }.map(\.value)
    }

    /// Other fields are the sender's own, and mean no more than what he says.
    static func isFinding(_ key: String) -> Bool {
        ["x-", "arc-"].contains { key.hasPrefix($0) } || key == "authentication-results" || key == "received-spf"
    }

    private static func border(_ headers: [MessageView.Header], trusted: Set<String>) -> Int {
        var border: Int?
        for (place, header) in headers.enumerated() where header.isNamed("Received") {
            let hop = Hop(header.value)
            if trusted.isEmpty || trusted.contains(hop.by) {
                border = place
                if !hop.isInside { break }
            } else if border != nil {
                break
            }
        }
        return border ?? (trusted.isEmpty ? headers.count : 0)
    }

    /// One Received field.
    private struct Hop {
        /// Lower case; empty if it does not say.
        var by = ""
        /// The server passed the mail to itself, as one does that hands it to a filter and back.
        var isInside = true

        init(_ value: String) {
            var (comments, words, depth) = ("", "", 0)
            for character in value {
                if character == "(" { depth += 1 }
                if depth > 0 { comments.append(character) } else { words.append(character) }
                if character == ")", depth > 0 { depth -= 1 }
            }
            // What follows `from` is the other side's own word, and could be `by`.
            var rest = words.split(whereSeparator: \.isWhitespace)[...]
            while let word = rest.popFirst()?.lowercased() {
                if word == "from" {
                    _ = rest.popFirst()
                    // Its address, in a comment, is what the server saw.
                    isInside = comments.contains("[127.0.0.1]") || comments.contains("[::1]")
                } else if word == "by" {
                    by = rest.first?.lowercased().filter { $0 != ";" } ?? ""
                    return
                }
            }
        }
    }
}
