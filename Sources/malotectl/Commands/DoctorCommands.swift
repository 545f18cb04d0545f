// doctor: what is wrong here, or soon will be, and what to change.

import Foundation
import MaloteCore

enum DoctorCommands {
    static let all = [
        Command(
            words: ["doctor"],
            summary:
                "Check clock, disk, database, limits, names, certificates, secrets and mailboxes, and say what to change",
            details: "Changes nothing and asks no mail server; for that there is: malotectl mailbox test. "
                + "Exit status 1 means that something does not work.",
            run: examine)
    ]

    private static func examine(_ session: Session) throws {
        let data = try session.ask("GET", ["doctor"])
        let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: data)
        if session.isJSON { session.printJSON(data) } else { print(diagnosis) }
        let count = diagnosis.findings.count { $0.verdict == .ill }
        if count > 0 { throw Stop.refused(count == 1 ? "One thing does not work." : "\(count) things do not work.") }
    }

    private static func print(_ diagnosis: Diagnosis) {
        let width = Diagnosis.Area.allCases.map(\.rawValue.count).max() ?? 0
        for finding in diagnosis.findings {
            let area = finding.area.rawValue.padding(toLength: width, withPad: " ", startingAt: 0)
            Swift.print("\(mark(finding.verdict)) \(area)  \(finding.detail.printable)")
            if !finding.remedy.isEmpty, finding.verdict != .well {
                Swift.print(String(repeating: " ", count: width + 11) + finding.remedy.printable)
            }
        }
        let doubtful = diagnosis.findings.count { $0.verdict == .doubtful }
        if diagnosis.worst < .ill {
            Swift.print(doubtful == 0 ? "\nAll is well." : "\nEverything works; \(doubtful) findings are doubtful.")
        }
    }

    private static func mark(_ verdict: Diagnosis.Verdict) -> String {
        switch verdict {
        case .well: "ok      "
        case .unknown: "?       "
        case .doubtful: "doubtful"
        case .ill: "WRONG   "
        }
    }
}
