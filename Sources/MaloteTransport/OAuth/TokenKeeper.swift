// All accounts' tokens, for sessions and for operators; knows each mailbox's account and nothing of what it does.

import MaloteCore
import Synchronization

package final class TokenKeeper: TokenSource, TokenDesk {
    private let parts: TokenAccount.Parts
    private let accounts = Mutex<[MailboxID: TokenAccount]>([:])

    package init(
        server: any TokenServer, store: any TokenStore, secrets: any SecretReader, time: any TimeSource, log: Log
    ) {
        parts = .init(server: server, store: store, secrets: secrets, time: time, log: log)
    }

    /// The mailbox's own, as the registry has it now.
    private func account(
        _ mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant
    ) async throws(Failure) -> TokenAccount {
        let plan = try GrantPlan(mailbox, login, grant)
        let account = accounts.withLock { accounts in
            let account = accounts[mailbox.id] ?? TokenAccount(plan, parts)
            accounts[mailbox.id] = account
            return account
        }
        await account.adopt(plan)
        return account
    }

    private func account(_ mailbox: Mailbox) async throws(Failure) -> TokenAccount {
        guard let login = mailbox.login, let grant = login.oauth else {
            throw Failure(
                .permanent, .rejected, "Mailbox \(mailbox.name) does not log in by OAuth.",
                remedy: "Register its oauth2 first.")
        }
        return try await account(mailbox, login, grant)
    }

    // MARK: - For sessions

    package func token(
        for mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant, isNew: Bool
    ) async throws(Failure) -> AccessToken {
        try await account(mailbox, login, grant).token(isNew ? .new : .valid)
    }

    package func replacement(
        of token: AccessToken, for mailbox: Mailbox, _ login: Mailbox.Login, _ grant: OAuthGrant
    ) async throws(Failure) -> AccessToken? {
        try await account(mailbox, login, grant).replacement(of: token)
    }

    // MARK: - For operators

    package func forecast(_ mailbox: Mailbox) async -> TokenForecast? {
        guard mailbox.login?.oauth != nil else { return nil }
        do { return try await account(mailbox).forecast() } catch {
            return TokenForecast(isAuthorized: false, failure: error)
        }
    }

    package func beginConsent(_ mailbox: Mailbox) async throws(Failure) -> Consent {
        try await account(mailbox).beginConsent()
    }

    package func consent(_ mailbox: Mailbox, waitingAtMost limit: Duration) async throws(Failure) -> Consent {
        try await account(mailbox).consent(waitingAtMost: limit)
    }

    package func accept(_ refreshToken: Secret, for mailbox: Mailbox) async throws(Failure) -> TokenForecast {
        try await account(mailbox).accept(refreshToken)
    }

    package func forgetFailures(of mailbox: MailboxID?) async {
        let meant = accounts.withLock { accounts in accounts.filter { mailbox == nil || $0.key == mailbox }.values }
        for account in Array(meant) { await account.forgetFailures() }
    }
}
