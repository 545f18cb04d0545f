// What a reload does inside the mail room; knows no signal and no configuration file.

import MaloteCore

extension MailRoom {
    /// Tries everything that is failing now: whoever reloads has usually just mended something.
    package func retryFailing() async {
        await parts.tokens.forgetFailures(of: nil)
        for (id, health) in await parts.scheduler.health where health.failure != nil {
            _ = await parts.scheduler.pollNow(id)
        }
        await parts.drain.probe(outboxes: nil)
        for endpoint in (try? await endpoints(contract: nil)) ?? [] where endpoint.state == .waiting {
            _ = try? await retryEndpoint(endpoint.contract)
        }
    }
}
