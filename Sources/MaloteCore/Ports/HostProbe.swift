// The port to the machine's own numbers: the process, the disk and the database; knows no operating system.

/// Cheap: may be asked at any time.
package protocol HostProbe: Sendable {
    func facts() -> HostFacts
}

/// `nil` is what cannot be found out.
package struct HostFacts: Sendable, Hashable {
    package var residentOctets: Int64?
    package var openDescriptors: Int64?
    package var descriptorLimit: Int64?
    /// Of all threads, in user and kernel mode.
    package var cpuSeconds: Double?
    /// The database with its log.
    package var databaseOctets: Int64?
    /// Of the file system that the state lies on: what the daemon may still use, and its whole size.
    package var freeOctets: Int64?
    package var diskOctets: Int64?
    /// Transactions since the start.
    package var commits: Int64?
    /// Writes that wait for their transaction.
    package var waitingWrites: Int64?

    package init() {}
}

/// Knows nothing of the machine: for tests.
package struct UnknownHost: HostProbe {
    package init() {}
    package func facts() -> HostFacts { HostFacts() }
}
