// Who asks something of the mail room, and how far they may go; knows neither tokens nor sockets.

/// Somebody whom a door has recognised.
package struct Caller: Sendable, Hashable {
    package enum Role: Sendable, Hashable {
        /// Everything.
        case admin
        /// Everything that belongs to this contract, but not the registry.
        case contract(ContractName)
        /// Changes nothing, and sees everything or one contract.
        case reader(ContractName?)
    }

    /// As the audit log writes it: a token's name, a user of this machine, or `maloted` itself.
    package var name: String
    package var role: Role
    /// Where they ask from, as the audit log writes it: `control socket`, or a client's address.
    package var place: String

    package init(name: String, role: Role, place: String = "") {
        self.name = name
        self.role = role
        self.place = place
    }

    /// The one contract that it may see; `nil` for all.
    package var contract: ContractName? {
        switch role {
        case .admin: nil
        case .contract(let name): name
        case .reader(let name): name
        }
    }

    package var isAdmin: Bool { role == .admin }

    /// Whether it may change anything at all.
    package var mayChange: Bool {
        if case .reader = role { return false }
        return true
    }

    /// What the daemon does by itself.
    package static let daemon = Caller(name: "maloted", role: .admin)

    /// On whose behalf this task works.
    @TaskLocal package static var current = Caller.daemon
}
