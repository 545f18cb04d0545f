// Changing the registry: read, plan, commit, swap; the rules are the desk's.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func apply(
        _ edit: RegistryEdit, dryRun: Bool, onlyIf condition: RegistryCondition?
    ) async throws(Problem) -> ApplyReport {
        let wish = try await wish(edit)
        guard !dryRun else {
            let plan = try await read { store in
                let before = try store.registry()
                try Self.check(condition, before)
                let plan = try RegistryPlanner.plan(wish, on: before)
                try store.refuseStranding(by: plan, on: before)
                return plan
            }
            return ApplyReport(dryRun: true, lines: plan.lines, warnings: plan.warnings)
        }
        let (board, now, deed) = (parts.board, parts.time.now(), Deed.current)
        // Planned inside the transaction, so that two operators cannot plan on the same old registry.
        let (plan, registry, order) = try await write { store in
            let before = try store.registry()
            try Self.check(condition, before)
            let plan = try RegistryPlanner.plan(wish, on: before)
            try store.refuseStranding(by: plan, on: before)
            deed?.add(plan)
            try store.apply(plan.changes)
            try store.keepVersions(of: plan.changes, before: before, at: now)
            let after = try store.registry()
            try store.followPauses(from: before, to: after, at: now)
            try store.followEndpoints(from: before, to: after)
            return (plan, after, try store.registryVersion())
        }
        if !plan.changes.isEmpty {
            board.replace(with: registry, order: order)
            parts.queueBell.ring()
            tell(plan)
        }
        return ApplyReport(dryRun: false, lines: plan.lines, warnings: plan.warnings)
    }

    private static func check(_ condition: RegistryCondition?, _ registry: Registry) throws {
        guard let condition, !condition(registry) else { return }
        throw Problem(
            status: 412, title: "Changed meanwhile",
            detail: "It is not as it was when you read it. Read it again, and change that. Nothing was changed.")
    }

    private func wish(_ edit: RegistryEdit) async throws(Problem) -> RegistryPlanner.Wish {
        do {
            switch edit {
            case .document(let bytes, let prune): return .document(try parts.documents.read(bytes), prune: prune)
            case .add(let section, let fields): return .add(section, fields: try parts.documents.read(fields))
            case .copy(let name, let fields):
                return .copy(contract: name, fields: try parts.documents.read(fields))
            case .edit(let section, let name, let fields):
                return .edit(section, name: name, fields: try parts.documents.read(fields))
            case .delete(let section, let name): return .delete(section, name: name)
            case .importing(let bytes, let options): return .importing(try file(bytes, options))
            case .restore(let name, let language, let version):
                return .restore(try await formerTemplate(name, language, version))
            }
        } catch {
            throw Problem(error)
        }
    }

    private func file(_ bytes: [UInt8], _ options: ImportOptions) throws(DocumentErrors) -> MailboxImport {
        switch options.format {
        case .csv: try MailboxImport(csv: bytes, options)
        case .yaml: try MailboxImport(try parts.documents.read(bytes), options)
        }
    }

    package func document(importing bytes: [UInt8], _ options: ImportOptions) async throws(Problem) -> String {
        let registry = parts.board.current
        do {
            let file = try file(bytes, options)
            // Only what could be applied is worth writing.
            _ = try RegistryPlanner.plan(.importing(file), on: registry)
            return try file.yaml(on: registry)
        } catch {
            throw Problem(error)
        }
    }

    private func tell(_ plan: RegistryPlan) {
        for line in plan.lines where line.action != "unchanged" {
            parts.log(.notice, "registry: \(line.words).")
        }
    }

    package func export(_ format: RegistryFormat) async throws(Problem) -> String {
        RegistryExport.text(parts.board.current, format)
    }
}

extension Deed {
    fileprivate func add(_ plan: RegistryPlan) {
        guard !plan.changes.isEmpty else { return changedNothing() }
        for line in plan.lines where line.action != "unchanged" { add(line.words) }
    }
}

extension ApplyReport.Line {
    fileprivate var words: String {
        "\(kind) \(name) \(action)" + (fields.isEmpty ? "" : " (\(fields.joined(separator: ", ")))")
    }
}

extension StoreWriting {
    /// What is queued for a contract waits while it is paused.
    fileprivate func followPauses(from before: Registry, to after: Registry, at now: Timestamp) throws {
        for contract in after.contracts {
            let (was, isPaused) = (before.contract(contract.id)?.status == .paused, contract.status == .paused)
            guard was != isPaused else { continue }
            if was {
                try release(contract.id, at: now)
            } else if try holds()[contract.id] == nil {
                try setHold(contract.id, since: now)
            }
        }
    }
}

extension StoreReading {
    /// Deliveries must not wait for an outbox that is gone.
    fileprivate func refuseStranding(by plan: RegistryPlan, on before: Registry) throws {
        var waiting: [MailboxID: Int] = [:]
        for lane in try lanes() { waiting[lane.lane.outbox, default: 0] += lane.queued + lane.sending + lane.held }
        for outbox in before.mailboxes where outbox.outbox != nil && waiting[outbox.id] ?? 0 > 0 {
            guard plan.result.mailbox(outbox.name)?.outbox == nil else { continue }
            throw Problem(
                status: 409, title: "Deliveries wait",
                detail: "\(waiting[outbox.id] ?? 0) deliveries wait for outbox \(outbox.name). Let them leave, or "
                    + "cancel them with: malotectl queue cancel --outbox \(outbox.name). Nothing was changed.")
        }
    }
}
