// OAUTHBEARER (RFC 7628): an access token, with the name of who it is for; knows not where tokens come from.

struct OAuthBearerDialogue: SASLDialogue {
    private let account: SASLAccount
    private(set) var refusal: String?

    init(_ account: SASLAccount) throws(WireError) {
        try BearerToken.check(account)
        self.account = account
    }

    var initialResponse: [UInt8]? {
        let place = "host=\(account.host)\u{1}port=\(account.port)\u{1}"
        return Array("n,a=\(account.escapedUser),\u{1}\(place)auth=Bearer ".utf8) + account.secretOctets + [1, 1]
    }

    /// A challenge is a refusal; a lone ^A lets the server end the dialogue (RFC 7628 §3.2.3).
    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] {
        guard refusal == nil else { throw .dialogueOver }
        refusal = BearerToken.refusal(challenge)
        return [1]
    }
}
