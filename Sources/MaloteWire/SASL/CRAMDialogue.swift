// CRAM-MD5 (RFC 2195): a keyed digest of the server's challenge; knows not how it is computed.

import MaloteCore

struct CRAMDialogue: SASLDialogue {
    private let account: SASLAccount
    private let digests: any SASLDigests
    private var hasAnswered = false

    init(_ account: SASLAccount, _ digests: any SASLDigests) {
        self.account = account
        self.digests = digests
    }

    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] {
        guard !hasAnswered else { throw .dialogueOver }
        // The same digest for ever is as good as the password.
        guard !challenge.isEmpty else { throw .malformed("The server sent an empty CRAM-MD5 challenge.") }
        hasAnswered = true
        let digest = try digests.hmac(.md5, key: account.secretOctets, challenge)
        return Array("\(account.user) \(Hexadecimal.encode(digest))".utf8)
    }
}
