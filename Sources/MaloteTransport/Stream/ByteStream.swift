// The seam between protocol sessions and the network: a secured pipe of bytes; knows no mail protocol's commands.

import MaloteCore

/// One connected, already secured pipe. Used by one task at a time; every wait has a deadline and is cancellable.
package protocol ByteStream: Sendable {
    /// - Returns: 1 to `limit` octets as soon as any are there; empty when the peer has closed, be it in the middle of a
    ///   TLS record: every protocol here marks its own ends.
    /// - Throws: `.silentPeer` when nothing came `within` the time, `.disconnected` on a reset, `.shuttingDown` when
    ///   the task is cancelled.
    func read(atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8]

    /// Returns when all octets are with the kernel.
    func write(_ bytes: [UInt8], within timeout: Duration) async throws(Failure)

    /// `write`, then `read`: what every command is, and cheaper as one. For writes of up to 16 KiB.
    /// - Parameter timeout: of the read; the write has as long again.
    func exchange(_ bytes: [UInt8], atMost limit: Int, within timeout: Duration) async throws(Failure) -> [UInt8]

    /// Releases the connection at once, without a goodbye. May be called twice.
    func close() async
}

extension ByteStream {
    package func exchange(
        _ bytes: [UInt8], atMost limit: Int, within timeout: Duration
    ) async throws(Failure) -> [UInt8] {
        try await write(bytes, within: timeout)
        return try await read(atMost: limit, within: timeout)
    }
}

/// What is to be written before the next read: commands wait here for the moment in which their answer is awaited.
struct Outgoing: Sendable {
    /// What fits into a socket's buffer, so that writing it takes no time of its own.
    private static let small = 16 * 1024
    private var bytes: [UInt8] = []

    var isSmall: Bool { bytes.count <= Self.small }

    mutating func add(_ more: [UInt8]) { bytes += more }

    /// Writes what waits, and reads.
    mutating func read(
        _ stream: any ByteStream, atMost limit: Int, within timeout: Duration
    ) async throws(Failure) -> [UInt8] {
        if !isSmall { try await flush(stream, within: timeout) }
        guard !bytes.isEmpty else { return try await stream.read(atMost: limit, within: timeout) }
        let first = bytes
        bytes = []
        return try await stream.exchange(first, atMost: limit, within: timeout)
    }

    mutating func flush(_ stream: any ByteStream, within timeout: Duration) async throws(Failure) {
        guard !bytes.isEmpty else { return }
        let first = bytes
        bytes = []
        try await stream.write(first, within: timeout)
    }
}

/// Where a pipe leads and how it is secured.
package struct Endpoint: Sendable, Hashable {
    package enum Greeter: String, Sendable, Hashable { case imap, pop3, smtp }

    package var host: String
    package var port: Int
    package var security: Mailbox.Security
    package var trust: Mailbox.Trust
    /// The protocol spoken: needed for STARTTLS, where greeting and upgrade happen before the pipe is handed over.
    package var greeter: Greeter

    package init(host: String, port: Int, security: Mailbox.Security, trust: Mailbox.Trust, greeter: Greeter) {
        self.host = host
        self.port = port
        self.security = security
        self.trust = trust
        self.greeter = greeter
    }
}

package protocol StreamOpener: Sendable {
    /// DNS, TCP, TLS or the required STARTTLS.
    ///
    /// After `.starttls` the greeting and the upgrade are done and nothing learnt before TLS may be used: the session
    /// starts by asking for capabilities again. After `.none` and `.implicit` the greeting is still to be read.
    /// - Throws: `.dns`, `.connect`, `.tls`, `.certificate`, `.starttls`, `.silentPeer`, each with its remedy.
    func open(_ endpoint: Endpoint) async throws(Failure) -> any ByteStream
}
