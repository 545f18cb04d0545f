// Statements that are handed over without waiting: what fails among them is told, once, and to whom it concerns.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteStore

@Suite struct PipelineTests {
    private func connection() throws -> PostgresConnection {
        let connection = try PostgresConnection(
            SharedPostgres.settings(schema: SharedPostgres.freshSchema()), purpose: "pipeline")
        try connection.execute("CREATE TEMPORARY TABLE numbers (id BIGINT PRIMARY KEY)")
        return connection
    }

    private func add(_ numbers: some Sequence<Int64>, _ connection: PostgresConnection) throws {
        for number in numbers { try connection.run("INSERT INTO numbers (id) VALUES (?)", .integer(number)) }
    }

    private func numbers(_ connection: PostgresConnection) throws -> [Int64] {
        try connection.rows("SELECT id FROM numbers ORDER BY id") { $0.integer(0) }
    }

    @Test(arguments: [Int64(1), 63, 64, 65, 300])
    func whatIsAskedKnowsWhatWasHandedOver(_ count: Int64) throws {
        let connection = try connection()
        try add(1...count, connection)
        #expect(try numbers(connection) == Array(1...count))
        #expect(try connection.changed("DELETE FROM numbers WHERE id > ?", .integer(1)) == Int(count) - 1)
    }

    @Test func aFaultIsTheFirstOnes() throws {
        let connection = try connection()
        try connection.execute("BEGIN")
        try add([1, 2, 1, 4], connection)
        try connection.run("INSERT INTO nowhere (id) VALUES (?)", .integer(1))
        let error = #expect(throws: PostgresError.self) { try connection.flush() }
        #expect(error?.isDuplicate == true)
        #expect(error?.sql.contains("numbers") == true)
        // Told once: nothing of it meets who comes next.
        try connection.execute("ROLLBACK")
        try connection.flush()
        #expect(try numbers(connection) == [])
    }

    @Test func whatIsUndoneIsNotToldOf() throws {
        let connection = try connection()
        try connection.execute("BEGIN")
        try add([1, 1], connection)
        try connection.execute("ROLLBACK")
        try add([5], connection)
        #expect(try numbers(connection) == [5])
    }

    @Test func aCommitIsNoneIfAnythingBeforeItFailed() throws {
        let connection = try connection()
        #expect(throws: PostgresError.self) {
            try connection.transaction("BEGIN") { try add([1, 1], connection) }
        }
        #expect(try numbers(connection) == [])
    }

    /// Nor is one that stands behind a fault, and was passed over with it.
    @Test func aPreparationThatFailedIsMadeAgain() throws {
        let connection = try connection()
        for _ in 0..<2 {
            try connection.run("INSERT INTO later (id) VALUES (?)", .integer(1))
            try connection.run("DELETE FROM numbers WHERE id = ?", .integer(1))
            #expect(throws: PostgresError.self) { try connection.flush() }
        }
        try connection.execute("CREATE TEMPORARY TABLE later (id BIGINT)")
        try add([1, 2], connection)
        try connection.run("INSERT INTO later (id) VALUES (?)", .integer(1))
        try connection.run("DELETE FROM numbers WHERE id = ?", .integer(1))
        #expect(try numbers(connection) == [2])
        #expect(try connection.first("SELECT id FROM later") { $0.integer(0) } == 1)
    }

    @Test func moreStatementsThanAreKept() throws {
        let connection = try connection()
        for number in 0..<1200 {
            try connection.run("INSERT INTO numbers (id) SELECT ? WHERE \(number) >= 0", .integer(Int64(number)))
        }
        #expect(try numbers(connection).count == 1200)
    }

    @Test func manyQueriesKeepTheirPlaces() throws {
        let connection = try connection()
        try add(0..<200, connection)
        var found: [Int: Int64] = [:]
        try connection.queries(
            "SELECT id FROM numbers WHERE id = ? AND id % 3 = 0", for: (0..<200).map { [.integer($0)] }
        ) { found[$0] = $1.integer(0) }
        #expect(found == Dictionary(uniqueKeysWithValues: stride(from: 0, to: 200, by: 3).map { ($0, Int64($0)) }))
        #expect(throws: PostgresError.self) {
            try connection.queries("SELECT 1 / ?", for: [[.integer(1)], [.integer(0)]]) { _, _ in }
        }
        #expect(try numbers(connection).count == 200)
    }

    /// Between being handed over and being heard of.
    @Test(arguments: [0, 1, 5]) func theConnectionEndsUnderway(_ asked: Int) throws {
        let connection = try connection()
        let process = try #require(try connection.first("SELECT pg_backend_pid()") { $0.integer(0) })
        try connection.execute("BEGIN")
        try add([1, 2, 3], connection)
        _ = try RealPostgres.shared.get().sql("SELECT pg_terminate_backend(\(process), 5000)")
        let error = #expect(throws: PostgresError.self) {
            switch asked {
            case 0: try connection.flush()
            case 1: _ = try numbers(connection)
            default: try add(10..<200, connection)
            }
        }
        #expect(error?.isLoss == true)
        #expect(connection.isLost)
        #expect(throws: PostgresError.self) {
            try add([4], connection)
            try connection.flush()
        }
    }

    /// A group shares a commit, and no other's fault.
    @Test func aBodyThatHandsOverWhatFailsFailsAlone() async throws {
        let store = try await SharedPostgres.store(schema: SharedPostgres.freshSchema())
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for turn in 0..<40 {
                group.addTask {
                    do {
                        try await store.write { store in
                            try store.append(Sample.event(turn))
                            guard turn % 10 == 3 else { return }
                            try StoreTransaction.own(store).connection.run("INSERT INTO nowhere (id) VALUES (1)")
                        }
                        return (turn, true)
                    } catch { return (turn, false) }
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes.filter { !$0.value }.keys.sorted() == [3, 13, 23, 33])
        let there = try await store.read { try $0.events(contract: nil, after: nil, limit: 99).map(\.id) }
        #expect(Set(there) == Set((0..<40).filter { $0 % 10 != 3 }.map { Sample.event($0).id }))
    }
}
