// A check under way: counts what is looked at and keeps what is found; knows no rule.

import CSQLite
import MaloteCore

/// Lives for one check on one connection.
final class CheckRun {
    let connection: any SQLConnection
    private(set) var report: CheckReport
    private var line = CheckReport.Line(rule: "", checked: 0, complaints: 0)

    init(_ connection: any SQLConnection, _ report: CheckReport) {
        self.connection = connection
        self.report = report
    }

    /// Runs a rule to its end, or to where the file cannot be read any further: then that is what it found.
    /// - Throws: what keeps all rules from reading: the disk, or a lock.
    func rule(_ name: String, _ body: (CheckRun) throws -> Void) throws {
        line = CheckReport.Line(rule: name, checked: 0, complaints: 0)
        do { try body(self) } catch let error as SQLiteError where error.isDamage {
            complain("the file", "the rest cannot be read: \(error.message) (SQLite code \(error.code))")
        } catch let error as PostgresError where error.isDamage {
            complain("the database", "the rest cannot be read: \(error.message) (SQLSTATE \(error.state))")
        } catch let failure as Failure { complain("a row", failure.detail) }
        report.lines.append(line)
    }

    func looked(at rows: Int = 1) { line.checked += rows }

    func complain(_ row: String, _ text: String) {
        line.complaints += 1
        guard line.complaints <= CheckReport.most else { return }
        report.complaints.append(Complaint(rule: line.rule, row: row.onOneLine, text: text.onOneLine))
    }

    func isAbout(_ schema: Int) { report.schema = schema }

    func note(_ text: String) { report.notes.append(text) }

    func count(_ sql: String) throws -> Int { try connection.first(sql) { $0.count(0) } ?? 0 }
}

extension CheckRun {
    /// Everything that is judged by rows, whichever engine keeps them.
    func rows(_ vault: Vault?) throws {
        for each in CheckRule.all(connection.engine) { try rule(each.name, each.run) }
        try rule("raw sources", RawSourceRule().run)
        try rule("events", EventRule().run)
        let secrets = SecretRule(vault: vault)
        try rule("registry", secrets.registry)
        try rule("secrets", secrets.sealed)
        noteErased()
    }

    private func noteErased() {
        // What cannot be read was told before.
        let erased = (try? count("SELECT COUNT(*) FROM ledger WHERE state = 'stored' AND message IS NULL")) ?? 0
        if erased > 0 { note("\(erased) stored mails were erased; the ledger still knows them.") }
    }
}

extension PostgresError {
    /// Class XX: the server's own files. In a transaction nothing can be asked after it.
    var isDamage: Bool { state.hasPrefix("XX") || state == Self.failedBefore }
}

extension SQLiteError {
    /// The file itself is at fault, not the way to it.
    var isDamage: Bool {
        switch primaryCode {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_FORMAT: true
        // A read that ended before its page did: the file is cut.
        default: code == SQLITE_IOERR | 2 << 8
        }
    }
}
