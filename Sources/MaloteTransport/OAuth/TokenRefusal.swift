// Why a token server gave no token, who must act and how; quotes only words that it knows itself.

import MaloteCore

/// An answer that grants nothing. What servers write for people is not shown: it may repeat what it was sent.
struct TokenRefusal: Sendable {
    /// RFC 6749 §5.2, RFC 8628 §3.5, OpenID Connect Core §3.1.2.6, and Microsoft's own.
    private static let words: Set<String> = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope", "access_denied", "server_error", "temporarily_unavailable", "authorization_pending",
        "authorization_declined", "slow_down", "expired_token", "bad_verification_code", "interaction_required",
        "login_required", "consent_required", "account_selection_required", "invalid_resource", "invalid_target",
        "org_internal", "admin_policy_enforced", "deleted_client",
    ]

    let reply: TokenReply
    /// The error's word; `nil` if there is none that is known.
    let word: String?
    /// Microsoft's number, such as 7000222 for a client secret that has expired.
    let number: Int?

    private struct Answer: Decodable {
        var error: String?
        var errorCodes: [Int]?
    }

    init(_ reply: TokenReply) {
        self.reply = reply
        let answer = TokenJSON.read(Answer.self, reply.body)
        word = answer?.error.flatMap { Self.words.contains($0) ? $0 : nil }
        number = answer?.errorCodes?.first
    }

    // MARK: - The failure

    func failure(_ plan: GrantPlan, now: Timestamp) -> Failure {
        var failure = kind(plan)
        failure.detail = "\(TokenHTTP.name(of: plan.tokenURL)) \(said)"
        failure.retryAfterSeconds = RetryAfter.seconds(reply.retryAfter, now: now)
        return failure
    }

    private var said: String {
        let name = word ?? (reply.status / 100 == 2 ? nil : "HTTP \(reply.status)")
        guard let name else { return "answered with something that is no token." }
        return "gave no token: \(name)" + (number.map { " (AADSTS\($0))." } ?? ".")
    }

    private func kind(_ plan: GrantPlan) -> Failure {
        if reply.status == 429 { return Failure(.transient, .throttled, "") }
        if reply.status == 408 || reply.status / 100 == 5 { return Failure(.transient, .authTemporary, "") }
        if let number, let (cause, remedy) = Self.numbers[number] {
            return Failure(.operatorNeeded, cause, "", remedy: remedy ?? Self.consent(plan))
        }
        switch word {
        case "server_error", "temporarily_unavailable": return Failure(.transient, .authTemporary, "")
        case "slow_down": return Failure(.transient, .throttled, "")
        case "invalid_grant", "interaction_required", "login_required", "consent_required", "access_denied",
            "authorization_declined", "account_selection_required", "expired_token", "bad_verification_code",
            "admin_policy_enforced", "org_internal":
            return Failure(.operatorNeeded, .authRefused, "", remedy: Self.consent(plan))
        case "invalid_client", "unauthorized_client", "deleted_client":
            return Failure(.operatorNeeded, .credential, "", remedy: Self.client(plan))
        case "invalid_scope", "invalid_resource", "invalid_target":
            return Failure(
                .operatorNeeded, .credential, "",
                remedy: "Check oauth2.scope (\(plan.scope)), and that it is granted to the application.")
        default:
            return Failure(
                .operatorNeeded, .protocolBroken, "",
                remedy: "Check this mailbox's oauth2: provider, tenant, token_url and flow must belong together.")
        }
    }

    // MARK: - Remedies

    /// Microsoft's numbers that say more than the word beside them; without a remedy: consent is missing.
    private static let numbers: [Int: (Failure.Cause, String?)] = [
        65001: (.authRefused, nil),
        70008: (.authRefused, nil),
        50173: (.authRefused, nil),
        700082: (.authRefused, nil),
        50076: (.authRefused, nil),
        50079: (.authRefused, nil),
        90002: (.credential, "There is no such directory: check oauth2.tenant."),
        700016: (.credential, "The directory does not know the application: check oauth2.client_id and tenant."),
        7_000_215: (
            .credential,
            "The client secret is wrong: register its value, not its id, as oauth2.client_secret."
        ),
        7_000_222: (.credential, "The client secret has expired: make a new one and register it."),
    ]

    private static func consent(_ plan: GrantPlan) -> String {
        switch plan.grant.flow {
        case .refreshToken, .deviceCode: "Authorize it anew, with: malotectl mailbox authorize \(plan.name)"
        case .serviceAccount:
            "Check that domain-wide delegation lists the service account's client id with the scope \(plan.scope), "
                + "that \(plan.subject) is an account of the domain, and that this machine's clock is right."
        case .clientCredentials:
            "Have an administrator grant the application its permissions (admin consent) in the directory."
        }
    }

    private static func client(_ plan: GrantPlan) -> String {
        plan.grant.flow == .serviceAccount
            ? "Check that domain-wide delegation lists the service account's client id with the scope \(plan.scope)."
            : "Check oauth2.client_id and oauth2.client_secret, and that the secret has not expired."
    }
}
