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

    /// Enhanced status codes (RFC 3463 §3.2, RFC 7505) that a server gives for an address that there is not.
    package static let statuses: Set<String> = ["5.1.1", "5.1.6", "5.1.10"]

    /// What becomes of a delivery to it.
    package var refusal: Failure {
        Failure(
            .permanent, .rejected, "\(address) has been suppressed since \(since): \(reason)",
            remedy: "If the address is good again: malotectl suppression remove, then malotectl queue retry.")
    }
}
