// Whether there is room on the disk for more mail; knows no file system, and stops nobody itself.

import MaloteCore
import Synchronization

/// Mail can wait on its server. What is here already cannot: receipts, results of deliveries, events on their way. So the
/// last of the disk is theirs: below the reserve no mail is fetched, until there is a quarter more than the reserve.
package final class DiskReserve: Sendable {
    /// The decision alone.
    struct Mark: Sendable, Hashable {
        /// Octets.
        var reserve: Int64
        private(set) var isShort = false

        init(reserve: Int64) { self.reserve = reserve }

        /// Where fetching goes on: a little above, so that one mail does not tip it every minute.
        var enough: Int64 { reserve + reserve / 4 }

        /// - Parameter free: octets; `nil` when nobody can tell, which stops nothing.
        mutating func look(_ free: Int64?) -> Bool {
            guard let free else { return false }
            isShort = free < (isShort ? enough : reserve)
            return isShort
        }
    }

    /// Kept of a disk of this size where malote.yaml says nothing: a fiftieth, between 128 MiB and 1 GiB, and of small
    /// disks a tenth.
    package static func octets(ofDisk size: Int64) -> Int64 { min(size / 10, max(128 << 20, min(size / 50, 1 << 30))) }

    /// What was seen a moment ago is good enough: every message that is fetched asks.
    private static let memory = Duration.milliseconds(250)

    private struct State {
        var mark: Mark?
        var free: Int64?
        var seen: Timestamp?
    }

    private let state = Mutex(State())
    private let host: any HostProbe
    private let time: any TimeSource

    package init(host: any HostProbe, time: any TimeSource) {
        self.host = host
        self.time = time
    }

    /// Whether no more mail is to be taken.
    package var isShort: Bool {
        let now = time.now()
        return state.withLock { state in
            if let seen = state.seen, now >= seen, now - seen < Self.memory { return state.mark?.isShort ?? false }
            let facts = host.disk()
            state.seen = now
            state.free = facts.freeOctets
            if state.mark == nil, let reserve = facts.diskReserve {
                state.mark = Mark(reserve: reserve)
            }
            return state.mark?.look(facts.freeOctets) ?? false
        }
    }

    /// Why no mail is taken now; `nil` when it is.
    package var shortage: String? {
        guard isShort else { return nil }
        let (free, enough) = state.withLock { ($0.free ?? 0, $0.mark?.enough ?? 0) }
        return
            "The disk of the state has \(free >> 20) MiB left: mail is taken again from \((enough >> 20) + 1) MiB on."
    }
}

extension HostFacts {
    /// Octets that are not for new mail: as malote.yaml has it, or by the size of the disk; `nil` if neither is known.
    var diskReserve: Int64? { reservedOctets ?? diskOctets.map(DiskReserve.octets(ofDisk:)) }
}

extension Failure {
    /// It ends a poll in the middle; what came whole is stored.
    static let diskReserved = Failure(
        .transient, .diskFull, "There is too little room on the disk of the state to take more mail.",
        remedy: "Make room; fetching goes on by itself.")
}
