// A large folder is searched whole, once, and in parts that are small enough.

import MaloteWire
import Testing

@Suite struct SearchWindowsTests {
    @Test(
        arguments: [
            (1...10, 4, ["1...4", "5...8", "9...10"]), (7...7, 4, ["7...7"]), (1...4, 4, ["1...4"]),
            ((.max - 1)...(.max), 1, ["4294967294...4294967294", "4294967295...4294967295"]),
            (1...2, 0, ["1...1", "2...2"]), (0...UInt32.max, .max, ["0...4294967295"]),
        ] as [(ClosedRange<UInt32>, Int, [String])])
    func windows(_ uids: ClosedRange<UInt32>, _ width: Int, _ expected: [String]) {
        var windows = SearchWindows(uids, width: width)
        var seen: [String] = []
        while let window = windows.window {
            seen.append("\(window.lowerBound)...\(window.upperBound)")
            windows.proceed()
        }
        #expect(seen == expected)
    }

    @Test func aWindowThatWasCutShortIsSearchedInHalves() {
        var windows = SearchWindows(1...100, width: 60)
        func narrow() -> Bool { windows.narrow() }
        #expect(narrow())
        #expect(windows.window == 1...30)
        windows.proceed()
        #expect(windows.window == 31...60)
        for _ in 0..<4 { #expect(narrow()) }
        #expect(windows.window == 31...31)
        #expect(!narrow())
        windows.proceed()
        #expect(windows.window == 32...32)
    }

    @Test func theLastWindowIsNarrowedByWhatItHas() {
        var windows = SearchWindows(1...3, width: 1000)
        let isNarrower = windows.narrow()
        #expect(isNarrower && windows.window == 1...1)
    }
}
