// An event's JSON as it is kept: what it tells twice is held once; knows no event's meaning.

/// One line of JSON. A mail's text and its new text are mostly the same and most of an event, so the second may be kept
/// as a reference to the first.
package struct EventText: Sendable, Hashable {
    /// Octets that are told a second time.
    package struct Repetition: Sendable, Hashable {
        /// Where they stand in what is kept.
        package var from: Int
        package var count: Int
        /// The octet of what is kept before which they stand again.
        package var at: Int

        package init(from: Int, count: Int, at: Int) {
            self.from = from
            self.count = count
            self.at = at
        }
    }

    /// The text without its repetition.
    package let kept: String
    package let again: Repetition?

    package init(_ whole: String) {
        kept = whole
        again = nil
    }

    /// - Parameter again: `nil`, or one that lies outside what is kept, repeats nothing.
    package init(kept: String, again: Repetition?) {
        self.kept = kept
        self.again = again
    }

    /// What receivers get.
    package var whole: String {
        let octets = kept.utf8
        guard let again, again.from >= 0, again.count >= 0, again.at >= 0, again.from <= octets.count,
            again.count <= octets.count - again.from, again.at <= octets.count
        else { return kept }
        let start = octets.index(octets.startIndex, offsetBy: again.from)
        let repeated = octets[start..<octets.index(start, offsetBy: again.count)]
        let place = octets.index(octets.startIndex, offsetBy: again.at)
        return String(decoding: [octets[..<place], repeated, octets[place...]].joined(), as: UTF8.self)
    }
}
