// Every test that docs/parity.md names must be there: a table that names none is worth nothing.

import Foundation
import MaloteTestKit
import Testing

@Suite struct ParityTests {
    /// Names of functions in all test files.
    private static func tests() throws -> Set<String> {
        let folder = projectFolder + "/Tests"
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        var names: Set<String> = []
        for file in files {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            for part in text.components(separatedBy: "func ").dropFirst() {
                names.insert(String(part.prefix { $0.isLetter || $0.isNumber }))
            }
        }
        return names
    }

    /// The last column of each row.
    private static func named() throws -> [String] {
        let page = try String(contentsOfFile: projectFolder + "/docs/parity.md", encoding: .utf8)
        return page.split(separator: "\n").filter { $0.hasPrefix("|") }.flatMap { row in
            let cells = row.split(separator: "|", omittingEmptySubsequences: false)
            return cells[cells.count - 2].split(separator: "`").map(String.init).filter { $0.first?.isLetter == true }
        }
    }

    @Test func everyTestThatIsNamedIsThere() throws {
        let (named, known) = (try Self.named(), try Self.tests())
        #expect(named.count > 50)
        for name in named { #expect(known.contains(name), "docs/parity.md names \(name), which is no test") }
    }
}
