// A contract as a whole: its data as pages, and its end; how rows lie is the store's.

import MaloteCore
import MaloteDesk

extension MailRoom {
    /// Rows of each kind that one erasing transaction takes: others must not wait long for theirs.
    private static let eraseRows = 200
    /// Transactions of one call.
    private static let eraseRounds = 20

    package func export(contract name: String) async throws(Problem) -> String {
        RegistryExport.yaml(parts.board.current.part(of: try contract(named: name)))
    }

    package func tickets(contract name: String, after: Int, limit: Int) async throws(Problem) -> [TicketLine] {
        let (id, limit) = (try contract(named: name).id, min(max(limit, 1), 1000))
        return try await read { try $0.tickets(contract: id, after: after, limit: limit).map(TicketLine.init) }
    }

    package func notifications(
        contract name: String, after: Int64, limit: Int
    ) async throws(Problem) -> [NotificationReport] {
        let (id, limit) = (try contract(named: name).id, min(max(limit, 1), 200))
        let registry = parts.board.current
        return try await read { store in
            try store.notifications(contract: id, after: NotificationID(rawValue: after), limit: limit)
                .compactMap { id in
                    guard let notification = try store.notification(id) else { return nil }
                    let deliveries = try store.deliveries(DeliveryFilter(notification: id))
                    return NotificationReport(
                        notification, ticket: try notification.ticket.flatMap { try store.ticket($0)?.key },
                        deliveries: try store.views(of: deliveries, registry))
                }
        }
    }

    package func content(notification id: Int64) async throws(Problem) -> [UInt8] {
        guard let found = try await read({ try $0.notification(NotificationID(rawValue: id)) }) else {
            throw Problem(status: 404, title: "Not found", detail: "There is no notification \(id).")
        }
        return found.content
    }

    // MARK: - The end

    package func erase(contract name: String, dryRun: Bool) async throws(Problem) -> EraseReport {
        let contract = try contract(named: name)
        let unused = parts.board.current.onlyUsed(by: contract)
        guard !dryRun else {
            let rows = try await read { try $0.rows(of: contract.id) }
            return EraseReport(contract: name, dryRun: true, rows: rows, isDone: false, unused: unused)
        }
        guard contract.status == .ended else {
            throw Problem(
                status: 409, title: "Contract not ended",
                detail:
                    "Contract \(name) is \(contract.status.rawValue): only an ended one can be erased. Say so first: "
                    + "malotectl contract edit \(name) --status ended")
        }
        var all = ErasedRows()
        for _ in 0..<Self.eraseRounds {
            let (rows, registry) = try await eraseSome(contract)
            all = all + rows
            guard let registry else { continue }
            parts.board.replace(with: registry.0, order: registry.1)
            parts.queueBell.ring()
            await parts.store.tidy()
            parts.log(.notice, "contract \(name) is erased.", [.contract: name])
            return EraseReport(contract: name, dryRun: false, rows: all, isDone: true, unused: unused)
        }
        return EraseReport(contract: name, dryRun: false, rows: all, isDone: false)
    }

    /// - Returns: also the registry without it, if nothing was left to erase.
    private func eraseSome(
        _ contract: Contract
    ) async throws(Problem) -> (ErasedRows, registry: (Registry, Int64)?) {
        let limit = Self.eraseRows
        return try await write { store in
            // Looked at again: somebody may have taken it up meanwhile, and something may be on its way.
            guard try store.registry().contract(contract.id)?.status == .ended else {
                throw Failure(.transient, .registry, "Contract \(contract.name) is not ended any more.")
            }
            guard try store.deliveries(DeliveryFilter(contract: contract.id, states: [.sending], limit: 1)).isEmpty
            else {
                throw Problem(
                    status: 409, title: "A delivery is under way",
                    detail: "A message of contract \(contract.name) is just being sent. Try again in a minute.")
            }
            let rows = try store.eraseRows(of: contract.id, limit: limit)
            guard rows.total == 0 else { return (rows, nil) }
            let flows = try store.registry().flows.filter { $0.contract == contract.name }
            try store.apply(flows.map { .deleteFlow($0.name) } + [.deleteContract(contract.name)])
            try store.closeEndpoint(of: contract.id)
            return (rows, (try store.registry(), try store.registryVersion()))
        }
    }
}

extension Registry {
    /// Mailboxes that would be linked to nothing without the contract.
    fileprivate func onlyUsed(by contract: Contract) -> [String] {
        var others = self
        others.contracts.removeAll { $0.name == contract.name }
        others.flows.removeAll { $0.contract == contract.name }
        let used = Set(
            others.contracts.flatMap { $0.inboxes + others.namedOutboxes(of: $0) } + [systemOutbox].compactMap { $0 })
        return part(of: contract).mailboxes.map(\.name).filter { !used.contains($0) }.map(\.text)
    }
}
