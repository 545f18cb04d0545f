// Folders by what they are for instead of by name; knows no server.

/// RFC 6154 and RFC 8457: the server says which of its folders it is, so `move \Archive` works in every language.
package enum SpecialFolder: String, Sendable, Hashable, CaseIterable {
    case all = "\\All"
    case archive = "\\Archive"
    case drafts = "\\Drafts"
    case flagged = "\\Flagged"
    case important = "\\Important"
    case junk = "\\Junk"
    case sent = "\\Sent"
    case trash = "\\Trash"

    /// In any case of letters; `nil` for a folder's own name.
    package init?(_ word: String) {
        let word = word.lowercased()
        guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == word }) else { return nil }
        self = found
    }
}
