// Registry rows can be read, and what is sealed opens; knows not what the secrets are for.

import MaloteCore

struct SecretRule {
    /// `nil` opens nothing.
    let vault: Vault?

    func registry(_ check: CheckRun) throws {
        try check.connection.each("SELECT kind, name, id, body FROM registry ORDER BY kind, name") { row in
            check.looked()
            do { try read(row.text(0), row.integer(2), row.text(3)) } catch {
                check.complain("\(row.text(0)) \(row.text(1))", (error as? Failure)?.detail ?? "it cannot be read")
            }
        }
    }

    private func read(_ kind: String, _ id: Int64, _ body: String) throws {
        // Secrets are looked at by another rule.
        let vault = vault ?? Vault(key: [UInt8](repeating: 0, count: 32))
        switch kind {
        case "mailbox":
            _ = try JSONColumn.decode(body, MailboxRecord.self).mailbox(id: RowID(rawValue: id), vault: vault)
        case "contract":
            _ = try JSONColumn.decode(body, ContractRecord.self).contract(id: RowID(rawValue: id), vault: vault)
        case "flow": _ = try JSONColumn.decode(body, FlowRecord.self).flow()
        case "template": _ = try JSONColumn.decode(body, TemplateRecord.self).template()
        default: throw Failure(.operatorNeeded, .storage, "its kind is not known")
        }
    }

    // MARK: - Sealed

    func sealed(_ check: CheckRun) throws {
        var closed: [String: Int] = [:]
        try SealedRow.each(check.connection) { row in
            check.looked()
            guard let vault, row.key.map(vault.has) ?? true else {
                closed[row.key ?? "of an unknown id", default: 0] += 1
                return
            }
            do throws(Failure) { _ = try vault.open(row.bytes, label: row.label, key: row.key) } catch {
                check.complain(row.label, "it is sealed under a key that is here, and does not open with it")
            }
        }
        for (key, count) in closed.sorted(by: { $0.key < $1.key }) {
            check.note("\(count) sealed secrets need key \(key), which is not here: they were not opened.")
        }
    }
}
