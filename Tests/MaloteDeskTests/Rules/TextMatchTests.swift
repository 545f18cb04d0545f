// Texts fit as an operator described them, and no text makes the search long.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct TextMatchTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: TextMatch.Kind
        var pattern: String
        var text: String
        var fits: Bool
        var testDescription: String { "\(kind) \(pattern): \(text)" }

        init(_ kind: TextMatch.Kind, _ pattern: String, _ text: String, _ fits: Bool = true) {
            (self.kind, self.pattern, self.text, self.fits) = (kind, pattern, text, fits)
        }
    }

    static let cases: [Case] = [
        Case(.is, "YES", "yes"), Case(.is, "YES", "yes ", false), Case(.is, "", ""), Case(.is, "", "x", false),
        Case(.is, "a*", "a*"), Case(.is, "a*", "ab", false), Case(.is, "NÃO", "não"),
        Case(.contains, "spam", "No SPAM here"), Case(.contains, "spam", "spa m", false),
        Case(.contains, "aab", "aaaab"), Case(.contains, "abab", "abacabab"), Case(.contains, "*", "a", false),
        Case(.matches, "*", ""), Case(.matches, "*", "x"), Case(.matches, "**", "x"), Case(.matches, "", ""),
        Case(.matches, "", "x", false), Case(.matches, "ana@x", "ANA@X"), Case(.matches, "ana@x", "bana@x", false),
        Case(.matches, "*@x", "ana@x"), Case(.matches, "*@x", "ana@x.evil", false),
        Case(.matches, "ana*", "ana@x"), Case(.matches, "a*a", "a", false), Case(.matches, "a*a", "aa"),
        Case(.matches, "ab*ba", "aba", false), Case(.matches, "a*b*c", "a-b-c"), Case(.matches, "a*b*c", "acb", false),
        Case(.matches, "*b*b*", "b", false), Case(.matches, "*ab*ab*", "abab"), Case(.matches, "a?c", "abc", false),
        Case(.matches, "*.exe*", "x.EXE.txt"),
    ]

    @Test(arguments: cases)
    func aTextFits(_ item: Case) { #expect(TextMatch(item.kind, item.pattern).fits(item.text) == item.fits) }

    /// Against the plain definition, on every short text over two letters.
    @Test func itAgreesWithThePlainDefinition() {
        func plain(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == "*" { return (0...text.count).contains { plain(pattern.dropFirst(), text.dropFirst($0)) } }
            return text.first == first && plain(pattern.dropFirst(), text.dropFirst())
        }
        func words(_ letters: [Character], upTo length: Int) -> [[Character]] {
            (0..<length).reduce(into: [[]]) { words, _ in
                words += words.flatMap { word in letters.map { word + [$0] } }
                words = Array(Set(words))
            }
        }
        let texts = words(["a", "b"], upTo: 5)
        for pattern in words(["a", "b", "*"], upTo: 4) {
            let match = TextMatch(.matches, String(pattern))
            for text in texts where match.fits(String(text)) != plain(pattern[...], text[...]) {
                Issue.record("\(String(pattern)) on \(String(text))")
            }
        }
    }

    @Test func aHostileTextIsReadOnce() {
        let text = String(repeating: "a", count: 1_000_000)
        #expect(!TextMatch(.contains, String(repeating: "a", count: 499) + "b").fits(text))
        #expect(!TextMatch(.matches, String(repeating: "a*", count: 249) + "b").fits(text))
    }
}
