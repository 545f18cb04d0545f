// Addresses that contracts do not write to, as operators see and change them; decides nothing about sending.

import MaloteCore

extension MailRoom {
    package func suppressions(contract: String?, page: PageWish) async throws(Problem) -> [SuppressionView] {
        let registry = parts.board.current
        let wanted = try contract.map { text throws(Problem) in try self.contract(named: text).id }
        let (after, limit) = (try place(page), page.limit(atMost: 1000))
        return try await read { store in
            try store.suppressions(contract: wanted, after: after, limit: limit).map {
                SuppressionView($0, contract: registry.name(of: $0.contract))
            }
        }
    }

    private func place(_ page: PageWish) throws(Problem) -> Suppression? {
        guard let after = page.after else { return nil }
        let words = after.split(separator: "/", maxSplits: 2).map(String.init)
        guard words.count == 3, let since = Int64(words[0]), let contract = parts.board.current.contractID(words[1])
        else { throw page.badCursor(after) }
        return Suppression(
            contract: contract, address: words[2], reason: "", since: Timestamp(milliseconds: since))
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
