// An address to which a contract writes no more, and why; knows neither bounces nor queue.

/// Kept until a person removes it.
package struct Suppression: Sendable, Hashable, Codable {
    package var contract: ContractID
    /// In lower case: `MailAddress.key`.
    package var address: String
    /// One sentence.
    package var reason: String
    package var since: Timestamp

    package init(contract: ContractID, address: String, reason: String, since: Timestamp) {
        self.contract = contract
        self.address = address.lowercased()
        self.reason = reason
        self.since = since
    }

    /// What becomes of a delivery to it.
    package var refusal: Failure {
        Failure(
            .permanent, .rejected, "\(address) has been suppressed since \(since): \(reason)",
            remedy: "If the address is good again: malotectl suppression remove, then malotectl queue retry.")
    }
}
