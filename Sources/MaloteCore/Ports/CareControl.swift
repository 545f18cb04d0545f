// What operators do for the store: its key, and copies of it; and the port through which the engine has it done.

/// Only for admins.
package protocol CareControl: Sendable {
    /// Which keys there are, and how much is sealed under each.
    func keys() async throws(Problem) -> KeyReport

    /// Makes a new key and seals everything anew under it.
    /// - Throws: 409 where the key is a credential, which only the unit's owner can change, with the way to do it.
    func rotateKey() async throws(Problem) -> KeyRotation

    /// A copy of the whole database as it is now, without any key.
    /// - Throws: 409 while another is under way, 507 if there is no room for it.
    func backup() async throws(Problem) -> RawCopy
}

/// The same of a store. Whatever blocks does so on threads of the store's own.
package protocol StoreCare: Sendable {
    func keys() async throws(Failure) -> KeyReport

    /// - Parameter alongside: part of the one transaction in which everything is sealed anew.
    func rotateKey(
        alongside: @escaping @Sendable (KeyRotation, any StoreWriting) throws -> Void
    ) async throws(Failure) -> KeyRotation

    /// - Throws: `Failure(.operatorNeeded, .diskFull)` before anything is written; `.transient` while another is made.
    func snapshot() async throws(Failure) -> any StoreSnapshot

    /// What the database server says of itself; `nil` if the store is a file.
    func database() async throws(Failure) -> DatabaseFacts?
}

extension StoreCare {
    package func database() async throws(Failure) -> DatabaseFacts? { nil }
}

/// A copy of the database, for as long as somebody holds it.
package protocol StoreSnapshot: Sendable {
    /// In octets.
    var size: Int { get }
    /// Some octets from there on; empty at the end.
    func piece(from offset: Int) async throws(Failure) -> [UInt8]
}

/// The keys of a store.
package struct KeyReport: Sendable, Hashable, Codable {
    package struct Key: Sendable, Hashable, Codable {
        package enum State: String, Sendable, Codable {
            /// Everything new is sealed under it.
            case current
            /// It only opens, until nothing is sealed under it any more.
            case old
            /// Secrets are sealed under it, but it is not here.
            case missing
        }

        package var id: String
        package var state: State
        /// How many are sealed under it.
        package var secrets: Int

        package init(id: String, state: State, secrets: Int) {
            self.id = id
            self.state = state
            self.secrets = secrets
        }
    }

    /// `file`, or `credential` of systemd.
    package var source: String
    /// The current one first.
    package var keys: [Key]

    package init(source: String, keys: [Key]) {
        self.source = source
        self.keys = keys
    }
}

/// What a rotation did.
package struct KeyRotation: Sendable, Hashable, Codable {
    /// Ids of the new key and of the one before.
    package var key: String
    package var former: String
    /// Secrets that are sealed anew.
    package var secrets: Int
    /// Secrets that no key at hand opens: they stay as they are.
    package var closed: Int
    /// Whether the former key is gone. Otherwise the next start forgets it.
    package var isForgotten: Bool

    package init(key: String, former: String, secrets: Int = 0, closed: Int = 0, isForgotten: Bool = false) {
        self.key = key
        self.former = former
        self.secrets = secrets
        self.closed = closed
        self.isForgotten = isForgotten
    }
}

/// Of stores that need no care.
package struct NoStoreCare: StoreCare {
    private static let none = Failure(.permanent, .registry, "This store keeps nothing on a disk.")

    package init() {}

    package func keys() async throws(Failure) -> KeyReport { throw Self.none }

    package func rotateKey(
        alongside: @escaping @Sendable (KeyRotation, any StoreWriting) throws -> Void
    ) async throws(Failure) -> KeyRotation { throw Self.none }

    package func snapshot() async throws(Failure) -> any StoreSnapshot { throw Self.none }
}
