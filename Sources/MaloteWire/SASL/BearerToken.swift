// What both OAuth mechanisms need: which tokens can be sent, and how a refusal reads; knows not where tokens come from.

import FoundationEssentials
import MaloteCore

enum BearerToken {
    /// - Throws: `WireError.argument` if the message could not be read back: a token is visible ASCII (RFC 6750 §2.1),
    ///   and fields end with ^A.
    static func check(_ account: SASLAccount) throws(WireError) {
        let isToken = account.secret.reveal { !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } }
        guard isToken else { throw .argument("What is registered as the password is no OAuth access token.") }
        guard !account.user.utf8.contains(where: { $0 < 0x20 }) else {
            throw .argument("The user name holds a control character.")
        }
    }

    private struct Refusal: Decodable {
        var status: String
    }

    /// The `status` of the JSON that a server sends as a challenge when it refuses (RFC 7628 §3.2.2).
    static func refusal(_ challenge: [UInt8]) -> String {
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(challenge))
        return RefusalWord.shown(refusal?.status ?? "")
    }
}
