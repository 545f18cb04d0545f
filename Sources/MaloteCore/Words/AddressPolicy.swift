// Whether a mailbox's server may stand at an address that is not public; knows no address.

/// Who may send Malote to loopback, link-local and private addresses. A customer's DNS must not: what it answers today
/// it may answer otherwise tomorrow, and then Malote would speak to a neighbour of its own (CWE-918).
package enum AddressPolicy: String, Sendable, Hashable, CaseIterable {
    /// Nobody.
    case never
    /// The operator, who wrote the address himself: as the mailbox's server, or in this machine's hosts file.
    case written
    /// DNS, too: for those whose customers' servers are in the same private network.
    case always
}
