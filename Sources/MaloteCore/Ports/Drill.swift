// A drill: one lane suffers on purpose, and the others are watched; the words of it, and the port to a server that fails
// on demand.

package enum DrillFault: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody listens.
    case refuse
    /// Takes connections and says nothing.
    case mute
    /// Takes a message and never answers.
    case hangAfterData = "hang-after-data"
    /// An octet a second.
    case slow
    /// Takes connections and resets them.
    case reset
}

/// Opens servers for a drill: on loopback, without TLS and login, and nothing they take goes anywhere.
package protocol DrillGround: Sendable {
    /// - Parameters:
    ///   - address: a loopback address to listen at.
    ///   - fault: `nil` for a server that works.
    func open(_ address: String, fault: DrillFault?) async throws(Failure) -> any DrillServer
}

package protocol DrillServer: Sendable {
    var port: Int { get }
    /// Ends all its connections.
    func close() async
}

/// What a drill found.
package struct DrillReport: Sendable, Hashable, Codable {
    /// Milliseconds from queued to taken; of messages taken at the first try.
    package struct Latency: Sendable, Hashable, Codable {
        package var messages: Int
        package var p50: Int64?
        package var p99: Int64?

        package init(_ sorted: [Int64]) {
            messages = sorted.count
            p50 = Self.rank(sorted, 50)
            p99 = Self.rank(sorted, 99)
        }

        /// Nearest rank.
        private static func rank(_ sorted: [Int64], _ percent: Int) -> Int64? {
            sorted.isEmpty ? nil : sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
        }
    }

    package struct Line: Sendable, Hashable, Codable {
        package var contract: String
        package var outbox: String
        package var before: Latency
        package var during: Latency
        package var queued: Int
        package var oldestQueued: Timestamp?
        /// Milliseconds by which its work was begun too late during the drill, at worst.
        package var worstDelay: Int64

        package init(
            contract: String, outbox: String, before: Latency, during: Latency, queued: Int,
            oldestQueued: Timestamp?, worstDelay: Int64
        ) {
            self.contract = contract
            self.outbox = outbox
            self.before = before
            self.during = during
            self.queued = queued
            self.oldestQueued = oldestQueued
            self.worstDelay = worstDelay
        }
    }

    package var outbox: String
    package var fault: DrillFault
    package var quietSeconds: Int
    package var seconds: Int
    /// The lane that suffered.
    package var suffering: Line
    /// Its fault, as the lane met it.
    package var felt: Failure?
    /// A lane of the drill whose server works: it has mail even where nobody else has.
    package var neighbour: Line
    /// The real lanes.
    package var others: [Line]
    /// What speaks against isolation; empty if nothing does.
    package var findings: [String]
    /// Whether the fault was felt at all: else the drill proves nothing.
    package var isProof: Bool

    package init(
        outbox: String, fault: DrillFault, quietSeconds: Int, seconds: Int, suffering: Line, felt: Failure?,
        neighbour: Line, others: [Line], findings: [String], isProof: Bool
    ) {
        self.outbox = outbox
        self.fault = fault
        self.quietSeconds = quietSeconds
        self.seconds = seconds
        self.suffering = suffering
        self.felt = felt
        self.neighbour = neighbour
        self.others = others
        self.findings = findings
        self.isProof = isProof
    }
}
