// Prepared statements that go to the server one behind the other, without waiting between them (libpq, section 34.5); knows no table.

import CPQ
import MaloteCore

/// Blocking, and used by one thread at a time, as the connection that has it.
final class PostgresPipeline {
    /// A statement is prepared for the types of its parameters: NULL has none.
    private struct Shape: Hashable {
        var sql: String
        var types: [Oid]
    }

    /// What was handed over.
    private struct Step {
        var sql: String
        /// Of a preparation: what is not prepared if it fails.
        var prepares: Shape?
    }

    private let handle: OpaquePointer
    private var prepared: [Shape: String] = [:]
    /// How many names were ever given.
    private var names = 0
    /// Those on their way whose outcome was not heard yet.
    private var steps: [Step] = []
    /// Nobody can tell any more what the next result would belong to.
    private var isBroken = false

    /// Statements that may be on their way at a time: their answers, if they are short, fit into the socket's buffers, so neither
    /// side waits for the other to read.
    static let longest = 64
    /// Statements are few, but their clauses vary: beyond this, all are forgotten and prepared again.
    private static let mostPrepared = 500

    init(_ handle: OpaquePointer) { self.handle = handle }

    var isLost: Bool { isBroken || PQstatus(handle) != CONNECTION_OK }
    var isLong: Bool { steps.count >= Self.longest }

    // MARK: - There

    /// Hands over a statement, and its preparation before the first time, and waits for nothing.
    func send(_ sql: String, _ values: [SQLValue]) throws(PostgresError) {
        if steps.isEmpty { PQenterPipelineMode(handle) }
        let parameters = PostgresParameters(values)
        let name = try name(Shape(sql: sql, types: parameters.types))
        let isSent = parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 1)
        }
        try add(Step(sql: sql), isSent)
    }

    private func name(_ shape: Shape) throws(PostgresError) -> String {
        if let known = prepared[shape] { return known }
        if prepared.count >= Self.mostPrepared {
            let forget = "DEALLOCATE ALL"
            try add(Step(sql: forget), PQsendQueryParams(handle, forget, 0, nil, nil, nil, nil, 1))
            prepared.removeAll(keepingCapacity: true)
        }
        names += 1
        let name = "s\(names)"
        let numbered = PostgresText.numbered(shape.sql)
        let isSent = PQsendPrepare(handle, name, numbered, Int32(shape.types.count), shape.types)
        try add(Step(sql: shape.sql, prepares: shape), isSent)
        prepared[shape] = name
        return name
    }

    private func add(_ step: Step, _ isSent: Int32) throws(PostgresError) {
        guard isSent == 1 else {
            isBroken = true
            steps = []
            throw said(step.sql)
        }
        steps.append(step)
    }

    private func said(_ sql: String = "") -> PostgresError { .lost(String(cString: PQerrorMessage(handle)), sql) }

    // MARK: - And back

    /// Hears how all that was handed over went.
    /// - Returns: the results of the last `count` statements, to be cleared by the caller.
    /// - Throws: what the first of them that failed ran into; the server has passed over those behind it.
    func collect(_ count: Int) throws(PostgresError) -> [OpaquePointer] {
        guard !steps.isEmpty else { return [] }
        defer {
            steps.removeAll(keepingCapacity: true)
            isBroken = PQexitPipelineMode(handle) != 1 || isBroken
        }
        var fault = PQpipelineSync(handle) == 1 ? nil : said()
        var results: [OpaquePointer] = []
        for (place, step) in steps.enumerated() where !isLost {
            do throws(PostgresError) {
                let result = try PostgresError.check(PQgetResult(handle), of: step.sql, on: handle)
                if place >= steps.count - count { results.append(result) } else { PQclear(result) }
            } catch {
                fault = fault ?? error
                if let shape = step.prepares { prepared[shape] = nil }
            }
            finishResult()
        }
        // That of the end itself.
        PQclear(PQgetResult(handle))
        finishResult()
        if isLost { fault = fault ?? said() }
        if let fault {
            for result in results { PQclear(result) }
            throw fault
        }
        return results
    }

    /// Behind each result comes one that says that there are no more.
    private func finishResult() {
        while !isLost, let more = PQgetResult(handle) { PQclear(more) }
    }
}
