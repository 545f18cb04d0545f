// LOGIN (draft-murchison-sasl-login): user, then password; knows no digest.

struct LoginDialogue: SASLDialogue {
    private let account: SASLAccount
    private var step = 0

    init(_ account: SASLAccount) { self.account = account }

    /// The prompts are free text and not to be relied on: the order is fixed.
    mutating func respond(to challenge: [UInt8]) throws(WireError) -> [UInt8] {
        step += 1
        switch step {
        case 1: return account.userOctets
        case 2: return account.secretOctets
        default: throw .dialogueOver
        }
    }
}
