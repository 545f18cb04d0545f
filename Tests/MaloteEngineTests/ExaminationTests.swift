// What the doctor finds: every fault with its remedy, and every area said to be well when it is.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    /// Everything an examination looks at, and all of it well.
    struct Patient: Sendable {
        var registry: Registry
        var lines: [StatusReport.MailboxLine] = []
        var host = HostFacts()
        var machine = MachineFacts()
        var certificates: [String: Timestamp] = ["mail.x.example:993": now + .seconds(90 * 86_400)]
        var limits = (perHost: 20, total: 2000)
        var database: [Diagnosis.Finding] = []
        var names: [String: Result<[String], Failure>] = ["mail.x.example": .success(["192.0.2.1"])]
        var secrets: [(owner: String, failure: Failure?, openFile: String?)] = [("Mailbox in-1", nil, nil)]

        init() {
            registry = deskRegistry()
            registry.systemOutbox = registry.mailboxes.first { $0.outbox != nil }?.name
            registry.alerts = [MailAddress(address: "ops@x.example")]
            for place in registry.mailboxes.indices { registry.mailboxes[place].security = .implicit }
            lines = [
                StatusReport.MailboxLine(
                    id: MailboxID(rawValue: 1), name: "in-1", type: "inbox", server: "mail.x.example",
                    contracts: ["c-1"], state: .ok, consecutiveFailures: 0, lastGood: now)
            ]
            (host.freeOctets, host.diskOctets, host.descriptorLimit) = (50 << 30, 100 << 30, 16_384)
            (machine.isClockKept, machine.fileSystem, machine.authorities) = (true, "ext4", 140)
            (machine.isRoot, machine.writesCores) = (false, false)
        }

        var findings: [Diagnosis.Finding] {
            Examination(
                status: StatusReport(
                    version: "test", now: ExaminationTests.now, started: ExaminationTests.now, mailboxes: lines,
                    lanes: []),
                registry: registry, host: host, machine: machine, certificates: certificates, limits: limits,
                database: database, names: names, secrets: secrets
            ).findings
        }
    }

    @Test func whoIsWellHearsSoOfEveryArea() {
        let findings = Patient().findings
        // A store that is a file has no server.
        #expect(findings.map(\.area) == Diagnosis.Area.allCases.filter { $0 != .database })
        #expect(findings.allSatisfy { $0.verdict == .well && $0.remedy.isEmpty && !$0.detail.isEmpty })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var area: Diagnosis.Area
        var verdict: Diagnosis.Verdict
        var words: String
        var remedy: String
        var change: @Sendable (inout Patient) -> Void

        init(
            _ name: String, _ area: Diagnosis.Area, _ verdict: Diagnosis.Verdict, _ words: String, _ remedy: String,
            _ change: @escaping @Sendable (inout Patient) -> Void
        ) {
            (testDescription, self.area, self.verdict, self.words, self.remedy) = (name, area, verdict, words, remedy)
            self.change = change
        }
    }

    static let cases: [Case] = [
        Case("no time service", .clock, .doubtful, "keeps the clock", "timesyncd") { $0.machine.isClockKept = false },
        Case("clock unknown", .clock, .unknown, "not known", "timedatectl") { $0.machine.isClockKept = nil },
        Case("clock set back", .clock, .ill, "set back", "time service") { $0.lines[0].lastGood = now + .seconds(90) },
        Case("disk full", .disk, .ill, "no mail is taken", "Make room") { $0.host.freeOctets = 1 << 20 },
        Case("own reserve", .disk, .ill, "61440 MiB", "disk-reserve") { $0.host.reservedOctets = 60 << 30 },
        Case("no room for a copy", .disk, .doubtful, "one more copy", "backups") { $0.host.databaseOctets = 60 << 30 },
        Case("in memory", .disk, .ill, "tmpfs", "Move") { $0.machine.fileSystem = "tmpfs" },
        Case("over the network", .disk, .doubtful, "nfs", "Move") { $0.machine.fileSystem = "nfs" },
        Case("no more files", .disk, .doubtful, "more files", "df -i") {
            ($0.machine.freeFiles, $0.machine.mostFiles) = (10, 1_000_000)
        },
        Case("few descriptors", .limits, .doubtful, "1024 files", "LimitNOFILE") { $0.host.descriptorLimit = 1024 },
        Case("little memory", .limits, .doubtful, "64 MiB", "MemoryMax") { $0.machine.memoryLimit = 64 << 20 },
        Case("root", .limits, .doubtful, "root", "unit") { $0.machine.isRoot = true },
        Case("cores", .limits, .doubtful, "core", "LimitCORE") { $0.machine.writesCores = true },
        Case("crowd", .limits, .doubtful, "81 mailboxes are on mail.x.example", "per-host") { patient in
            patient.lines = (1...81).map { _ in patient.lines[0] }
        },
        Case("few connections", .limits, .doubtful, "share 0", "limits.connections") { $0.limits.total = 0 },
        Case("name unknown", .names, .ill, "gone.example", "Mend") {
            $0.names["gone.example"] = .failure(Failure(.operatorNeeded, .dns, "No such name.", remedy: "Mend it."))
        },
        Case("DNS silent", .names, .doubtful, "slow.example", "Check") {
            $0.names["slow.example"] = .failure(Failure(.transient, .dns, "No answer.", remedy: "Check it."))
        },
        Case("no authorities", .certificates, .ill, "authorities", "ca-certificates") { $0.machine.authorities = nil },
        Case("empty authorities", .certificates, .ill, "authorities", "tls.ca") { $0.machine.authorities = 0 },
        Case("ends soon", .certificates, .doubtful, "ends at", "renew") {
            $0.certificates["mail.x.example:993"] = now + .seconds(86_400)
        },
        Case("ended", .certificates, .ill, "ended at", "renew") {
            $0.certificates["mail.x.example:993"] = now + .seconds(-1)
        },
        Case("no TLS", .certificates, .doubtful, "No TLS protects", "starttls") { patient in
            patient.registry.mailboxes[0].security = .none
        },
        Case("secret missing", .secrets, .ill, "in-1: The password file", "Write") {
            $0.secrets[0].failure = Failure(
                .operatorNeeded, .credential, "The password file is gone.", remedy: "Write it.")
        },
        Case("secret open", .secrets, .doubtful, "may read /etc/secret", "chmod") {
            $0.secrets[0].openFile = "/etc/secret"
        },
        Case("not authorized", .secrets, .ill, "authorized", "mailbox authorize in-1") {
            $0.lines[0].token = TokenForecast(isAuthorized: false)
        },
        Case("failing", .mailboxes, .doubtful, "in-1: No connection", "mailbox test in-1") {
            ($0.lines[0].state, $0.lines[0].failure) = (.failing, Failure(.transient, .connect, "No connection."))
        },
        Case("needs a person", .mailboxes, .ill, "in-1: Refused", "Enter") {
            $0.lines[0].state = .needsAttention
            $0.lines[0].failure = Failure(.operatorNeeded, .authRefused, "Refused.", remedy: "Enter it again.")
        },
        Case("no mailbox", .mailboxes, .doubtful, "No mailbox", "mailbox add") { $0.lines = [] },
        Case("nobody hears", .people, .doubtful, "Nobody hears", "--alerts") { $0.registry.alerts = [] },
        Case("no system outbox", .people, .doubtful, "no system outbox", "--outbox") { $0.registry.systemOutbox = nil },
    ]

    @Test(arguments: cases) func aFaultIsFoundWithItsRemedy(_ fault: Case) throws {
        var patient = Patient()
        fault.change(&patient)
        let wrong = patient.findings.filter { $0.verdict != .well }
        #expect(wrong.count == 1, "\(wrong)")
        let finding = try #require(wrong.first)
        #expect(finding.area == fault.area && finding.verdict == fault.verdict)
        #expect(finding.detail.contains(fault.words), "\(finding.detail)")
        #expect(finding.remedy.contains(fault.remedy), "\(finding.remedy)")
        // What is well of the same area is not said beside it.
        #expect(patient.findings.count { $0.area == fault.area } == 1)
    }

    @Test func aServerIsOneMoreArea() {
        var patient = Patient()
        patient.database = [
            Diagnosis.Finding(.database, .well, "PostgreSQL 15.10."),
            Diagnosis.Finding(.clock, .doubtful, "It is apart.", remedy: "Set it."),
        ]
        let findings = patient.findings
        #expect(findings.map(\.area) == Diagnosis.Area.allCases)
        #expect(findings.filter { $0.area == .clock }.map(\.verdict) == [.doubtful])
    }
}
