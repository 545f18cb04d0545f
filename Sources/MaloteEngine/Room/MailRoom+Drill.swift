// Starting a drill for an operator: one at a time, of an outbox that is registered.

import MaloteCore
import Synchronization

extension MailRoom {
    package func drill(outbox: String, fault: DrillFault, seconds: Int) async throws(Problem) -> DrillReport {
        let found = try mailbox(named: outbox)
        guard found.outbox != nil else {
            throw Problem.invalid(field: "outbox", "\(outbox) is an inbox.", remedy: "Name an outbox.")
        }
        guard (5...600).contains(seconds) else {
            throw Problem.invalid(field: "for", "a drill takes 5 to 600 seconds.")
        }
        guard parts.book.begin(.chores) else {
            let node = await parts.keeper?.map.owner(of: .chores)?.name
            throw Problem(
                status: 409, title: "Another node's",
                detail: "Drills are run by one node for all. Ask for it there: "
                    + (node ?? "no node has taken that over yet."))
        }
        defer { parts.book.end(.chores) }
        guard drilling.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else {
            throw Problem(status: 409, title: "Under way", detail: "Another drill is under way. Wait for its end.")
        }
        defer { drilling.store(false, ordering: .releasing) }
        parts.log(.notice, "A drill begins: a lane whose server fails (\(fault.rawValue)), for \(seconds) s.")
        let report = try await DrillRun(room: self, outbox: found, fault: fault, seconds: seconds).run()
        let verdict = report.findings.isEmpty ? "No other lane was delayed." : report.findings.joined(separator: " ")
        parts.log(.notice, "The drill has ended. \(verdict)")
        return report
    }
}
