// Registered objects as the API shows them; secrets appear only by where they come from.

import MaloteCore

struct MailboxView: Encodable {
    var id: Int64
    var name, type, description, server: String
    var port: Int
    var provider, tls: String
    var auth: Bool
    var user: String?
    /// `stored`, `file PATH` or `credential NAME`.
    var password: String?
    /// In the password's place.
    var oauth2: OAuthView?
    var token: TokenForecast?
    /// The pinned mechanism.
    var sasl: String?
    var ca, pin: String?
    var folder: String?
    var pollSeconds: Int?
    var after, start: String?
    var trusted, rules: [String]?
    var plus: Bool?
    /// IMAP only.
    var idle, compress: Bool?
    var senders: [String]?
    /// Absent where nothing is limited.
    var rate: SendingRate?
    var contracts: [String]

    init(_ mailbox: Mailbox, _ registry: Registry, token: TokenForecast?) {
        id = mailbox.id.rawValue
        name = mailbox.name.text
        type = mailbox.inbox == nil ? "outbox" : "inbox"
        description = mailbox.description
        server = mailbox.server
        port = mailbox.port
        provider = mailbox.provider ?? "smtp"
        tls = mailbox.security.rawValue
        auth = mailbox.login != nil
        user = mailbox.login?.user
        password = mailbox.login?.password?.place
        oauth2 = (mailbox.login?.oauth).map(OAuthView.init)
        self.token = token
        sasl = mailbox.login?.sasl?.rawValue
        ca = mailbox.trust.caFile
        pin = mailbox.trust.pin
        folder = mailbox.inbox?.folder
        pollSeconds = mailbox.inbox?.pollSeconds
        after = mailbox.inbox.map { $0.after.words }
        start = mailbox.inbox.map { $0.start.words }
        trusted = mailbox.inbox.flatMap { $0.trusted.isEmpty ? nil : $0.trusted }
        rules = mailbox.inbox.flatMap { $0.rules.isEmpty ? nil : $0.rules.map(\.words) }
        plus = mailbox.inbox?.plus
        if let inbox = mailbox.inbox, inbox.access == .imap { (idle, compress) = (inbox.idle, inbox.compress) }
        senders = mailbox.outbox?.senders.map(\.description)
        rate = mailbox.outbox.flatMap { $0.rate.isLimited ? $0.rate : nil }
        contracts = registry.contracts.filter { $0.uses(mailbox.name) }.map(\.name.text)
    }
}

/// Under the registry's own names.
struct OAuthView: Encodable {
    var provider, flow: String
    var tenant, clientID, clientSecret, clientSecretExpires, refreshToken, scope, tokenURL, deviceURL, key, subject,
        ca: String?

    private enum CodingKeys: String, CodingKey {
        case provider, flow, tenant, scope, key, subject, ca
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case clientSecretExpires = "client_secret_expires"
        case refreshToken = "refresh_token"
        case tokenURL = "token_url"
        case deviceURL = "device_url"
    }

    init(_ grant: OAuthGrant) {
        provider = grant.provider.rawValue
        flow = grant.flow.rawValue
        tenant = grant.tenant
        clientID = grant.clientID
        clientSecret = grant.clientSecret?.place
        clientSecretExpires = grant.clientSecretExpires?.description
        refreshToken = grant.refreshToken?.place
        scope = grant.scope
        tokenURL = grant.tokenURL
        deviceURL = grant.deviceURL
        key = grant.key?.place
        subject = grant.subject
        ca = grant.caFile
    }
}

struct TemplateView: Encodable {
    var name, language, subject, text: String
    var html: String?
    var active: Bool

    init(_ template: Template) {
        name = template.name.text
        language = template.language
        subject = template.subject
        text = template.text
        html = template.html
        active = template.isActive
    }
}

// MARK: - Words

extension Contract {
    func uses(_ mailbox: MailboxName) -> Bool { inboxes.contains(mailbox) || outbox == .mailbox(mailbox) }
}

extension SecretSource {
    var place: String {
        switch self {
        case .literal: "stored"
        case .unopened: "stored, but the key is missing"
        case .file(let path): "file \(path)"
        case .credential(let name): "credential \(name)"
        }
    }
}
