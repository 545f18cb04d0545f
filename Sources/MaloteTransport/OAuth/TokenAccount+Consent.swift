// How a mailbox comes by its first refresh token: a person's consent, or a token that a person hands in.

import MaloteCore

extension TokenAccount {
    // MARK: - Consent (RFC 8628)

    func beginConsent() async throws(Failure) -> Consent {
        let plan = plan
        try Self.checkFlow(plan)
        guard let request = TokenRequest.deviceCode(plan) else {
            throw Failure(
                .operatorNeeded, .credential,
                "The provider of mailbox \(plan.name) lets no device ask for consent to mail.",
                remedy: "Get a refresh token elsewhere, and hand it in: malotectl mailbox authorize \(plan.name) "
                    + "--refresh-token-stdin")
        }
        let reply = try await parts.server.post(request)
        guard reply.status == 200, let offered = OfferedConsent(reply.body) else {
            throw TokenRefusal(reply).failure(plan, now: now)
        }
        let begun = DeviceConsent(plan, offered, now: now)
        consent = begun
        return begun.shown
    }

    func consent(waitingAtMost limit: Duration) async throws(Failure) -> Consent {
        let deadline = now + limit
        while true {
            guard let begun = consent else { throw Self.notBegun(plan) }
            switch begun.step(now: now) {
            case .granted: return begun.shown
            case .failed(let failure):
                consent = nil
                throw failure
            case .ask: await ask(begun)
            case .wait(let until):
                let left = min(until, deadline) - now
                guard left > .zero else { return begun.shown }
                do { try await parts.time.sleep(for: left) } catch { return begun.shown }
            }
            if now >= deadline, let consent, case .wait = consent.step(now: now) { return consent.shown }
        }
    }

    /// One question of whether the person has decided.
    private func ask(_ begun: DeviceConsent) async {
        consent?.asked(now: now)
        do throws(Failure) {
            let clientSecret = try await reveal(begun.plan.grant.clientSecret)
            let asked = now
            let reply = try await parts.server.post(
                .token(begun.plan, clientSecret: clientSecret, .deviceCode(begun.deviceCode)))
            if reply.status == 200, let granted = GrantedToken(reply.body) {
                return await settle(begun, granted, since: asked)
            }
            change(begun) { $0.refused(TokenRefusal(reply), now: now) }
        } catch {
            change(begun) { $0.lost(error, now: now) }
        }
    }

    private func settle(_ begun: DeviceConsent, _ granted: GrantedToken, since: Timestamp) async {
        do throws(Failure) {
            guard let refresh = granted.refresh else {
                throw Failure(
                    .operatorNeeded, .credential, "The provider gave consent, but no refresh token.",
                    remedy: "Have oauth2.scope ask for one (Microsoft: offline_access).")
            }
            try await exclusively { () throws(Failure) in
                try await keep(refresh, granted, begun.plan, since: since)
            }
            if begun.plan == plan { succeeded(granted, since: since) }
            change(begun) { $0.granted() }
        } catch {
            change(begun) { $0.failed(error) }
        }
    }

    /// Another consent may have been begun while this one was asked about.
    private func change(_ begun: DeviceConsent, _ body: (inout DeviceConsent) -> Void) {
        guard consent?.deviceCode == begun.deviceCode else { return }
        if var consent {
            body(&consent)
            self.consent = consent
        }
    }

    // MARK: - A token that is handed in

    /// Kept only once the provider has taken it: a slip of the hand must not cost a token that works.
    func accept(_ refreshToken: Secret) async throws(Failure) -> TokenForecast {
        let plan = plan
        try Self.checkFlow(plan)
        try await exclusively { () throws(Failure) in
            let clientSecret = try await reveal(plan.grant.clientSecret)
            let asked = now
            let granted = try await granted(
                .token(plan, clientSecret: clientSecret, .refreshToken(refreshToken)), plan)
            try await keep(granted.refresh ?? refreshToken, granted, plan, since: asked)
            if plan == self.plan { succeeded(granted, since: asked) }
        }
        return await forecast()
    }

    private static func checkFlow(_ plan: GrantPlan) throws(Failure) {
        guard !plan.grant.flow.needsRefreshToken else { return }
        throw Failure(
            .permanent, .rejected,
            "Mailbox \(plan.name) logs in by \(plan.grant.flow.rawValue), which nobody needs to authorize here.")
    }

    private static func notBegun(_ plan: GrantPlan) -> Failure {
        Failure(
            .permanent, .rejected, "No consent to mailbox \(plan.name) is under way.",
            remedy: "Begin with: malotectl mailbox authorize \(plan.name)")
    }
}
