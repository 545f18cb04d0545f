// What contracts' logs and messages have grown by since the start; a pure value.

import MaloteCore

/// Adds up growths. A deleted contract's counts stay, so that no counter falls.
package struct Totals: Sendable, Hashable {
    package struct Mail: Sendable, Hashable {
        package var contract: ContractID
        package var fate: StoredMessage.Fate
    }

    package struct Logged: Sendable, Hashable {
        package var contract: ContractID
        package var kind: TicketEvent.Kind
    }

    package private(set) var messages: [Mail: Int64] = [:]
    package private(set) var octets: [ContractID: Int64] = [:]
    package private(set) var events: [Logged: Int64] = [:]

    package init() {}

    package mutating func add(_ growth: Growth) {
        for some in growth.messages {
            messages[Mail(contract: some.contract, fate: some.fate), default: 0] += Int64(some.count)
            octets[some.contract, default: 0] += some.octets
        }
        for some in growth.events {
            events[Logged(contract: some.contract, kind: some.kind), default: 0] += Int64(some.count)
        }
    }
}
