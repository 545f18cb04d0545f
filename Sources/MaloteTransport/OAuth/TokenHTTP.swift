// POSTs forms to token servers; knows no OAuth.

import MaloteCore

package final class TokenHTTP: TokenServer {
    private let client: WebClient

    /// - Parameter network: whose resolver, address policy and authorities hold here as well.
    package init(network: Network, signs: VitalSigns? = nil) throws(Failure) {
        client = try WebClient(network: network, sign: "token servers", signs: signs)
    }

    package func post(_ request: TokenRequest) async throws(Failure) -> TokenReply {
        guard let address = WebAddress(request.url) else {
            throw Failure(
                .operatorNeeded, .credential, "Secrets may not go to the address of this mailbox's token server.",
                remedy: "Register an https:// address as its oauth2.token_url.")
        }
        do {
            // A refresh token is good for one use.
            let answer = try await client.post(
                WebRequest(
                    url: request.url, address: address, headers: [], body: request.form, caFile: request.caFile,
                    isOnce: true, cutsLongAnswers: false))
            return TokenReply(status: answer.status, retryAfter: answer.retryAfter, body: answer.body)
        } catch { throw Self.failure(error, Self.name(of: request.url)) }
    }

    /// Nothing behind the host is shown: an operator may have put a secret there.
    static func name(of url: String) -> String { "The token server \(WebAddress(url)?.host ?? "")" }

    private static func failure(_ fault: WebFault, _ server: String) -> Failure {
        let reach = "Check that this machine may reach it (DNS, firewall)."
        switch fault {
        case .address(let failure) where failure.cause != .dns: return failure
        case .address(let failure):
            return Failure(
                failure.kind, .dns, "\(server) cannot be reached. \(failure.detail)",
                remedy: "Check oauth2.token_url, and the DNS of this machine; a server of your own network needs its "
                    + "address in /etc/hosts, or addresses.private: always in malote.yaml.")
        case .certificate(let text):
            return Failure(
                .operatorNeeded, .certificate, "\(server) is not trusted: \(text).",
                remedy: "Give this mailbox its authority (oauth2: {ca: /path/ca.pem}), or check the clock.")
        case .refused: return Failure(.transient, .connect, "\(server) does not accept connections.", remedy: reach)
        case .silent: return Failure(.transient, .silentPeer, "\(server) did not answer in time.", remedy: reach)
        case .tls(let text): return Failure(.transient, .tls, "TLS failed. \(server): \(text).")
        case .tooLarge:
            return Failure(
                .operatorNeeded, .protocolBroken, "\(server) said more than an answer about a token can hold.")
        case .broken(let text):
            return Failure(.transient, .disconnected, "\(server) could not be asked: \(text).", remedy: reach)
        case .exhausted: return Failure(.transient, .defect, "libcurl has no handle left.")
        case .stopped: return .stopped
        }
    }
}
