// XOAUTH2: an access token in Google's form of before RFC 7628; knows not where tokens come from.

struct XOAUTH2Dialogue: SASLDialogue {
    private let account: SASLAccount
    private(set) var refusal: String?

    init(_ account: SASLAccount) throws(WireError) {
        try BearerToken.check(account)
        self.account = account
    }

    var initialResponse: [UInt8]? {
        Array("user=\(account.user)\u{1}auth=Bearer ".utf8) + account.secretOctets + [1, 1]
    }

    /// A challenge is a refusal; the empty answer lets the server end the dialogue.
    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] {
        guard refusal == nil else { throw .dialogueOver }
        refusal = BearerToken.refusal(challenge)
        return []
    }
}
