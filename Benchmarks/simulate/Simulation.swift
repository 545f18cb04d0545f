// A seed in, a verdict out: lives one life and judges it.

import MaloteCore
import MaloteTestKit

/// What became of one seed.
package struct Verdict: Sendable {
    package var seed: UInt64
    package var violations: [Violation]
    /// What happened, oldest first.
    package var chronicle: [(time: Timestamp, text: String)]
    package var mails: Int
    package var deliveries: Int
    package var boots: Int

    /// The seed, what was broken, and what happened in the twelve hours before.
    package var story: String {
        guard let first = violations.first else { return "seed \(seed): every promise was kept" }
        var lines = ["seed \(seed): \(violations.count) promises were broken"]
        lines += violations.prefix(8).map { "  \($0.promise): \($0.text)\($0.time.map { " (\($0))" } ?? "")" }
        let end = (first.time ?? chronicle.last?.time ?? Timestamp(milliseconds: 0)) + .seconds(3600)
        let recent = chronicle.filter { $0.time <= end && $0.time > end + .seconds(-13 * 3600) }
        lines += recent.suffix(15).map { "    \($0.time) \($0.text)" }
        return lines.joined(separator: "\n")
    }
}

package enum Simulation {
    package static func run(seed: UInt64, days: Int) -> Verdict {
        let life = Life(seed: seed, days: days)
        life.live()
        var promises = Promises(life)
        promises.judge()
        promises.judgeFreshLives(life.requeueFailed())
        life.finish()
        promises.judgeRest()
        let state = life.premises.store.state
        return Verdict(
            seed: seed, violations: promises.violations, chronicle: life.chronicle, mails: life.mails.count,
            deliveries: state.deliveries.count, boots: life.boots.count)
    }
}
