// How servers in use differ from what the RFCs let one expect, as one table; pure, and no code branches on a name.

import MaloteCore

/// One kind of server: how to know it, what it bears, and what its words mean.
///
/// Sizes that servers tell are never compared with what comes, and what was enabled is never asked for again, so there
/// is nothing to note about either.
package struct ProviderQuirks: Sendable {
    package var name: String
    /// Its hosts are known by name.
    private var provider: MailProvider?
    /// What its ID (RFC 2971) holds as `name`; lower case.
    private var identity: String?
    /// Capabilities that no other server has; upper case.
    private var capabilities: [String]
    /// How long one IDLE may last: after that the server or a box in between forgets the connection.
    package var idleCycle: Duration
    /// Octets of the UIDs in one command.
    package var commandOctets: Int
    /// UIDs in one command.
    package var commandUIDs: Int
    /// Connections of one account at one time; `nil` if nobody knows.
    package var accountConnections: Int?
    /// ID must come before the login to count.
    package var identifiesFirst: Bool
    package var remarks: [ServerRemark]

    init(
        _ name: String, provider: MailProvider? = nil, identity: String? = nil, capabilities: [String] = [],
        idleCycle: Duration = .seconds(24 * 60), commandOctets: Int = 900, commandUIDs: Int = 200,
        accountConnections: Int? = nil, identifiesFirst: Bool = false, remarks: [ServerRemark] = []
    ) {
        self.name = name
        self.provider = provider
        self.identity = identity
        self.capabilities = capabilities
        self.idleCycle = idleCycle
        self.commandOctets = commandOctets
        self.commandUIDs = commandUIDs
        self.accountConnections = accountConnections
        self.identifiesFirst = identifiesFirst
        self.remarks = remarks
    }

    /// What is known of a server: by its host's name, else by what it calls itself, else by what it alone can do.
    package static func of(
        host: String, identity: [IMAPIdentityField] = [], capabilities: Set<String> = []
    ) -> ProviderQuirks {
        let provider = MailProvider.serving(host)
        let names = identity.filter { $0.name == "name" }.map { $0.value.lowercased() }
        return all.first { $0.provider != nil && $0.provider == provider }
            ?? all.first { row in row.identity.map { word in names.contains { $0.contains(word) } } ?? false }
            ?? all.first { !capabilities.isDisjoint(with: $0.capabilities) }
            ?? general
    }

    /// UIDs as sets that this server takes in one command each.
    ///
    /// - Parameter limit: the server's own MESSAGELIMIT (RFC 9738), if it told one.
    package func batches(_ uids: some Sequence<UInt32>, limit: Int? = nil) -> [String] {
        UIDSet.batches(uids, octets: commandOctets, count: min(commandUIDs, limit ?? .max))
    }
}

extension ProviderQuirks {
    private static let oauthOnly = "Register an OAuth access token with sasl: xoauth2; passwords are not taken here."
    private static let appPassword = "Make an app password in the account's security settings, and register that."

    static let all = [
        ProviderQuirks(
            "Gmail", provider: .gmail, identity: "gimap", capabilities: ["X-GM-EXT-1"], idleCycle: .seconds(9 * 60),
            accountConnections: 15,
            remarks: [
                ServerRemark("too many simultaneous connections", .transient, .throttled, wait: 300),
                ServerRemark("exceeded command or bandwidth limits", .transient, .throttled, wait: 3600),
                ServerRemark("application-specific password required", .operatorNeeded, .authRefused, appPassword),
                ServerRemark(
                    "web login required", .operatorNeeded, .authRefused,
                    "Log in to the account once with a browser and allow this access."),
                ServerRemark("daily user sending", .transient, .throttled, wait: 3600),
            ]),
        ProviderQuirks(
            "Microsoft 365", provider: .microsoft365, accountConnections: 16,
            remarks: [
                ServerRemark("request is throttled", .transient, .throttled),
                ServerRemark("suggested backoff time:", .transient, .throttled),
                ServerRemark("concurrent connections limit exceeded", .transient, .throttled, wait: 60),
                ServerRemark("basic authentication is not supported", .operatorNeeded, .authUnsupported, oauthOnly),
                ServerRemark("basic authentication is disabled", .operatorNeeded, .authUnsupported, oauthOnly),
                ServerRemark(
                    "smtpclientauthentication is disabled", .operatorNeeded, .authUnsupported,
                    "Ask the tenant's administrator to allow SMTP AUTH for this mailbox."),
                // Too many sessions, or IMAP that is off or not permitted: only time tells which.
                ServerRemark(
                    "user is authenticated but not connected", .transient, .authTemporary,
                    "If it lasts, check that IMAP is on for this mailbox and that the login may open it."),
            ]),
        ProviderQuirks(
            "Yahoo", provider: .yahoo, capabilities: ["XYMHIGHESTMODSEQ"], identifiesFirst: true,
            remarks: [
                ServerRemark("rate limit hit", .transient, .throttled, wait: 600),
                ServerRemark("server error - please try again later", .transient, .authTemporary),
            ]),
        ProviderQuirks("iCloud", provider: .icloud, capabilities: ["XAPPLEPUSHSERVICE"]),
        ProviderQuirks(
            "Zoho", provider: .zoho,
            remarks: [
                ServerRemark(
                    "yet to enable imap for your account", .operatorNeeded, .authUnsupported,
                    "Switch IMAP access on in the account's settings."),
                ServerRemark("unusual activity", .transient, .throttled, wait: 3600),
            ]),
        ProviderQuirks("Fastmail", provider: .fastmail),
        ProviderQuirks(
            "Exchange", identity: "microsoft.exchange", capabilities: ["CLIENTACCESSRULES", "BACKENDAUTHENTICATE"],
            accountConnections: 16,
            remarks: [ServerRemark("server unavailable", .transient, .authTemporary)]),
        ProviderQuirks(
            "Dovecot", identity: "dovecot", commandOctets: 8000, commandUIDs: 10_000, accountConnections: 10,
            remarks: [
                ServerRemark(
                    "maximum number of connections from user+ip exceeded", .transient, .throttled,
                    "Ask the server's administrator to raise mail_max_userip_connections.", wait: 60),
                ServerRemark("temporary authentication failure", .transient, .authTemporary),
            ]),
        ProviderQuirks(
            "Cyrus", identity: "cyrus", capabilities: ["ANNOTATEMORE", "ANNOTATE-EXPERIMENT-1"], commandOctets: 4000,
            commandUIDs: 10_000),
        ProviderQuirks(
            "Courier", identity: "courier", capabilities: ["ACL2=UNION"], commandOctets: 8000, commandUIDs: 10_000,
            accountConnections: 4,
            remarks: [ServerRemark("temporary problem, please try again later", .transient, .authTemporary)]),
    ]

    /// Everybody else. Its words are those that servers of many kinds use.
    static let general = ProviderQuirks(
        "unknown",
        remarks: ["throttl", "too many", "too fast", "rate limit", "try again later", "bandwidth limit"].map {
            ServerRemark($0, .transient, .throttled)
        })
}
