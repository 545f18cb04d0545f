// What an event tells twice is kept once, and the identities of events.

import MaloteCore
import Testing

@Suite struct EventTextTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var kept: String
        var again: EventText.Repetition?
        var whole: String
        var testDescription: String { whole }
    }

    static let cases = [
        Case(kept: "abc", again: nil, whole: "abc"),
        Case(kept: "abc", again: .init(from: 0, count: 1, at: 3), whole: "abca"),
        Case(kept: "abc", again: .init(from: 1, count: 2, at: 0), whole: "bcabc"),
        Case(kept: "ã-", again: .init(from: 0, count: 2, at: 3), whole: "ã-ã"),
        Case(kept: "abc", again: .init(from: 0, count: 0, at: 1), whole: "abc"),
        // A damaged row repeats nothing, and breaks nothing.
        Case(kept: "abc", again: .init(from: 2, count: 2, at: 3), whole: "abc"),
        Case(kept: "abc", again: .init(from: -1, count: 1, at: 3), whole: "abc"),
        Case(kept: "abc", again: .init(from: 0, count: -1, at: 3), whole: "abc"),
        Case(kept: "abc", again: .init(from: 0, count: 1, at: 4), whole: "abc"),
        Case(kept: "abc", again: .init(from: .max, count: .max, at: .max), whole: "abc"),
    ]

    @Test(arguments: cases) func theWholeIsWhatWasTold(_ entry: Case) {
        #expect(EventText(kept: entry.kept, again: entry.again).whole == entry.whole)
    }

    @Test func anIdentityBeginsWithItsTime() {
        let early = EventID(at: Timestamp(milliseconds: 1), chance: [UInt8](repeating: 0xFF, count: 10))
        let late = EventID(at: Timestamp(milliseconds: 256), chance: [UInt8](repeating: 0, count: 10))
        #expect(early.rawValue == "000000000001" + String(repeating: "f", count: 20))
        #expect(late.rawValue == "000000000100" + String(repeating: "0", count: 20))
    }
}
