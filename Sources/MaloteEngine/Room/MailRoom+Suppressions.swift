// Addresses that contracts do not write to, as operators see and change them; decides nothing about sending.

import MaloteCore

extension MailRoom {
    package func suppressions(contract: String?) async throws(Problem) -> [SuppressionView] {
        let registry = parts.board.current
        let wanted = try contract.map { text throws(Problem) in try self.contract(named: text).id }
        return try await read { store in
            try store.suppressions(contract: wanted, limit: 100_000).map {
                SuppressionView($0, contract: registry.name(of: $0.contract))
            }
        }
    }

    package func suppress(
        contract: String, address: String, reason: String
    ) async throws(Problem) -> SuppressionView {
        let found = try self.contract(named: contract)
        let entry = Suppression(
            contract: found.id, address: try Self.address(address), reason: String(reason.onOneLine.prefix(500)),
            since: parts.time.now())
        let kept = try await write { store in
            try store.suppress(entry)
            return try store.suppressed(contract: entry.contract, addresses: [entry.address]).first ?? entry
        }
        return SuppressionView(kept, contract: found.name.text)
    }

    package func unsuppress(contract: String, address: String) async throws(Problem) {
        let (found, address) = (try self.contract(named: contract), try Self.address(address))
        guard try await write({ try $0.unsuppress(contract: found.id, address: address) }) else {
            throw Problem(
                status: 404, title: "Not found", detail: "Contract \(contract) does not suppress \(address).")
        }
    }

    private static func address(_ text: String) throws(Problem) -> String {
        guard let address = MailAddress(operatorText: text) else {
            throw Problem.invalid(
                field: "address", "\"\(text.onOneLine)\" is not a mail address.", remedy: "Write local@domain.")
        }
        return address.key
    }
}
