// Whether a contract holds at a moment; pure.

import Foundation
import MaloteCore

extension Contract {
    /// Why it takes no mail and runs no flow, in a sentence; `nil` if it holds.
    package func refusal(at now: Timestamp) -> String? {
        switch status {
        case .paused: return "Contract \(name) is paused."
        case .ended: return "Contract \(name) has ended."
        case .active: break
        }
        guard valid != Validity() else { return nil }
        let today = today(now)
        if let from = valid.from, today < from.daysSinceEpoch { return "Contract \(name) begins on \(from)." }
        if let until = valid.until, today > until.daysSinceEpoch { return "Contract \(name) ended on \(until)." }
        return nil
    }

    /// The day in its time zone.
    private func today(_ now: Timestamp) -> Int64 {
        let zone = TimeZone(identifier: timezone) ?? .gmt
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(now.milliseconds) / 1000))
        return (now.milliseconds + Int64(offset) * 1000).flooredDivision(by: 86_400_000).quotient
    }
}

extension Registry {
    /// Contracts that take no mail and run no flow, with the reason.
    package func refusals(at now: Timestamp) -> [ContractID: String] {
        var found: [ContractID: String] = [:]
        for contract in contracts { found[contract.id] = contract.refusal(at: now) }
        return found
    }
}
