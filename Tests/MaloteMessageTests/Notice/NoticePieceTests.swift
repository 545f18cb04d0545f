// The small readers below the notices: codes, addresses, phrases, the cause of a refusal.

import MaloteCore
import Testing

@testable import MaloteMessage

struct NoticePieceTests {
    private static func bytes(_ text: String) -> Bytes { Array(text.utf8)[...] }

    @Test(arguments: [
        ("550 5.1.1 no", "5.1.1"), ("(#5.1.1)", "5.1.1"), ("552-5.2.2 full", "5.2.2"), ("5.7.26.", "5.7.26"),
        ("host 5.1.1.1 said", nil), ("version 3.5.1", nil), ("x5.1.1", nil), ("5.1", nil), ("5.1.1a", nil),
        ("5.1234.1", nil), ("", nil),
        ("5.", nil), ("5.1.", nil),
    ])
    func enhancedCodes(_ text: String, _ expected: String?) {
        #expect(StatusCode.first(in: Self.bytes(text))?.text == expected)
    }

    @Test(arguments: [
        ("5.1.0 - Unknown address error 550-'5.7.1 denied'", "5.7.1"), ("550 5.7.1 x", "5.7.1"), ("421 5.7.1 x", nil),
        ("see 5.7.1", nil),
    ])
    func codesBehindReplies(_ text: String, _ expected: String?) {
        #expect(StatusCode.answered(in: Self.bytes(text))?.text == expected)
    }

    @Test(arguments: [
        ("said: 550 no", 550), ("550-no", 550), ("(reason: 421 later)", 421), ("ERROR_CODE :550, x", 550),
        ("550.5 MB", nil), ("1550 x", nil),
        ("5500 x", nil), ("port 4450", nil), ("592 x", nil), ("55", nil),
    ])
    func replyCodes(_ text: String, _ expected: Int?) {
        #expect(ReplyCode.first(in: Self.bytes(text)) == expected)
    }

    @Test(arguments: [
        ("<kim@example.org>: no", ["kim@example.org"]),
        ("to kim@example.org, jo@example.org.", ["kim@example.org", "jo@example.org"]),
        ("\"kim d\"@example.org", ["\"kim d\"@example.org"]), ("'kim@example.org'", ["kim@example.org"]),
        ("<köln@example.org>", ["köln@example.org"]),
        ("様kim@example.jp様", ["kim@example.jp"]), ("dda:SMTP=kim@example.org;", ["kim@example.org"]), ("kim@", []),
        ("@example.org", []), ("a @ b", []),
        ("kim@example.org...", ["kim@example.org"]), ("@@@", []),
    ])
    func addresses(_ text: String, _ expected: [String]) {
        #expect(NoticedAddress.all(in: Self.bytes(text), limit: 10).map(\.text) == expected)
    }

    @Test func phrasesAreFoundWhereverTheyStand() {
        let table = PhraseTable([("first", ["user unknown"]), ("second", ["unknown", "Ящик полон"])])
        #expect(table.first(in: Folded.text("User\u{20}\n Unknown")) == "first")
        #expect(table.first(in: Folded.text("an UNKNOWN thing")) == "second")
        #expect(table.first(in: Folded.text("ЯЩИК ПОЛОН")) == "second")
        #expect(table.start(of: Folded.text("unknown user unknown")) == "second")
        #expect(table.start(of: Folded.text("an unknown")) == nil)
        #expect(table.first(in: Folded.text("")) == nil)
        #expect(Folded.text(" isn\u{2019}t  it ") == Array("isn't it".utf8))
    }

    struct Refusal: Sendable {
        var told: String?
        var words: String
        var isDelayed = false
        var expected: String
    }

    @Test(arguments: [
        Refusal(words: "550 User unknown", expected: "5.1.1 unknown-user hard"),
        Refusal(words: "450 4.1.1 User unknown in virtual alias table", expected: "4.1.1 unknown-user hard"),
        Refusal(words: "450 User unknown", isDelayed: true, expected: "4.1.1 unknown-user"),
        Refusal(words: "550 User unknown (in reply to end of DATA command)", expected: "5.1.1 refused"),
        Refusal(words: "553 domain does not exist (in reply to MAIL FROM command)", expected: "5.1.2 refused"),
        Refusal(told: "4.0.0", words: "DNS error: NXDOMAIN", expected: "4.1.2 network"),
        Refusal(told: "5.1.1", words: "550 5.1.1 rejected", expected: "5.1.1 unknown-user hard"),
        Refusal(told: "5.1.1", words: "554 message considered spam", expected: "5.1.1 spam"),
        Refusal(told: "5.0.0", words: "550 5.7.26 DMARC", expected: "5.7.26 authentication"),
        Refusal(words: "mailbox is full: retry timeout exceeded", expected: "4.2.2 full"),
        Refusal(words: "551 user has moved, please try <jo@example.org>", expected: "5.1.6 moved hard"),
        Refusal(words: "an MX record indicated no SMTP service", expected: "5.1.2 unknown-host hard"),
        Refusal(words: "552 message too large", expected: "5.3.4 too-large"),
        Refusal(words: "421 too many connections", expected: "4.7.0 rate-limited"),
        Refusal(words: "550 listed at Spamhaus", expected: "5.7.1 blocked"),
        Refusal(words: "554 virus found", expected: "5.6.0 virus"),
        Refusal(words: "554 Relay access denied", expected: "5.7.1 refused"),
        Refusal(words: "too many hops", expected: "5.4.6 loop"),
        Refusal(words: "hm", expected: "5.0.0 unknown"),
        Refusal(words: "", expected: "5.0.0 unknown"),
    ])
    func aRefusalHasACause(_ item: Refusal) {
        let seen = Diagnosis(told: item.told, clues: [item.words], isDelayed: item.isDelayed)
        #expect("\(seen.status ?? "-") \(seen.cause.rawValue)\(seen.isHard ? " hard" : "")" == item.expected)
    }
}
