// Access tokens as an operator sees them and gives leave to them; knows no provider.

import MaloteCore

extension MailRoom {
    package func tokens() async -> [MailboxID: TokenForecast] {
        var forecasts: [MailboxID: TokenForecast] = [:]
        for mailbox in parts.board.current.mailboxes where mailbox.login?.oauth != nil {
            forecasts[mailbox.id] = await parts.tokens.forecast(mailbox)
        }
        return forecasts
    }

    package func authorize(_ mailbox: String) async throws(Problem) -> Consent {
        let found = try self.mailbox(named: mailbox)
        do { return try await parts.tokens.beginConsent(found) } catch { throw Problem(error) }
    }

    package func consent(_ mailbox: String, waitSeconds: Int) async throws(Problem) -> Consent {
        let found = try self.mailbox(named: mailbox)
        let deadline = parts.time.now() + .seconds(min(max(waitSeconds, 0), 60))
        while true {
            let left = deadline - parts.time.now()
            // The stop flag is looked at again at least every second, so that a long wait cannot hold up a stop.
            let consent: Consent
            do {
                consent = try await parts.tokens.consent(found, waitingAtMost: min(max(left, .zero), .seconds(1)))
            } catch { throw Problem(error) }
            if consent.state == .granted { await authorized(found) }
            guard consent.state == .waiting, left > .zero, !parts.stop.isSet, !Task.isCancelled else { return consent }
        }
    }

    package func authorize(_ mailbox: String, refreshToken: Secret) async throws(Problem) -> TokenForecast {
        let found = try self.mailbox(named: mailbox)
        let forecast: TokenForecast
        do { forecast = try await parts.tokens.accept(refreshToken, for: found) } catch { throw Problem(error) }
        await authorized(found)
        return forecast
    }

    /// What waited for it need not wait for its clock.
    private func authorized(_ mailbox: Mailbox) async {
        parts.log(.notice, "Mailbox \(mailbox.name) was authorized.", [.mailbox: mailbox.name.text])
        if mailbox.inbox != nil {
            _ = try? await pollSoon(mailbox.id)
        } else {
            await probe([mailbox.id])
        }
    }
}
