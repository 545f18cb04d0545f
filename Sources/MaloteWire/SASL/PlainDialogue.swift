// PLAIN (RFC 4616): everything in one message; knows no digest.

/// Octets go as registered: no SASLprep.
struct PlainDialogue: SASLDialogue {
    let account: SASLAccount

    var initialResponse: [UInt8]? { [0] + account.userOctets + [0] + account.secretOctets }

    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] { throw .dialogueOver }
}
