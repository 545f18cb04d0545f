// Where a contract's events are delivered, as the registry says it; knows no HTTP and no state of deliveries.

extension Contract {
    /// The address that a contract's events are POSTed to.
    package struct EventEndpoint: Sendable, Hashable {
        /// How an event stands in a request (CloudEvents HTTP binding 1.0 §3.1, §3.2).
        package enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
            /// The body is the whole event, exactly as the log has it.
            case structured
            /// The body is the event's data, and its attributes are `ce-` headers.
            case binary
        }

        /// `https`, or `http` that does not leave this machine.
        package var url: String
        /// What requests are signed with.
        package var secret: SecretSource
        /// Signs them, too, while receivers change over to the new one; `nil` at other times.
        package var formerSecret: SecretSource?
        package var mode: Mode
        /// PEM file of authorities for the receiver; `nil` means the daemon's own.
        package var caFile: String?

        package init(
            url: String, secret: SecretSource, formerSecret: SecretSource? = nil, mode: Mode = .structured,
            caFile: String? = nil
        ) {
            self.url = url
            self.secret = secret
            self.formerSecret = formerSecret
            self.mode = mode
            self.caFile = caFile
        }

        /// Those that are given, the new one first.
        package var secrets: [SecretSource] { [secret] + [formerSecret].compactMap { $0 } }
    }
}
