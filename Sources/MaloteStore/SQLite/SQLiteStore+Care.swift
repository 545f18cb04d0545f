// The StoreCare port: keys that change under a running store, and copies of it; knows no operator.

import Foundation
import MaloteCore

extension SQLiteStore: StoreCare {
    /// Where a rotation can be cut off; tests look at each.
    enum RotationStep: CaseIterable { case keyIsMade, rowsAreSealed, logIsEmpty, formerIsForgotten }

    package func rotateKey(
        alongside: @escaping @Sendable (KeyRotation, any StoreWriting) throws -> Void
    ) async throws(Failure) -> KeyRotation {
        try await rotateKey(alongside: alongside) { _ in }
    }

    /// - Parameter passed: told after each step.
    func rotateKey(
        alongside: @escaping @Sendable (KeyRotation, any StoreWriting) throws -> Void = { _, _ in },
        passed: (RotationStep) throws -> Void
    ) async throws(Failure) -> KeyRotation {
        guard vault.source == .file else {
            throw Failure(.permanent, .registry, "The key is a credential: only its owner can change it.")
        }
        do {
            // One that was cut off is finished, and not begun again.
            try await onWriter { [vault] _ in if vault.old.isEmpty { try vault.begin() } }
            try passed(.keyIsMade)
            var rotation = try await write { [vault] store in
                let done = try StoreTransaction.own(store).reseal()
                let rotation = KeyRotation(
                    key: vault.keyID, former: vault.old.first?.id ?? "", secrets: done.changed,
                    closed: done.closed.values.reduce(0, +))
                try alongside(rotation, store)
                return rotation
            }
            try passed(.rowsAreSealed)
            guard try await emptyLog() else { return rotation }
            try passed(.logIsEmpty)
            try await onWriter { [vault] _ in try vault.forgetOld() }
            try passed(.formerIsForgotten)
            rotation.isForgotten = true
            return rotation
        } catch { throw Failure(sql: error) }
    }

    /// What was sealed before must not lie in the log either. Whoever reads is waited for, but never for long: writers
    /// wait, too, meanwhile.
    private func emptyLog() async throws -> Bool {
        for turn in 0..<10 {
            if turn > 0 { try await Task.sleep(for: .milliseconds(300)) }
            let isEmpty = try await onWriter { connection in
                try connection.execute("PRAGMA busy_timeout = 200")
                defer { try? connection.execute("PRAGMA busy_timeout = 5000") }
                return try KeyCare.isTidied(connection)
            }
            if isEmpty { return true }
        }
        return false
    }

    package func snapshot() async throws(Failure) -> any StoreSnapshot { try await snapshots.make() }
}

extension KeyReport {
    /// What is sealed under which key.
    init(_ connection: any SQLConnection, _ vault: Vault) throws {
        var counts: [String: Int] = [:]
        try SealedRow.each(connection) { row in counts[row.key ?? Self.unnamed(row, vault), default: 0] += 1 }
        var keys = ([vault.current] + vault.old).map { Key(id: $0.id, state: .old, secrets: counts[$0.id] ?? 0) }
        keys[0].state = .current
        for (id, count) in counts.sorted(by: { $0.key < $1.key }) where !vault.has(id) {
            keys.append(.init(id: id, state: .missing, secrets: count))
        }
        self.init(source: vault.source.rawValue, keys: keys)
    }

    /// Rows from before they named their keys.
    private static func unnamed(_ row: SealedRow, _ vault: Vault) -> String {
        ([vault.current] + vault.old).first { $0.open(row.bytes, label: row.label) != nil }?.id ?? "unknown"
    }
}
