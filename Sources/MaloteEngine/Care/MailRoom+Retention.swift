// Removes what contracts do not keep for ever, every hour and a little at a time; how rows lie is the store's.

import MaloteCore

extension MailRoom {
    private static let firstTurn = Duration.seconds(60)
    private static let turnInterval = Duration.seconds(3600)
    /// Rows of one transaction: others must not wait long for theirs.
    private static let rowsAtOnce = 200

    /// Until asked to stop or cancelled.
    package func keepWithinRetention() async {
        var rest = Self.firstTurn
        while !parts.stop.isSet, !Task.isCancelled {
            await parts.stop.bell.wait(after: 0, for: rest, time: parts.time)
            guard await parts.book.begin(.chores, unless: parts.stop, time: parts.time) else { break }
            defer { parts.book.end(.chores) }
            rest = Self.turnInterval
            var removed = 0
            for contract in parts.board.current.contracts where contract.retention != Contract.Retention() {
                removed += await removeOld(of: contract)
            }
            // The file gives back what is free now.
            if removed > 0 { await parts.store.tidy() }
        }
    }

    /// - Returns: sources and events that are gone.
    private func removeOld(of contract: Contract) async -> Int {
        let (now, limit) = (parts.time.now(), Self.rowsAtOnce)
        do {
            var (sources, events) = (0, 0)
            if let days = contract.retention.sources {
                let decision = Decision(
                    .removed, at: now,
                    "Its source was removed: contract \(contract.name) keeps sources for \(days) days.")
                sources = try await repeated { store in
                    try store.removeSources(
                        of: contract.id, before: now + .days(-days), noting: decision, limit: limit)
                }
            }
            if let days = contract.retention.events {
                events = try await repeated { store in
                    try store.removeEvents(of: contract.id, before: now + .days(-days), limit: limit)
                }
            }
            if sources + events > 0 {
                parts.log(
                    .info,
                    "contract \(contract.name): \(sources) sources and \(events) events were old enough to be removed.",
                    [.contract: contract.name.text])
            }
            return sources + events
        } catch {
            parts.log(
                .warning, "contract \(contract.name): what is old could not be removed: \(Failure(storing: error))",
                [.contract: contract.name.text])
            return 0
        }
    }

    private func repeated(_ body: @escaping @Sendable (any StoreWriting) throws -> Removal) async throws -> Int {
        var count = 0
        while !parts.stop.isSet, !Task.isCancelled, parts.book.holds(.chores) {
            let removal = try await parts.store.write(body)
            count += removal.count
            if removal.isDone { break }
        }
        return count
    }
}

extension Duration {
    fileprivate static func days(_ count: Int) -> Duration { .seconds(Int64(count) * 86_400) }
}
