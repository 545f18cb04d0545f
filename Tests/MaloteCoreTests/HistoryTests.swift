// A history reads back as it was written, whatever mail and servers say in it; and sizes as operators write them.

import MaloteCore
import Testing

@Suite struct HistoryTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_042)

    static let reasons = [
        "Why.", "", " two  blanks ", "a\nb", "a\r\n1 filed - forged", "\u{0}\u{1B}[31m\u{2028}x", "não \u{1F5A8}",
        "- - -",
    ]

    @Test(arguments: reasons, [nil, "7", "evt_1"])
    func aDecisionReadsBackOnOneLine(_ reason: String, _ reference: String?) {
        var history = History()
        history.add(.filed, at: Self.now, reference: reference, reason)
        history.add(.event, at: Self.now, "next")
        let read = History(text: history.text).decisions
        let line = reason.replacing("\r\n", with: "  ")
        let expected = String(
            line.unicodeScalars.map { String($0).hasControlCharacter ? " " : Character($0) })
        #expect(
            read == [
                Decision(.filed, at: Self.now, reference: reference, expected), Decision(.event, at: Self.now, "next"),
            ])
    }

    @Test(arguments: Decision.Step.allCases)
    func everyStepHasAWord(_ step: Decision.Step) {
        var history = History()
        history.add(step, at: Self.now, "x")
        #expect(history.decisions.map(\.step) == [step])
        #expect(history.last(step)?.reason == "x")
    }

    @Test(arguments: ["", "x", "1 filed", "x filed - y", "1 eaten - y", "1 filed -", "\n\n"])
    func whatIsNoLineOfOursIsPassedOver(_ text: String) {
        #expect(History(text: text + "\n5 event - z\n").decisions.map(\.reason) == ["z"])
    }

    @Test func itDoesNotGrowForEver() {
        var history = History()
        for number in 0..<10_000 { history.add(.duplicate, at: Self.now, "\(number)") }
        #expect(history.text.utf8.count < History.limit + 100)
        #expect(history.decisions.first?.reason == "0")
        var long = History()
        long.add(.read, at: Self.now, String(repeating: "x", count: 1_000_000))
        #expect(long.text.utf8.count < 1100)
    }

    // MARK: - Sizes

    static let sizes: [(String, Int?)] = [
        ("0", 0), ("17", 17), ("10MB", 10_000_000), ("10mb", 10_000_000), ("500kB", 500_000), ("1GB", 1_000_000_000),
        ("1.5MB", nil), ("-1", nil), ("MB", nil), ("", nil), ("10 MB", nil), ("99999999999GB", nil), ("1TB", nil),
    ]

    @Test(arguments: sizes)
    func aSizeIsRead(_ text: String, _ octets: Int?) { #expect(Octets.read(text) == octets) }

    @Test(arguments: [0, 1, 999, 1000, 1001, 25_000_000, 1_500_000, 2_000_000_000, Int.max])
    func aSizeIsWrittenAsItReads(_ octets: Int) { #expect(Octets.read(Octets.write(octets)) == octets) }
}
