// A registered connection, inbox or outbox, as the operator describes it; knows nothing of how it is reached.

/// A connection to a customer's mail server: where messages arrive (inbox) or leave (outbox).
package struct Mailbox: Sendable, Hashable {
    package var id: MailboxID
    package var name: MailboxName
    package var description: String
    /// Host name or IP address.
    package var server: String
    package var port: Int
    package var security: Security
    package var trust: Trust
    /// `nil` when the server asks for no user authentication (outboxes only).
    package var login: Login?
    package var role: Role

    package enum Role: Sendable, Hashable {
        case inbox(Inbox)
        case outbox(Outbox)
    }

    /// How the connection is protected. There is no opportunistic level: a downgrade is always a failure.
    package enum Security: String, Sendable, Hashable, CaseIterable {
        /// Cleartext, only where the registry says so.
        case none
        /// The upgrade is required (RFC 3207, RFC 2595).
        case starttls
        /// TLS from the first byte (RFC 8314).
        case implicit
    }

    /// Whom to believe. There is no "accept any certificate".
    package struct Trust: Sendable, Hashable {
        /// PEM file of certificate authorities for this mailbox; `nil` means the daemon's own (`tls.ca`).
        package var caFile: String?
        /// `sha256//BASE64` of the server's public key, for self-signed servers.
        package var pin: String?

        package init(caFile: String? = nil, pin: String? = nil) {
            self.caFile = caFile
            self.pin = pin
        }
    }

    package struct Login: Sendable, Hashable {
        /// How the user is proved.
        package enum Proof: Sendable, Hashable {
            /// An access token that somebody else keeps fresh, where a pinned `sasl` takes one.
            case password(SecretSource)
            /// Access tokens that we fetch.
            case oauth(OAuthGrant)
        }

        package var user: String
        package var proof: Proof
        /// The one mechanism to use; `nil` takes the best that the server offers for such a proof.
        package var sasl: SASLMechanism?

        package init(user: String, proof: Proof, sasl: SASLMechanism? = nil) {
            self.user = user
            self.proof = proof
            self.sasl = sasl
        }

        package init(user: String, password: SecretSource, sasl: SASLMechanism? = nil) {
            self.init(user: user, proof: .password(password), sasl: sasl)
        }

        /// `nil` for a login by OAuth. Setting one puts it in the grant's place.
        package var password: SecretSource? {
            get { if case .password(let source) = proof { source } else { nil } }
            set { if let newValue { proof = .password(newValue) } }
        }

        /// `nil` for a login by password.
        package var oauth: OAuthGrant? {
            if case .oauth(let grant) = proof { grant } else { nil }
        }
    }

    package init(
        id: MailboxID = .unsaved, name: MailboxName, description: String = "", server: String, port: Int,
        security: Security, trust: Trust = Trust(), login: Login?, role: Role
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.server = server
        self.port = port
        self.security = security
        self.trust = trust
        self.login = login
        self.role = role
    }

    package var inbox: Inbox? {
        if case .inbox(let inbox) = role { inbox } else { nil }
    }

    package var outbox: Outbox? {
        if case .outbox(let outbox) = role { outbox } else { nil }
    }
}

/// What only an inbox has.
package struct Inbox: Sendable, Hashable {
    /// The access protocol; the source system's `provider` (`imaps`, `imap`, `pops`/`pop3s`, `pop`/`pop3`).
    package enum Access: String, Sendable, Hashable { case imap, pop3 }

    /// What happens to a message on the server once it is stored here.
    package enum After: Sendable, Hashable {
        case seen
        /// To a folder by its name, or by a `SpecialFolder`'s word.
        case move(folder: String)
        case delete
        case leave
    }

    /// What the first poll of a folder takes.
    package enum Start: Sendable, Hashable {
        case unseen
        case new
        case all
        /// Messages whose internal date is this day (UTC) or later.
        case since(CivilDate)
    }

    package var access: Access
    /// A folder's name, or a `SpecialFolder`'s word.
    package var folder: String
    /// Seconds between polls, before jitter; 5 to 86,400.
    package var pollSeconds: Int
    package var after: After
    package var start: Start
    /// Whether to wait for news between polls where the server can tell (IMAP IDLE).
    package var idle: Bool
    /// Whether to compress the connection where the server can (IMAP COMPRESS).
    package var compress: Bool
    /// Looked at before those of the contracts.
    package var rules: [MailRule]
    /// Names of the servers whose findings count, as they stand behind `by` in Received fields.
    package var trusted: [String]
    /// Whether the server delivers `user+anything@domain` here, too (RFC 5233): then replies and reports find their ticket
    /// by an address that we signed.
    package var plus: Bool

    package init(
        access: Access, folder: String = "INBOX", pollSeconds: Int = 60, after: After = .seen, start: Start = .unseen,
        idle: Bool = true, compress: Bool = false, rules: [MailRule] = [], trusted: [String] = [],
        plus: Bool = false
    ) {
        self.access = access
        self.folder = folder
        self.pollSeconds = pollSeconds
        self.after = after
        self.start = start
        self.rules = rules
        self.trusted = trusted
        self.plus = plus
        self.idle = idle
        self.compress = compress
    }
}

/// What only an outbox has.
package struct Outbox: Sendable, Hashable {
    /// What a server may offer. One that does not keep what it offers can be used without it.
    package enum Extension: String, Sendable, Hashable, CaseIterable {
        case chunking, dsn, pipelining, size
        case eightBitMIME = "8bitmime"
        case smtpUTF8 = "smtputf8"
    }

    /// Whom the recipient sees; the first is the default. Never empty.
    package var senders: [MailAddress]
    /// Not used even if the server offers it.
    package var without: Set<Extension>
    /// What the server bears; all contracts that send through it share it.
    package var rate: SendingRate

    package init(senders: [MailAddress], without: Set<Extension> = [], rate: SendingRate = SendingRate()) {
        self.senders = senders
        self.without = without
        self.rate = rate
    }
}
