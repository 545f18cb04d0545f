// Message-ID signers of test contracts; knows nothing of sorting.

import MaloteCore
import MaloteDesk

enum SignedIDs {
    /// The signer of a contract of one and the same daemon.
    static func contract(_ number: Int64) -> SignedMessageID {
        let key = SignedMessageID.contractKey(
            master: Array("master".utf8), contract: ContractID(rawValue: number), hashing: TestHashing())
        return SignedMessageID(key: key, hashing: TestHashing())
    }
}
