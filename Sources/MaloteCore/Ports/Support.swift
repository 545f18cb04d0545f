// Small ports that many rooms need: time, randomness, secrets, documents, digests; no implementation here.

/// Time as a parameter. Tests hand in a fake.
package protocol TimeSource: Sendable {
    func now() -> Timestamp
    /// Waits on the monotonic clock. Throws `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// Turns a secret's source into the secret, at the moment it is needed.
package protocol SecretReader: Sendable {
    /// - Throws: `Failure(.operatorNeeded, .credential)` naming the file or credential and what is wrong with it.
    func reveal(_ source: SecretSource) async throws(Failure) -> Secret
}

/// Reads YAML 1.1 (and so JSON) into nodes; refuses anchors, aliases, tags, duplicate keys, depth over 32, over 1 MiB.
package protocol DocumentReader: Sendable {
    func read(_ bytes: [UInt8]) throws(DocumentErrors) -> DocumentNode
}

/// Digests and keyed digests. Pure functions of their arguments.
package protocol Hashing: Sendable {
    func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest
    /// A SHA-256 of what comes in pieces.
    func sha256() -> any RunningDigest
    func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8]
    /// Cryptographically random octets.
    func random(_ count: Int) -> [UInt8]
}

/// A digest under way. Used by one task at a time.
package protocol RunningDigest: AnyObject {
    func update(_ bytes: UnsafeRawBufferPointer)
    /// The digest of all that came. To be called once, last.
    func finish() -> Digest
}

/// What survives a killed process, not a power cut: which attempts had handed over their final dot, and the answers
/// that had come. Written without a sync, so that recording costs microseconds (docs/queue.md).
package protocol AttemptJournal: Sendable {
    /// Before the final dot leaves. Called on the transport's thread: must not wait.
    func finalDot(_ attempts: [Attempt])
    /// The answer to it, as soon as it is known.
    func answered(_ attempt: Attempt, reply: ProtocolReply)
    /// What the last run left. `isSameBoot` is false after a power cut or reboot: then the journal proves nothing.
    func leftover() -> JournalLeftover
    /// Forgets everything: all of it is in the store now.
    func clear()
}

/// One try at one delivery. What is noted of one says nothing of the next.
package struct Attempt: Sendable, Hashable {
    package var delivery: DeliveryID
    /// Counts from 1, as `Delivery.attempts` does.
    package var number: Int

    package init(delivery: DeliveryID, number: Int) {
        self.delivery = delivery
        self.number = number
    }
}

extension Delivery {
    /// The attempt that was started last.
    package var attempt: Attempt { Attempt(delivery: id, number: attempts) }
}

package struct JournalLeftover: Sendable, Hashable {
    package var isSameBoot: Bool
    package var finalDots: Set<Attempt>
    package var answers: [Attempt: ProtocolReply]

    package init(isSameBoot: Bool, finalDots: Set<Attempt>, answers: [Attempt: ProtocolReply]) {
        self.isSameBoot = isSameBoot
        self.finalDots = finalDots
        self.answers = answers
    }
}
