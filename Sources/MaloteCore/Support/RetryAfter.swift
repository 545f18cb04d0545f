// A server's wish for patience (RFC 9110 §10.2.3); pure.

package enum RetryAfter {
    /// Nobody is waited for longer.
    package static let longest = 86_400
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Returns: `nil` for no wish, or none that can be read.
    package static func seconds(_ text: String?, now: Timestamp) -> Int? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return min(Int(text) ?? longest, longest) }
        guard let then = date(text) else { return nil }
        return Int(min(max((then - now).milliseconds / 1000, 0), Int64(longest)))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`; the obsolete forms are not read.
    private static func date(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]), (1970...9999).contains(year)
        else { return nil }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return Timestamp(rfc3339: "\(year)-\(two(month + 1))-\(two(day))T\(words[4])Z")
    }
}
