// What is wrong with the database server, or soon will be, found in what it says of itself; pure, and asks nobody.

import MaloteCore

struct DatabaseExamination: Sendable {
    /// The oldest version that is tried.
    private static let oldest = 15
    /// As docs/operations.md has it.
    private static let connectionsOfNode = 9
    private static let predicateLocks = 1024
    /// How far clocks may be apart.
    private static let drift = Duration.seconds(2)

    private typealias Finding = Diagnosis.Finding

    let facts: DatabaseFacts
    /// This node's clock before the server was asked and after it answered.
    let asked: Timestamp
    let answered: Timestamp

    var findings: [Diagnosis.Finding] {
        [version, writes, durability, speed, room, copies, clock].flatMap { $0 } + [well]
    }

    private var well: Finding {
        let limit = smallest.map { ", \($0.count) connections for \(facts.nodes) nodes" } ?? ""
        return Finding(.database, .well, "PostgreSQL \(number), \(facts.octets >> 20) MiB\(limit).")
    }

    private var number: String { "\(facts.version / 10_000).\(facts.version % 10_000)" }

    private func doubtful(_ detail: String, _ remedy: String) -> [Diagnosis.Finding] {
        [Finding(.database, .doubtful, detail, remedy: remedy)]
    }

    private func ill(_ detail: String, _ remedy: String) -> [Diagnosis.Finding] {
        [Finding(.database, .ill, detail, remedy: remedy)]
    }

    // MARK: - What it is, and whether it keeps what it has taken

    private var version: [Diagnosis.Finding] {
        guard facts.version < Self.oldest * 10_000 else { return [] }
        return doubtful(
            "PostgreSQL \(number) is older than what Malote is tried with.", "Upgrade it to \(Self.oldest) or later.")
    }

    private var writes: [Diagnosis.Finding] {
        guard facts.isReadOnly else { return [] }
        return ill(
            "The database takes no writes: it is a standby, or default_transaction_read_only is on.",
            "Name all servers in database.url of malote.yaml, or switch default_transaction_read_only off.")
    }

    private var durability: [Diagnosis.Finding] {
        var found: [Finding] = []
        if !facts.syncs {
            found += ill(
                "fsync is off: a crash of the database's machine loses mail, or all of it.",
                "Set fsync = on in postgresql.conf and reload the server.")
        }
        if facts.synchronousCommit == "off" {
            found += ill(
                "synchronous_commit is off: what was acknowledged may be lost in a crash.",
                "Set synchronous_commit = on in postgresql.conf and reload the server.")
        } else if facts.synchronousCommitElsewhere == "off" {
            found += doubtful(
                "synchronous_commit is off on the server. maloted switches it on for itself; nothing else does.",
                "Set synchronous_commit = on in postgresql.conf, or for Malote's role: ALTER ROLE ... SET.")
        }
        if !facts.writesFullPages {
            found += doubtful(
                "full_page_writes is off: a power cut may leave half-written pages behind.",
                "Set full_page_writes = on in postgresql.conf and reload, unless the disk never tears a page.")
        }
        return found
    }

    // MARK: - Whether it can bear the work

    private var speed: [Diagnosis.Finding] {
        var found: [Finding] = []
        if facts.predicateLocks < Self.predicateLocks {
            found += doubtful(
                "max_pred_locks_per_transaction is \(facts.predicateLocks): nodes are in each other's way more than need be.",
                "Set max_pred_locks_per_transaction = \(Self.predicateLocks) in postgresql.conf and restart the server."
            )
        }
        if !facts.cleansUp {
            found += doubtful(
                "autovacuum is off: the database grows and becomes slow.",
                "Set autovacuum = on in postgresql.conf and reload the server.")
        }
        return found
    }

    private var smallest: DatabaseFacts.Connections? { facts.connections.min { $0.count < $1.count } }

    private var room: [Diagnosis.Finding] {
        guard let limit = smallest else { return [] }
        let own = facts.nodes * Self.connectionsOfNode
        let lack = own + facts.strangers - limit.count
        guard lack > 0 else { return [] }
        let others = facts.strangers == 0 ? "" : ", and others have \(facts.strangers)"
        return doubtful(
            "\(limit.count) connections are allowed by \(limit.setting), and \(facts.nodes) nodes use up to "
                + "\(own)\(others).",
            "Raise \(limit.setting) by \(lack) or more: a node that gets no connection ends.")
    }

    private var copies: [Diagnosis.Finding] {
        switch (facts.standbys, facts.waitsForStandbys) {
        case (0, true):
            ill(
                "synchronous_standby_names is set and no standby is there: no commit comes to its end.",
                "Start the standby, or empty synchronous_standby_names and reload the server.")
        case (1..., false):
            doubtful(
                "Commits do not wait for the standby: those of the last moments are gone if it takes over.",
                "Set synchronous_standby_names, if that must not be (docs/operations.md, Several nodes).")
        default: []
        }
    }

    // MARK: - Its clock

    /// Leases go by the server's clock, tickets and flows by the node's. As far as the way there can explain it, it is none.
    private var clock: [Diagnosis.Finding] {
        let (early, late) = (asked - facts.time, facts.time - answered)
        guard max(early, late) > Self.drift else { return [] }
        let (apart, side) = early > late ? (early, "ahead of") : (late, "behind")
        return [
            Finding(
                .clock, .doubtful,
                "This node's clock is \(apart.milliseconds / 1000) s \(side) the database's: times of mails and flows differ "
                    + "from node to node.",
                remedy: "Let a time service keep both: systemctl enable --now systemd-timesyncd, or chrony.")
        ]
    }
}
