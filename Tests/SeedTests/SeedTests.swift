// Every seed and every finding of the fuzzer, and what chance makes of them, through the fuzz targets.

import Foundation
import FuzzTargets
import MaloteTestKit
import Testing

@Suite struct SeedTests {
    struct Seed: Sendable, CustomTestStringConvertible {
        var target: FuzzTarget
        var file: String
        var testDescription: String { "\(target) \(URL(fileURLWithPath: file).lastPathComponent)" }
        var octets: [UInt8] { Array(FileManager.default.contents(atPath: file) ?? Data()) }
        /// The fuzzer names what it finds by a digest.
        var isFound: Bool { URL(fileURLWithPath: file).lastPathComponent.wholeMatch(of: /[0-9a-f]{40}/) != nil }
    }

    static let seeds: [Seed] = FuzzTarget.allCases.flatMap { target in
        let folder = "\(projectFolder)/Fuzz/seeds/\(target.rawValue)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { Seed(target: target, file: "\(folder)/\($0)") }
    }

    @Test(arguments: FuzzTarget.allCases) func everyTargetHasSeeds(_ target: FuzzTarget) {
        #expect(Self.seeds.filter { $0.target == target }.count >= 5)
        #expect(target.complaint(about: []) == nil)
    }

    @Test(arguments: seeds) func holds(_ seed: Seed) {
        #expect(seed.target.complaint(about: seed.octets) == nil)
    }

    @Test(arguments: seeds) func holdsWhenDamaged(_ seed: Seed) {
        var chance = Chance(seed: UInt64(seed.octets.count))
        let telling = Array("{}()[]<>\"'\\ \r\n*+-.:;,=&#?_@%0129aA\0\u{e9}".utf8)
        let octets = seed.octets
        // What was found is damage itself, and there is much of it.
        for _ in 0..<(seed.isFound ? 3 : 20) {
            let damaged = chance.damage(octets, with: telling)
            guard let complaint = seed.target.complaint(about: damaged) else { continue }
            Issue.record("\(complaint) \(String(decoding: damaged, as: UTF8.self).debugDescription)")
            return
        }
    }
}
