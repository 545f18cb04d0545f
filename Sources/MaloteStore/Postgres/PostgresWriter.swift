// Commits groups of writes to PostgreSQL, again where others were in the way or the server was gone; knows no verb.

import Foundation
import MaloteCore

/// Lives on the store's writer thread. Transactions are serializable: whatever several nodes do at one time comes to the
/// same as if they had done it one after the other. Whichever would break that is refused by the server, and run again.
final class PostgresWriter {
    /// One body has failed: the others are to be run without it.
    private struct BodyFailed: Error {}

    private let vault: Vault
    private let numbers = NumberBlocks()
    private let seat: NodeLife.Seat
    private let line: PostgresLine
    /// Set when nothing may be written any more.
    private(set) var broken: Failure?
    /// What other nodes should hear of the last group.
    private(set) var news: Set<NewsTopic> = []
    private var conflictsInARow = 0

    /// How long a server may be gone before those who wait are told.
    private static let patience = Duration.seconds(10)
    /// More conflicts in a row than this are no accident.
    private static let mostConflicts = 50

    init(_ settings: PostgresSettings, _ vault: Vault, _ seat: NodeLife.Seat) {
        self.vault = vault
        self.seat = seat
        // Small tables would be read whole, and then every writer would be in every other's way.
        line = PostgresLine(
            settings, purpose: try "\(seat.current().node): writer", greeting: "SET enable_seqscan = off")
    }

    /// - Returns: for each job, why nothing of it has happened; `nil` if it is durable.
    func commit(_ jobs: [WriteQueue.Job]) -> [(any Error)?] {
        news = []
        conflictsInARow = 0
        var isGuarded = false
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                if let broken { throw broken }
                return try turn(jobs, isGuarded: isGuarded)
            } catch is BodyFailed {
                isGuarded = true
            } catch let error as PostgresError where isConflict(error) && conflictsInARow < Self.mostConflicts {
                conflictsInARow += 1
                // Whoever waits differently long does not meet the same again.
                usleep(UInt32.random(in: 0...UInt32(min(conflictsInARow, 20) * 2000)))
            } catch let error as PostgresError
                where (error.isLoss || error.isReadOnly) && ContinuousClock.now < end
            {
                line.hangUp()
                usleep(200_000)
            } catch {
                if (error as? PostgresError)?.isLoss == true { line.hangUp() }
                let failure = (error as? any SQLFault)?.failure ?? error
                return jobs.map { _ in failure }
            }
        }
    }

    /// A key that is there twice is the body's own fault only if it stays so.
    private func isConflict(_ error: PostgresError) -> Bool {
        error.isConflict || error.isDuplicate && conflictsInARow < 5
    }

    // MARK: - One transaction

    private func turn(_ jobs: [WriteQueue.Job], isGuarded: Bool) throws -> [(any Error)?] {
        let connection = try line.connection()
        var outcomes: [(any Error)?] = []
        do {
            let life = try seat.current()
            try connection.execute("BEGIN")
            let number = try life.fence(connection)
            numbers.drop()
            let transaction = StoreTransaction(connection, vault, node: life.node, numbers: numbers)
            for job in jobs { outcomes.append(try run(job, transaction, isAlone: jobs.count == 1, isGuarded)) }
            if jobs.count == 1, outcomes[0] != nil {
                try connection.execute("ROLLBACK")
                return outcomes
            }
            try transaction.writeTally()
            try finish(connection, number)
            news = transaction.tally.news
            return outcomes
        } catch {
            if let fenced = error as? NodeLife.Fenced {
                broken = fenced.failure
                try? connection.execute("ROLLBACK")
                throw fenced.failure
            }
            // Where the connection is lost, so is its transaction.
            if !connection.isLost { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// - Returns: why the body failed, where the others go on without it.
    private func run(
        _ job: WriteQueue.Job, _ transaction: StoreTransaction, isAlone: Bool, _ isGuarded: Bool
    ) throws -> (any Error)? {
        let connection = transaction.connection
        if isGuarded, !isAlone { try connection.execute("SAVEPOINT body") }
        do {
            try job.run(transaction)
            // Whatever it has handed over is its own fault, and not the next one's.
            try connection.flush()
            guard isGuarded, !isAlone else { return nil }
            try transaction.writeTally()
            try connection.execute("RELEASE body")
            return nil
        } catch let error as PostgresError where isConflict(error) || error.isLoss || error.isReadOnly {
            throw error
        } catch {
            guard isGuarded || isAlone else { throw BodyFailed() }
            transaction.tally.clear()
            if !isAlone { try connection.execute("ROLLBACK TO body; RELEASE body") }
            return (error as? any SQLFault)?.failure ?? error
        }
    }

    // MARK: - The end

    private func finish(_ connection: PostgresConnection, _ number: Int64) throws {
        do { try connection.execute("COMMIT") } catch let error as PostgresError where error.isLoss {
            // Whether it has happened only the server knows.
            guard try isCommitted(number) else { throw error }
        }
    }

    /// Asks over a new connection. The row that each commit counts up is locked until the lost one has come to its end,
    /// whichever that is.
    private func isCommitted(_ number: Int64) throws -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            line.hangUp()
            if let last = try? seat.current().lastCommit(line.connection()) { return last >= number }
            usleep(200_000)
        }
        let failure = Failure(
            .operatorNeeded, .storage,
            "The database was gone while it committed, and what became of that is not known.",
            remedy: "maloted starts anew, and finds out.")
        broken = failure
        throw failure
    }
}
