// What the doctor finds of a database server: every fault with the setting that is at fault, and nothing where all is well.

import MaloteCore
import Testing

@testable import MaloteEngine

@Suite struct DatabaseExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static var well: DatabaseFacts {
        DatabaseFacts(
            version: 150_010, time: now, octets: 300 << 20, predicateLocks: 1024,
            connections: [.init("max_connections", 97)], nodes: 3)
    }

    private static func findings(
        _ facts: DatabaseFacts, asked: Timestamp = now, answered: Timestamp = now
    ) -> [Diagnosis.Finding] {
        DatabaseExamination(facts: facts, asked: asked, answered: answered).findings
    }

    @Test func whoIsWellHearsWhatItHas() {
        let findings = Self.findings(Self.well)
        #expect(findings.map(\.verdict) == [.well] && findings.map(\.area) == [.database])
        #expect(findings[0].detail == "PostgreSQL 15.10, 300 MiB, 97 connections for 3 nodes.")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var verdict: Diagnosis.Verdict
        var words: String
        var remedy: String
        var change: @Sendable (inout DatabaseFacts) -> Void

        init(
            _ name: String, _ verdict: Diagnosis.Verdict, _ words: String, _ remedy: String,
            _ change: @escaping @Sendable (inout DatabaseFacts) -> Void
        ) {
            (testDescription, self.verdict, self.words, self.remedy) = (name, verdict, words, remedy)
            self.change = change
        }
    }

    static let cases: [Case] = [
        Case("an old version", .doubtful, "PostgreSQL 14.22", "15 or later") { $0.version = 140_022 },
        Case("a standby", .ill, "takes no writes", "database.url") { $0.isReadOnly = true },
        Case("no sync", .ill, "fsync is off", "fsync = on") { $0.syncs = false },
        Case("no sync of commits", .ill, "synchronous_commit is off", "synchronous_commit = on") {
            ($0.synchronousCommit, $0.synchronousCommitElsewhere) = ("off", "off")
        },
        Case("no sync of others' commits", .doubtful, "switches it on for itself", "synchronous_commit = on") {
            $0.synchronousCommitElsewhere = "off"
        },
        Case("torn pages", .doubtful, "full_page_writes is off", "full_page_writes = on") {
            $0.writesFullPages = false
        },
        Case("no cleaning", .doubtful, "autovacuum is off", "autovacuum = on") { $0.cleansUp = false },
        Case("few predicate locks", .doubtful, "is 64", "max_pred_locks_per_transaction = 1024") {
            $0.predicateLocks = 64
        },
        Case("many nodes", .doubtful, "11 nodes use up to 99.", "Raise max_connections by 2 or more") {
            $0.nodes = 11
        },
        Case("others, too", .doubtful, "up to 27, and others have 80.", "by 10 or more") { $0.strangers = 80 },
        Case("a limit of the role", .doubtful, "26 connections are allowed by the role's", "by 1 or more") {
            $0.connections.append(.init("the role's CONNECTION LIMIT", 26))
        },
        Case("a standby that is not waited for", .doubtful, "do not wait for the standby", "synchronous_standby_names")
        {
            $0.standbys = 1
        },
        Case("no standby to wait for", .ill, "no standby is there", "synchronous_standby_names") {
            $0.waitsForStandbys = true
        },
    ]

    @Test(arguments: cases)
    func everyFaultNamesItsSetting(_ fault: Case) throws {
        var facts = Self.well
        fault.change(&facts)
        let found = Self.findings(facts).filter { $0.verdict != .well }
        #expect(found.count == 1 && found[0].area == .database, "\(found)")
        let finding = try #require(found.first)
        #expect(finding.verdict == fault.verdict && finding.detail.contains(fault.words), "\(finding)")
        #expect(finding.remedy.contains(fault.remedy), "\(finding)")
    }

    @Test func whatIsEnoughIsSaidOfNobody() {
        var facts = Self.well
        (facts.version, facts.synchronousCommit, facts.synchronousCommitElsewhere) = (150_000, "local", "remote_apply")
        (facts.nodes, facts.strangers, facts.standbys, facts.waitsForStandbys) = (10, 7, 2, true)
        #expect(Self.findings(facts).map(\.verdict) == [.well])
    }

    /// Milliseconds by which the server's clock is ahead, how long it took to answer, and the seconds that are told.
    @Test(
        arguments: [
            (0, 0, nil), (2000, 0, nil), (-2000, 0, nil), (2001, 0, "2 s behind"), (-2001, 0, "2 s ahead of"),
            (90_000, 0, "90 s behind"), (5000, 4000, nil), (-5000, 0, "5 s ahead of"), (7000, 4000, "3 s behind"),
        ] as [(Int64, Int64, String?)])
    func clocksAreCompared(_ ahead: Int64, _ took: Int64, _ told: String?) {
        var facts = Self.well
        facts.time = Self.now + .milliseconds(ahead)
        let found = Self.findings(facts, answered: Self.now + .milliseconds(took)).filter { $0.verdict != .well }
        #expect(found.map(\.area) == (told == nil ? [] : [.clock]))
        if let told { #expect(found.first?.detail.contains(told) == true, "\(found)") }
    }
}
