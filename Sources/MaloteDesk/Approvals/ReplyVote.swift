// Whether a reply says nothing but yes or no in its first line; pure.

import Foundation
import MaloteCore

/// A vote in words. Whoever writes anything but one of the words of `ApprovalLanguage` has said something else: nobody
/// guesses what people mean.
package struct ReplyVote: Sendable, Hashable {
    package var choice: Approval.Choice
    /// What follows the first line.
    package var comment: String

    /// - Parameter newText: what the writer wrote himself.
    package init?(_ newText: String) {
        let lines = newText.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.firstIndex(where: { !$0.allSatisfy(\.isWhitespace) }),
            let words = Self.normal(lines[first])
        else { return nil }
        if ApprovalLanguage.all.contains(where: { $0.approving.contains(words) }) {
            choice = .approve
        } else if ApprovalLanguage.all.contains(where: { $0.rejecting.contains(words) }) {
            choice = .reject
        } else {
            return nil
        }
        comment = String(lines[(first + 1)...].joined(separator: "\n").trimmed.prefix(Approval.Vote.longestComment))
    }

    /// Longer than any of the words, with all that may stand around them.
    private static let longest = 60
    private static let marks: Set<Character> = [
        ".", ",", ";", ":", "!", "?", "\"", "'", "*", "_", "(", ")", "[", "]", "-", "\u{2013}", "\u{2014}", "\u{2026}",
        "\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}", "\u{AB}", "\u{BB}", "`",
    ]

    /// Without case, accents, punctuation and quotes; one space between words. A line that quotes (`>`) keeps its mark,
    /// and so is none of the words.
    private static func normal(_ line: Substring) -> String? {
        guard line.count <= longest else { return nil }
        let plain = line.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars.filter {
            !(0x300...0x36F).contains($0.value)
        }
        let words = String(String.UnicodeScalarView(plain)).map { marks.contains($0) ? " " : $0 }
        return words.split(whereSeparator: \.isWhitespace).map { String($0) }.joined(separator: " ")
    }
}
