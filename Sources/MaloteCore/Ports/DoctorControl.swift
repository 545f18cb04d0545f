// The part of the operators' port that looks for what will go wrong, or does already; knows no rule.

package protocol DoctorControl: Sendable {
    /// Looks at the machine, the disk, the database server if there is one, names, certificates, limits, secrets and
    /// mailboxes. Changes nothing, and asks no mail server. Ends within half a minute.
    func examine() async throws(Problem) -> Diagnosis
}

package struct Diagnosis: Sendable, Hashable, Codable {
    package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        case well
        /// It could not be found out.
        case unknown
        /// Works, and may not for long, or not as well as it could.
        case doubtful
        /// Does not work.
        case ill

        package static func < (one: Verdict, other: Verdict) -> Bool {
            let order = Verdict.allCases
            return (order.firstIndex(of: one) ?? 0) < (order.firstIndex(of: other) ?? 0)
        }
    }

    package enum Area: String, Sendable, Hashable, Codable, CaseIterable {
        case clock, disk, database, limits, names, certificates, secrets, mailboxes, people
    }

    package struct Finding: Sendable, Hashable, Codable {
        package var area: Area
        package var verdict: Verdict
        package var detail: String
        /// What to change; empty where there is nothing to do.
        package var remedy: String

        package init(_ area: Area, _ verdict: Verdict, _ detail: String, remedy: String = "") {
            self.area = area
            self.verdict = verdict
            self.detail = detail
            self.remedy = remedy
        }
    }

    package var version: String
    package var now: Timestamp
    /// By area, in the order in which areas are looked at.
    package var findings: [Finding]

    package init(version: String, now: Timestamp, findings: [Finding]) {
        self.version = version
        self.now = now
        self.findings = findings
    }

    package var worst: Verdict { findings.map(\.verdict).max() ?? .well }
}
