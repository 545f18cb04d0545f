// The words of alerts' mails: short, on one line where a header is, and never more than people read.

import MaloteCore
import Testing

@testable import MaloteEngine

@Suite struct AlertLetterTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func news(_ turn: AlertNews.Turn, _ kind: Alert.Kind = .mailboxFailing, _ subject: String = "acme-in")
        -> AlertNews
    {
        AlertNews(
            turn,
            Alert(
                kind, subject, contracts: ["acme"], detail: "It fails:\r\nBcc: x@evil.example", remedy: "Mend it.",
                since: Self.now))
    }

    private func letter(_ news: [AlertNews]) -> AlertLetter {
        AlertLetter(news, host: "mx.house.example", now: Self.now)
    }

    @Test(arguments: AlertNews.Turn.allCases, Alert.Kind.allCases)
    func everyTurnOfEveryKindHasItsWords(_ turn: AlertNews.Turn, kind: Alert.Kind) {
        let letter = letter([news(turn, kind)])
        #expect(letter.subject.hasPrefix("[Malote] \(turn.word): "))
        #expect(letter.text.contains("mx.house.example") && letter.text.contains("malotectl alert list"))
        #expect(letter.text.contains("To do: Mend it.") == (turn != .over))
        #expect(letter.text.contains("Contracts: acme"))
    }

    @Test func whatServersSayBreaksNoLine() {
        let letter = letter([news(.begun, .certificateExpiring, "a\r\nb:993")])
        #expect(!letter.subject.hasControlCharacter)
        #expect(!letter.text.split(separator: "\n").contains { $0.hasPrefix("Bcc") })
        #expect(!letter.text.contains("\r"))
    }

    @Test func aFloodIsOneMailOfFiftyParagraphs() {
        let letter = letter((0..<1000).map { news(.begun, .mailboxFailing, "m\($0)") })
        #expect(letter.subject.hasSuffix("and 999 more"))
        #expect(letter.text.contains("There are 950 more.") && letter.text.utf8.count < 20_000)
    }

    @Test func aLongSubjectIsCut() {
        let letter = letter([news(.begun, .queueAging, String(repeating: "x", count: 1000))])
        #expect(letter.subject.count <= 200)
    }
}
