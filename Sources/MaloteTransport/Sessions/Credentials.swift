// What a session logs in with, and which mechanism that takes; knows no protocol.

import MaloteCore
import MaloteWire

struct Credentials: Sendable {
    let account: SASLAccount
    let pinned: SASLMechanism?
    /// One that we fetched ourselves.
    let token: AccessToken?
    /// What to do when the server refuses a token.
    let tokenRemedy: String
    private let isEncrypted: Bool

    /// - Throws: `.credential` for a token that would cross the network in clear.
    init(_ mailbox: Mailbox, _ login: Mailbox.Login, secret: Secret) throws(Failure) {
        if login.sasl?.takesToken == true { try Self.checkCleartext(mailbox) }
        self.init(
            mailbox, login, secret, token: nil,
            remedy: "Give this mailbox a fresh access token as its password, or let Malote fetch them (oauth2), and "
                + "check the user.")
    }

    init(_ mailbox: Mailbox, _ login: Mailbox.Login, token: AccessToken) throws(Failure) {
        try Self.checkCleartext(mailbox)
        self.init(
            mailbox, login, token.secret, token: token,
            remedy: OAuthProfile.of(login.oauth?.provider ?? .custom).accessRemedy)
    }

    private init(
        _ mailbox: Mailbox, _ login: Mailbox.Login, _ secret: Secret, token: AccessToken?, remedy: String
    ) {
        account = SASLAccount(user: login.user, secret: secret, host: mailbox.server, port: mailbox.port)
        pinned = login.sasl
        self.token = token
        tokenRemedy = remedy
        isEncrypted = mailbox.security != .none
    }

    /// Whoever sees an access token can use it. The registry takes no such mailbox; this is for what reached the
    /// database otherwise.
    static func checkCleartext(_ mailbox: Mailbox) throws(Failure) {
        guard mailbox.security == .none else { return }
        throw Failure(
            .operatorNeeded, .credential, "An access token must not cross the network in clear.",
            remedy: "Use an encrypted connection (starttls or implicit) for this mailbox.")
    }

    /// Whether the protocols' own logins may be used, which send a password.
    var maySendPassword: Bool { token == nil }

    var user: String { account.user }
    var secret: Secret { account.secret }

    func choose(from offered: [String]) -> SASLMechanism? {
        SASLMechanism.choose(from: offered, pinned: pinned, isEncrypted: isEncrypted, isToken: token != nil)
    }

    /// The server offers nothing that this login may use.
    func unsupported(_ offered: [String]) -> Failure {
        let list = offered.isEmpty ? "none" : offered.sorted().joined(separator: ", ")
        if token != nil, pinned == nil { return noToken(list) }
        var remedies: [String] = []
        if !isEncrypted { remedies.append("Use an encrypted connection: servers offer more there.") }
        let known = SASLMechanism.allCases.filter { offered.contains($0.name) }.map(\.rawValue)
        if !known.isEmpty { remedies.append("Set sasl to what the server offers: \(known.joined(separator: ", ")).") }
        if offered.isEmpty { remedies.append("Ask the server's administrator which login it takes, if any.") }
        let wanted = pinned.map { "does not offer \($0.name), to which this mailbox is pinned" }
        return Failure(
            .operatorNeeded, .authUnsupported,
            "The server \(wanted ?? "takes no login that we may use unasked") (it offers \(list)).",
            remedy: remedies.isEmpty
                ? "Ask the server's administrator to allow PLAIN over TLS." : remedies.joined(separator: " "))
    }
}

extension Credentials {
    private func noToken(_ list: String) -> Failure {
        Failure(
            .operatorNeeded, .authUnsupported, "The server takes no access token (it offers \(list)).",
            remedy: "Check server and provider, or register a password in place of oauth2.")
    }
}

extension WireError {
    /// A user or password that cannot be sent at all.
    var loginArgument: Failure {
        Failure(.operatorNeeded, .credential, sentence, remedy: "Register user and password of this mailbox anew.")
    }
}
