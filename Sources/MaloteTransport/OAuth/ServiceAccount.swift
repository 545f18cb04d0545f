// A service account's signed statement of whom it speaks for (RFC 7523); knows no server.

import Foundation
import MaloteCore

/// The key that Google gives for a service account, as JSON.
struct ServiceAccount: Decodable, Sendable {
    /// A statement is good for so long (Google allows an hour); our clock may be a little ahead.
    private static let life = 600
    private static let leeway = 30

    private let clientEmail: String
    private let privateKey: String
    private let privateKeyId: String?

    /// - Throws: `.credential` when it is no such key.
    static func read(_ key: Secret) throws(Failure) -> ServiceAccount {
        let account = key.reveal { TokenJSON.read(ServiceAccount.self, $0) }
        guard let account, !account.clientEmail.isEmpty else {
            throw Failure(
                .operatorNeeded, .credential, "This mailbox's oauth2.key is not a service account's key.",
                remedy: "Register the JSON file that Google gave for the service account.")
        }
        return account
    }

    private struct Header: Encodable {
        var alg = "RS256"
        var typ = "JWT"
        var kid: String?
    }

    private struct Claims: Encodable {
        var iss, sub, scope, aud: String
        var iat, exp: Int64
    }

    /// The statement, signed by RS256 (RFC 7518 §3.3).
    /// - Throws: `.credential` when the key cannot sign.
    func assertion(_ plan: GrantPlan, now: Timestamp) throws(Failure) -> Secret {
        let issued = now.milliseconds / 1000 - Int64(Self.leeway)
        let claims = Claims(
            iss: clientEmail, sub: plan.subject, scope: plan.scope, aud: plan.tokenURL, iat: issued,
            exp: issued + Int64(Self.life))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let header = try? encoder.encode(Header(kid: privateKeyId)), let body = try? encoder.encode(claims)
        else { throw Failure(.transient, .defect, "The service account's statement could not be written.") }
        let text = Base64URL.encode(Array(header)) + "." + Base64URL.encode(Array(body))
        let signature = try RSASignature.sha256(Array(text.utf8), pem: Array(privateKey.utf8))
        return Secret(text + "." + Base64URL.encode(signature))
    }
}
