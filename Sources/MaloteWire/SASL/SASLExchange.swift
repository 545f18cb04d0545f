// Authentication dialogues as pure state: who says what next; knows neither IMAP, POP3 nor SMTP framing.

import MaloteCore

/// One mechanism's side of a SASL dialogue (RFC 4422). The protocols carry its octets in base64.
package struct SASLExchange: Sendable {
    package let mechanism: SASLMechanism
    private var dialogue: any SASLDialogue
    private var owesInitial = true

    /// - Parameter nonce: printable ASCII by chance, without comma; another for each login.
    /// - Throws: `WireError.argument` if the mechanism cannot carry this user or secret.
    package init(
        _ mechanism: SASLMechanism, _ account: SASLAccount, nonce: String, digests: any SASLDigests
    ) throws(WireError) {
        guard !account.user.utf8.contains(0), account.secret.reveal({ !$0.contains(0) }) else {
            throw .argument("The user name and password must not hold a NUL character.")
        }
        self.mechanism = mechanism
        dialogue =
            switch mechanism {
            case .plain: PlainDialogue(account: account)
            case .login: LoginDialogue(account)
            case .cramMD5: CRAMDialogue(account, digests)
            case .scramSHA1: SCRAMDialogue(.sha1, account, nonce: nonce, digests)
            case .scramSHA256: SCRAMDialogue(.sha256, account, nonce: nonce, digests)
            case .xoauth2: try XOAUTH2Dialogue(account)
            case .oauthBearer: try OAuthBearerDialogue(account)
            }
    }

    /// What may be said with the command itself (RFC 4959, RFC 4954); if not taken it answers the first challenge.
    /// - Parameter limit: octets that the command still has room for, in base64.
    /// - Returns: `nil` when the server speaks first, or there is no room.
    package mutating func takeInitialResponse(upTo limit: Int = .max) -> [UInt8]? {
        guard let response = dialogue.initialResponse, (response.count + 2) / 3 * 4 <= limit else { return nil }
        owesInitial = false
        return response
    }

    /// The answer to a challenge.
    /// - Throws: `WireError.unexpected` when the dialogue is over, `malformed`, `limit` or `untrusted` when the login
    ///   must not go on.
    package mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] {
        // What comes with this challenge is free text of servers that ought to send none.
        if owesInitial, let response = takeInitialResponse() { return response }
        return try dialogue.respond(to: challenge)
    }

    /// Whether the server's yes may be believed: it has proved all that the mechanism lets it prove.
    package var isSettled: Bool { dialogue.isSettled }

    /// Why the server refuses, in the mechanism's own words; `nil` if it has not said.
    package var refusal: String? { dialogue.refusal }
}
