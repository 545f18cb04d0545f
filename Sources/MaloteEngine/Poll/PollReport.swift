// What one poll did, in numbers that must add up; pure.

import MaloteCore

/// `seen = new + duplicate + quarantined + refused + vanished`: every poll accounts for every message it looked at.
package struct PollReport: Sendable, Hashable {
    package var new = 0
    package var duplicate = 0
    package var quarantined = 0
    package var refused = 0
    package var vanished = 0
    /// There is more to fetch: the next turn follows at once.
    package var hasMore = false

    package init() {}

    package var seen: Int { new + duplicate + quarantined + refused + vanished }

    package mutating func count(_ state: LedgerEntry.State) {
        switch state {
        case .stored: new += 1
        case .duplicate: duplicate += 1
        case .quarantined: quarantined += 1
        case .refused: refused += 1
        case .vanished: vanished += 1
        case .wanted, .passedOver: break
        }
    }
}

extension PollReport: CustomStringConvertible {
    package var description: String {
        "\(seen) seen = \(new) new + \(duplicate) duplicate + \(quarantined) quarantined + \(refused) refused"
            + " + \(vanished) vanished"
    }
}
