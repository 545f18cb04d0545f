// The part of the operators' port that is about alerts: what is told at present, and to whom; knows no rule.

package protocol AlertControl: Sendable {
    /// What was told and is not over, oldest first.
    func alerts() async throws(Problem) -> AlertReport

    /// Sends a mail as alerts do, now.
    /// - Throws: a `Problem` where alerts could reach nobody.
    func testAlert() async throws(Problem) -> AlertReceipt
}

package struct AlertReport: Sendable, Hashable, Codable {
    package var now: Timestamp
    /// Who is written to; may be nobody.
    package var addresses: [String]
    /// The system outbox; `nil` if there is none, and so no mail.
    package var outbox: String?
    package var alerts: [Alert]

    package init(now: Timestamp, addresses: [String], outbox: String?, alerts: [Alert]) {
        self.now = now
        self.addresses = addresses
        self.outbox = outbox
        self.alerts = alerts
    }
}

package struct AlertReceipt: Sendable, Hashable, Codable {
    package var notification: NotificationID
    package var outbox: String
    package var addresses: [String]

    package init(notification: NotificationID, outbox: String, addresses: [String]) {
        self.notification = notification
        self.outbox = outbox
        self.addresses = addresses
    }
}
