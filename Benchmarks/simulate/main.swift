// simulate [--seeds N] [--from N] [--days N]: lives of the engine, a seed each, until one breaks a promise.

import Foundation

private func option(_ name: String, _ usual: Int) -> Int {
    let words = CommandLine.arguments
    guard let place = words.firstIndex(of: name) else { return usual }
    guard place + 1 < words.count, let number = Int(words[place + 1]), number >= 0 else {
        print("\(name) takes a number. Usage: simulate [--seeds N] [--from N] [--days N]")
        exit(2)
    }
    return number
}

let (first, days) = (UInt64(option("--from", 1)), option("--days", 14))
var failed = 0
for seed in first..<(first + UInt64(option("--seeds", 20))) {
    let began = Date()
    let verdict = Simulation.run(seed: seed, days: days)
    let size = "\(verdict.mails) mails, \(verdict.deliveries) deliveries, \(verdict.boots) starts"
    print("\(verdict.story) (\(days) days: \(size); \(String(format: "%.1f", -began.timeIntervalSinceNow)) s)")
    fflush(nil)
    if !verdict.violations.isEmpty { failed += 1 }
}
exit(failed == 0 ? 0 : 1)
