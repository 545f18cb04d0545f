// Ten days of the engine under random faults, stops and kills, a few seeds each time; a failure names its seed.

import MaloteCore
import Testing
import simulate

@Suite struct SimulationTests {
    /// The same at each run, and one more that nobody has seen.
    private static let seeds: [UInt64] = [1, 2, .random(in: 1000...99_999_999)]

    @Test(arguments: seeds)
    func everyPromiseIsKept(seed: UInt64) {
        let verdict = Simulation.run(seed: seed, days: 10)
        #expect(verdict.violations.isEmpty, "\(verdict.story)\nAgain: make simulate SEEDS=1 FROM=\(seed)")
        #expect(verdict.mails > 100 && verdict.deliveries > verdict.mails && verdict.boots > 5)
    }

    /// The same seed is the same life, to the last event: a failure can be looked at again.
    @Test func aSeedRepeatsItself() {
        let lives = (1...2).map { _ in
            let life = Life(seed: 7, days: 2)
            life.live()
            return life
        }
        #expect(lives[0].fingerprint == lives[1].fingerprint)
        #expect(!lives[0].fingerprint.isEmpty)
    }
}
