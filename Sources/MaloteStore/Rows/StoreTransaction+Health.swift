// How each mailbox has been doing; knows nothing of why.

import MaloteCore

extension StoreTransaction {
    func health() throws -> [MailboxHealth] {
        try connection.rows("SELECT mailbox, body FROM health ORDER BY mailbox") { row in
            let body: HealthRecord = try JSONColumn.decode(row.text(1))
            return MailboxHealth(
                mailbox: row.id(0), failure: body.failure, failingSince: body.failingSince,
                consecutiveFailures: body.consecutiveFailures, lastGood: body.lastGood, lastTried: body.lastTried,
                nextTry: body.nextTry)
        }
    }

    func setHealth(_ health: MailboxHealth) throws {
        let body = HealthRecord(
            failure: health.failure, failingSince: health.failingSince,
            consecutiveFailures: health.consecutiveFailures, lastGood: health.lastGood, lastTried: health.lastTried,
            nextTry: health.nextTry)
        try connection.run(
            """
            INSERT INTO health (mailbox, body) VALUES (?, ?)
            ON CONFLICT (mailbox) DO UPDATE SET body = excluded.body
            """, .init(health.mailbox), .text(try JSONColumn.encode(body)))
    }
}

private struct HealthRecord: Codable {
    var failure: Failure?
    var failingSince: Timestamp?
    var consecutiveFailures: Int
    var lastGood: Timestamp?
    var lastTried: Timestamp?
    var nextTry: Timestamp?
}
