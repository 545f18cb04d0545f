// The port that tries a mailbox step by step for an operator; knows no protocol.

/// Tries what a poll or a delivery would need, without fetching, changing or sending anything.
package protocol MailboxProbe: Sendable {
    /// Takes the steps in order; the first that fails is the last. Bounded in time; never throws, because every
    /// fault is a step's.
    /// - Parameter each: told each step when it is done, in order.
    func probe(_ mailbox: Mailbox, each: @escaping @Sendable (ProbeStep) -> Void) async -> [ProbeStep]
}

/// One step of a test: what was found, or why it failed.
package struct ProbeStep: Sendable, Hashable, Codable {
    package enum Name: String, Sendable, Codable, CaseIterable {
        /// What is registered.
        case settings
        /// The server's name in DNS.
        case name
        case connection, tls, greeting, capabilities
        /// A new access token, for a login by OAuth.
        case token
        case login, folder
        /// To do to messages what `after` says.
        case rights
        /// Where `after: move` moves to.
        case target
        /// The outbox's own addresses.
        case sender
        /// A round trip's message on its way out, and its arrival.
        case sending, arrival
    }

    package var name: Name
    /// One line; may be empty when the step failed.
    package var found: String
    /// What works now but asks for a person; one sentence or two each.
    package var warnings: [String]
    /// `nil` when all is well.
    package var failure: Failure?

    package init(_ name: Name, found: String = "", warnings: [String] = [], failure: Failure? = nil) {
        self.name = name
        self.found = found
        self.warnings = warnings
        self.failure = failure
    }
}
