// What a link of an approval says, signed, so that nobody else can make one; knows no page and no store.

import MaloteCore

/// One voter's link. Its text is 59 letters of base64url: version, contract, approval, voter, action, the approval's
/// chance, and a MAC over all of it.
package struct ApprovalLink: Sendable, Hashable {
    package enum Action: UInt8, Sendable, CaseIterable {
        case view, approve, reject

        /// What whoever follows it may choose.
        package var choices: [Approval.Choice] {
            switch self {
            case .view: [.approve, .reject]
            case .approve: [.approve]
            case .reject: [.reject]
            }
        }
    }

    /// Octets of the chance that ties a link to one approval.
    package static let nonceSize = 8
    private static let version: UInt8 = 1
    private static let payloadSize = 1 + 8 + 8 + 2 + 1 + nonceSize
    private static let macSize = 16
    /// Letters of the text.
    package static let length = ((payloadSize + macSize) * 8 + 5) / 6

    package var contract: ContractID
    package var approval: ApprovalID
    /// A place among the voters.
    package var voter: Int
    package var action: Action
    package var nonce: [UInt8]

    package init(contract: ContractID, approval: ApprovalID, voter: Int, action: Action, nonce: [UInt8]) {
        self.contract = contract
        self.approval = approval
        self.voter = voter
        self.action = action
        self.nonce = nonce
    }

    // MARK: - Text

    package func text(_ seal: ApprovalSeal) -> String {
        let payload = payload
        return Base64URL.encode(payload + seal.mac(payload, of: contract).prefix(Self.macSize))
    }

    /// - Returns: `nil` for whatever we have not written exactly so. The store is not needed to tell.
    package init?(_ text: String, _ seal: ApprovalSeal) {
        guard text.utf8.count == Self.length, let bytes = Base64URL.decode(text),
            bytes.count == Self.payloadSize + Self.macSize, bytes[0] == Self.version,
            let action = Action(rawValue: bytes[19])
        else { return nil }
        let payload = Array(bytes[..<Self.payloadSize])
        contract = RowID(rawValue: Self.number(bytes[1..<9]))
        guard ConstantTime.isEqual(seal.mac(payload, of: contract).prefix(Self.macSize), bytes[Self.payloadSize...])
        else {
            return nil
        }
        approval = RowID(rawValue: Self.number(bytes[9..<17]))
        voter = Int(Self.number(bytes[17..<19]))
        self.action = action
        nonce = Array(bytes[20..<Self.payloadSize])
    }

    private var payload: [UInt8] {
        [Self.version] + Self.octets(contract.rawValue, 8) + Self.octets(approval.rawValue, 8)
            + Self.octets(Int64(voter), 2) + [action.rawValue] + nonce
    }

    private static func octets(_ number: Int64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * Int64(count - 1 - $0))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}

/// The daemon's hand: signs links under a key for each contract, derived from its own.
package struct ApprovalSeal: Sendable {
    private let master: [UInt8]
    private let hashing: any Hashing

    package init(master: [UInt8], hashing: any Hashing) {
        self.master = master
        self.hashing = hashing
    }

    package func nonce() -> [UInt8] { hashing.random(ApprovalLink.nonceSize) }

    fileprivate func mac(_ payload: [UInt8], of contract: ContractID) -> ArraySlice<UInt8> {
        let key = hashing.hmacSHA256(key: master, Array("approval links of contract \(contract)".utf8))
        return hashing.hmacSHA256(key: key, payload)[...]
    }
}
