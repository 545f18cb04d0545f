// The port to a place for octets that are too many for memory; knows no file system.

/// Takes in what comes piece by piece and keeps it until nobody holds it any more. What a crash leaves is nothing.
package protocol Spool: Sendable {
    /// - Throws: `Failure(.transient, .storage)` or `.diskFull`.
    func open() async throws(Failure) -> any SpoolWriter
}

/// One mail on its way in. Used by one task at a time.
package protocol SpoolWriter: Sendable {
    /// - Throws: `Failure(.transient, .storage)` or `.diskFull`; then only dropping it may follow.
    func append(_ bytes: [UInt8]) async throws(Failure)

    /// All that was appended. Nothing may be appended afterwards.
    func finish() async throws(Failure) -> RawMessage
}
