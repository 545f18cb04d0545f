// The port to the machine's own numbers: the process, the disk and the database; knows no operating system.

/// Cheap: may be asked at any time.
package protocol HostProbe: Sendable {
    func facts() -> HostFacts
    /// Only what the disk has left and its size: for those who ask with every message.
    func disk() -> HostFacts
    /// What seldom changes. May read a few files.
    func machine() -> MachineFacts
    /// Whether everybody on this machine may read the file; `nil` if it cannot be found out.
    func isOpenToAll(_ path: String) -> Bool?
}

extension HostProbe {
    package func disk() -> HostFacts { facts() }
    package func machine() -> MachineFacts { MachineFacts() }
    package func isOpenToAll(_ path: String) -> Bool? { nil }
}

/// `nil` is what cannot be found out.
package struct MachineFacts: Sendable, Hashable {
    /// The kernel is told by a time service how late it is.
    package var isClockKept: Bool?
    /// Of the file system that the state lies on, as the kernel names it: `ext4`; `nil` for one that is not known here.
    package var fileSystem: String?
    /// Files that can still be made there, and how many there can be; 0 where there is no such limit.
    package var freeFiles: Int64?
    package var mostFiles: Int64?
    /// Octets that the process may use; `nil` for no limit.
    package var memoryLimit: Int64?
    package var isRoot: Bool?
    /// A crash would write its memory to a file.
    package var writesCores: Bool?
    /// Certificates in the PEM bundle of authorities.
    package var authorities: Int?

    package init() {}
}

/// Names of servers to addresses, as connections have them.
package protocol NameLookup: Sendable {
    /// Numeric addresses that may be connected to.
    /// - Throws: `.dns`.
    func addresses(of host: String) async throws(Failure) -> [String]
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
    /// Of these the part that is not for new mail.
    package var reservedOctets: Int64?
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
