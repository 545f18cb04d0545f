// Which of a name's addresses may be connected to; looks nothing up.

import MaloteCore

extension AddressPolicy {
    /// - Returns: never empty.
    /// - Throws: `Failure(.operatorNeeded, .dns)` when none is allowed.
    func admit(_ addresses: [HostResolver.Address], of host: String) throws(Failure) -> [String] {
        let admitted = addresses.filter(admits).map(\.text)
        guard admitted.isEmpty else { return admitted }
        let list = addresses.map(\.text).joined(separator: ", ")
        let remedy =
            switch self {
            case .never: "Set addresses.private to written in malote.yaml if this machine may connect to such places."
            case .written, .always:
                "If the server is in your own network, register its address as the server, list the name in "
                    + "/etc/hosts, or set addresses.private to always in malote.yaml."
            }
        throw Failure(
            .operatorNeeded, .dns,
            PeerAddress(host) == nil
                ? "The server name \(host) leads to \(list), which is not a public address."
                : "The server \(host) is not a public address.", remedy: remedy)
    }

    private func admits(_ address: HostResolver.Address) -> Bool {
        switch self {
        case .always: true
        case .written where address.isWritten: true
        case .written, .never: PeerAddress(address.text)?.isPublic ?? false
        }
    }
}
