// From a registered login to credentials: a password as it is read, or an access token; knows no protocol.

import MaloteCore

struct Keyring: Sendable {
    let secrets: any SecretReader
    let tokens: any TokenSource

    /// - Parameter isNew: whether an access token must be a new one.
    func credentials(
        _ mailbox: Mailbox, _ login: Mailbox.Login, isNew: Bool = false
    ) async throws(Failure) -> Credentials {
        switch login.proof {
        case .password(let source):
            return try Credentials(mailbox, login, secret: try await secrets.reveal(source))
        case .oauth(let grant):
            try Credentials.checkCleartext(mailbox)
            let token = try await tokens.token(for: mailbox, login, grant, isNew: isNew)
            return try Credentials(mailbox, login, token: token)
        }
    }

    /// Opens a session. When the server refuses a token that ought to be good, once more with another (RFC 7628 §3.2.3
    /// leaves the choice to the client), and no further.
    func open<Session>(
        _ mailbox: Mailbox, _ login: Mailbox.Login, _ attempt: (Credentials) async throws(Failure) -> Session
    ) async throws(Failure) -> Session {
        // Read before connecting: a missing password file must not cost the server a connection.
        let credentials = try await credentials(mailbox, login)
        do throws(Failure) { return try await attempt(credentials) } catch {
            guard error.cause == .authRefused, let grant = login.oauth, let token = credentials.token,
                let other = try await tokens.replacement(of: token, for: mailbox, login, grant)
            else { throw error }
            return try await attempt(try Credentials(mailbox, login, token: other))
        }
    }
}
