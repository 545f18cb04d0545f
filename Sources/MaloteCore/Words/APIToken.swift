// A bearer token as it is kept: whom it stands for and until when. The token itself is known to nobody but its bearer.

/// What opens the API and the pages to somebody.
package struct APIToken: Sendable, Hashable {
    package enum Role: String, Sendable, Codable, CaseIterable {
        case admin, contract
        case reader = "read-only"
    }

    package var name: APITokenName
    /// SHA-256 of the token. It is 256 bits of chance: nothing slower is needed.
    package var digest: Digest
    package var role: Role
    /// The one contract that it is about, by its number: another contract of the same name is another one.
    package var contract: ContractID?
    package var created: Timestamp
    /// `nil` if it does not end by itself.
    package var expires: Timestamp?
    /// To the hour: nothing is written for each request.
    package var lastUsed: Timestamp?

    package init(
        name: APITokenName, digest: Digest, role: Role, contract: ContractID? = nil, created: Timestamp,
        expires: Timestamp? = nil, lastUsed: Timestamp? = nil
    ) {
        self.name = name
        self.digest = digest
        self.role = role
        self.contract = contract
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
    }
}

package typealias APITokenName = Name<APIToken>
