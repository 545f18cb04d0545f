// POSTs events to their receivers; knows neither events nor signatures.

import MaloteCore

package final class WebhookHTTP: WebhookClient {
    private let client: WebClient

    /// - Parameter network: whose resolver, address policy and authorities hold here as well.
    package init(network: Network, signs: VitalSigns? = nil) throws(Failure) {
        client = try WebClient(network: network, sign: "receivers of events", signs: signs)
    }

    package func post(_ request: WebhookRequest) async throws(Failure) -> WebhookReply {
        guard let address = WebAddress(request.url) else {
            throw Failure(
                .operatorNeeded, .registry, "Events may not go to the address of this endpoint.",
                remedy: "Register an https:// address as its events.url.")
        }
        do {
            let answer = try await client.post(
                WebRequest(
                    url: request.url, address: address, headers: request.headers.map { "\($0.name): \($0.value)" },
                    body: Secret(request.body), caFile: request.caFile, isOnce: false, cutsLongAnswers: true))
            return WebhookReply(
                status: answer.status, retryAfter: answer.retryAfter, location: answer.location, body: answer.body)
        } catch { throw Self.failure(error, address.host) }
    }

    private static func failure(_ fault: WebFault, _ host: String) -> Failure {
        let reach = "Check that it runs and that this machine may reach it (DNS, firewall)."
        switch fault {
        case .address(let failure) where failure.cause != .dns: return failure
        case .address(let failure):
            return Failure(
                failure.kind, .dns, "\(host) cannot be reached. \(failure.detail)",
                remedy:
                    "Check events.url, and the DNS of this machine; a receiver in your own network needs its address "
                    + "in /etc/hosts, or addresses.private: always in malote.yaml.")
        case .certificate(let text):
            return Failure(
                .operatorNeeded, .certificate, "\(host) is not trusted: \(text).",
                remedy: "Give the endpoint its authority (events: {ca: /path/ca.pem}), or check the clock.")
        case .refused: return Failure(.transient, .connect, "\(host) does not accept connections.", remedy: reach)
        case .silent:
            return Failure(.transient, .silentPeer, "\(host) did not answer within 30 seconds.", remedy: reach)
        case .tls(let text): return Failure(.transient, .tls, "TLS failed. \(host): \(text).")
        case .tooLarge:
            return Failure(.transient, .protocolBroken, "\(host) answers with more headers than an answer can have.")
        case .broken(let text):
            return Failure(.transient, .disconnected, "\(host) gave no answer: \(text).", remedy: reach)
        case .exhausted: return Failure(.transient, .defect, "libcurl has no handle left.")
        case .stopped: return .stopped
        }
    }
}
