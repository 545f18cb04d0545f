// What sessions ask for tokens, and what tokens are asked of; no implementation here.

import MaloteCore

/// Access tokens for sessions.
package protocol TokenSource: Sendable {
    /// - Parameter isNew: whether a person wants to see that one can be had; else one from memory will do.
    func token(
        for mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant, isNew: Bool
    ) async throws(Failure) -> AccessToken

    /// For a token that the mail server has refused although it ought to be good.
    /// - Returns: `nil` when another would fare no better.
    func replacement(
        of token: AccessToken, for mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant
    ) async throws(Failure) -> AccessToken?
}

/// The way to token servers.
package protocol TokenServer: Sendable {
    /// One POST and its answer, whatever its status. Takes 30 s at most. When the task is cancelled while the server is
    /// being asked, the answer is waited for 2 s more: what is asked may use up a refresh token, and the answer holds the
    /// next one.
    /// - Throws: a `Failure` about the connection.
    func post(_ request: TokenRequest) async throws(Failure) -> TokenReply
}

/// For a transport that is never given a mailbox with OAuth.
package struct NoTokens: TokenSource {
    package init() {}

    package func token(
        for mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant, isNew: Bool
    ) async throws(Failure) -> AccessToken {
        throw Failure(.transient, .defect, "There is nothing here that fetches access tokens.")
    }

    package func replacement(
        of token: AccessToken, for mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant
    ) async throws(Failure) -> AccessToken? { nil }
}
