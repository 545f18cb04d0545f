// Guards of the registry and of mailboxes: everybody sees what is theirs, and only admins change it.

import MaloteCore

extension GuardedControl {
    package func registry() async -> Registry { await visible() }

    package func apply(
        _ edit: RegistryEdit, dryRun: Bool, onlyIf condition: RegistryCondition?
    ) async throws(Problem) -> ApplyReport {
        try beAdmin()
        guard !dryRun else { return try await inner.apply(edit, dryRun: true, onlyIf: condition) }
        return try await change(edit.action, edit.subject, contract: edit.contract) { () throws(Problem) in
            try await inner.apply(edit, dryRun: false, onlyIf: condition)
        }
    }

    package func document(importing bytes: [UInt8], _ options: ImportOptions) async throws(Problem) -> String {
        try beAdmin()
        return try await inner.document(importing: bytes, options)
    }

    package func export(_ format: RegistryFormat) async throws(Problem) -> String {
        try seeAll()
        return try await inner.export(format)
    }

    package func status() async throws(Problem) -> StatusReport {
        var report = try await inner.status()
        guard let own = caller.contract?.text else { return report }
        let mailboxes = Set(await visible().mailboxes.map(\.name.text))
        report.mailboxes.removeAll { !mailboxes.contains($0.name) }
        for place in report.mailboxes.indices { report.mailboxes[place].contracts.removeAll { $0 != own } }
        report.lanes.removeAll { $0.contract != own }
        report.contracts.removeAll { $0.contract != own }
        report.endpoints.removeAll { $0.contract != own }
        return report
    }

    // MARK: - Mailboxes

    package func poll(_ mailbox: String) async throws(Problem) {
        try beAdmin()
        try await inner.poll(mailbox)
    }

    package func backfill(_ mailbox: String, since: String?, dryRun: Bool) async throws(Problem) -> BackfillReport {
        try beAdmin()
        guard !dryRun else { return try await inner.backfill(mailbox, since: since, dryRun: true) }
        return try await change("mailbox.backfill", "mailbox \(mailbox)") { () throws(Problem) in
            try await inner.backfill(mailbox, since: since, dryRun: false)
        }
    }

    package func test(
        _ mailbox: String, roundTrip: RoundTrip?, each: @escaping @Sendable (ProbeStep) -> Void
    ) async throws(Problem) -> [ProbeStep] {
        try beAdmin()
        // Only a message that is sent changes anything.
        guard roundTrip != nil else { return try await inner.test(mailbox, roundTrip: nil, each: each) }
        return try await change("mailbox.round-trip", "mailbox \(mailbox)") { () throws(Problem) in
            try await inner.test(mailbox, roundTrip: roundTrip, each: each)
        }
    }

    package func tokens() async -> [MailboxID: TokenForecast] {
        let tokens = await inner.tokens()
        guard caller.contract != nil else { return tokens }
        let mailboxes = Set(await visible().mailboxes.map(\.id))
        return tokens.filter { mailboxes.contains($0.key) }
    }

    package func authorize(_ mailbox: String) async throws(Problem) -> Consent {
        try await administer("mailbox.authorize", "mailbox \(mailbox)") { () throws(Problem) in
            try await inner.authorize(mailbox)
        }
    }

    package func consent(_ mailbox: String, waitSeconds: Int) async throws(Problem) -> Consent {
        try beAdmin()
        return try await inner.consent(mailbox, waitSeconds: waitSeconds)
    }

    package func authorize(_ mailbox: String, refreshToken: Secret) async throws(Problem) -> TokenForecast {
        try await administer("mailbox.authorize", "mailbox \(mailbox)") { () throws(Problem) in
            try await inner.authorize(mailbox, refreshToken: refreshToken)
        }
    }

    package func drill(outbox: String, fault: DrillFault, seconds: Int) async throws(Problem) -> DrillReport {
        try await administer("drill", "outbox \(outbox)") { () throws(Problem) in
            try await inner.drill(outbox: outbox, fault: fault, seconds: seconds)
        }
    }
}

// MARK: - Words

extension RegistryEdit {
    fileprivate var action: String {
        switch self {
        case .document: "registry.apply"
        case .add: "registry.add"
        case .copy: "registry.copy"
        case .edit: "registry.edit"
        case .delete: "registry.delete"
        case .importing: "registry.import"
        case .restore: "registry.restore"
        }
    }

    /// What came of it is told beside it.
    fileprivate var subject: String {
        switch self {
        case .document(_, let prune): prune ? "document, pruning" : "document"
        case .add(let section, _): section.one
        case .copy(let contract, _): "contract, as \(contract)"
        case .edit(let section, let name, _), .delete(let section, let name): "\(section.one) \(name)"
        case .importing: "mailboxes of another system"
        case .restore(let template, let language, let version):
            "template \(template)\(language.map { " \($0)" } ?? ""), version \(version)"
        }
    }

    fileprivate var contract: String? {
        switch self {
        case .edit(.contracts, let name, _), .delete(.contracts, let name): name
        default: nil
        }
    }
}

extension RegistrySection {
    /// The word for one of them.
    var one: String { self == .mailboxes ? "mailbox" : String(rawValue.dropLast()) }
}
