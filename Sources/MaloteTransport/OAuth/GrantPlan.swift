// A mailbox's grant with every blank filled in: where to ask, for what, in whose name; pure.

import MaloteCore
import MaloteWire

struct GrantPlan: Sendable, Hashable {
    let mailbox: MailboxID
    let name: MailboxName
    let grant: OAuthGrant
    let tokenURL: String
    let deviceURL: String?
    let scope: String
    let repeatsScope: Bool
    /// Whom a service account speaks for.
    let subject: String

    /// - Throws: `.credential` when an address is missing, or must not be told secrets.
    init(_ mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant) throws(Failure) {
        let profile = OAuthProfile.of(grant.provider)
        func filled(_ url: String?) -> String? { url?.replacing("{tenant}", with: grant.tenant ?? "common") }
        guard let tokenURL = grant.tokenURL ?? filled(profile.tokenURL) else { throw Self.noAddress("token_url") }
        deviceURL = grant.deviceURL ?? filled(profile.deviceURL)
        // Registered addresses were checked then; nothing that reached the database otherwise gets a secret.
        guard OAuthGrant.mayReceiveSecrets(tokenURL) else { throw Self.noAddress("token_url") }
        if let deviceURL, !OAuthGrant.mayReceiveSecrets(deviceURL) { throw Self.noAddress("device_url") }
        self.mailbox = mailbox.id
        name = mailbox.name
        self.grant = grant
        self.tokenURL = tokenURL
        scope = grant.scope ?? profile.scope(grant.flow, mailbox)
        repeatsScope = grant.scope != nil || profile.repeatsScope
        subject = grant.subject ?? login.user
    }

    private static func noAddress(_ field: String) -> Failure {
        Failure(
            .operatorNeeded, .credential, "This mailbox's oauth2 has no \(field) that secrets may go to.",
            remedy: "Register it (oauth2: {\(field): https://...}).")
    }

    /// What a refresh token belongs to. Whoever registers another client, directory, token server or first token
    /// begins anew; what is kept of the old one is void.
    /// - Parameter registered: the first refresh token, if the registry names one.
    func origin(registered: Secret?) throws(Failure) -> Digest {
        let words = [
            grant.provider.rawValue, grant.tenant ?? "", grant.clientID ?? "", tokenURL,
            registered.map { $0.reveal { String(decoding: $0, as: UTF8.self) } } ?? "",
        ]
        let bytes = Array(words.map { "\($0.utf8.count):\($0)" }.joined().utf8)
        do {
            if let digest = Digest(try OpenSSLDigests().hash(.sha256, bytes)) { return digest }
        } catch {}
        throw Failure(.transient, .defect, "This machine's OpenSSL has no SHA-256.")
    }
}

extension OAuthProfile {
    fileprivate func scope(_ flow: OAuthGrant.Flow, _ mailbox: Mailbox) -> String {
        if !flow.needsRefreshToken { return clientScope }
        switch mailbox.inbox?.access {
        case .imap: return imapScope
        case .pop3: return popScope
        case nil: return smtpScope
        }
    }
}
