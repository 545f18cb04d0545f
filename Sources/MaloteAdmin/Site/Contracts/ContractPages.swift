// Which page of contracts a path is, and pausing; knows no page's content.

import MaloteCore

struct ContractPages {
    let visit: Visit

    /// - Parameter rest: of the path, behind `/contracts`.
    func response(_ rest: [String]) async throws(Problem) -> HTTPResponse {
        switch (rest.count, rest.last) {
        case (0, _): return try await ContractListPage(visit).response()
        case (1, "new"): return try await ContractFormPage(visit, name: nil).response()
        case (1, _): return try await ContractPage(visit).response(try await contract(rest[0]))
        case (2, "edit"): return try await ContractFormPage(visit, name: rest[0]).response()
        case (2, "delete"): return try await delete(try await contract(rest[0]))
        case (2, "pause"): return try await turn(try await contract(rest[0]), to: .paused)
        case (2, "resume"): return try await turn(try await contract(rest[0]), to: .active)
        default: throw AdminRouter.notFound(visit.request)
        }
    }

    private func contract(_ name: String) async throws(Problem) -> Contract {
        guard let found = await visit.control.registry().contracts.first(where: { $0.name.text == name }) else {
            throw AdminRouter.notFound(visit.request)
        }
        return found
    }

    private func delete(_ contract: Contract) async throws(Problem) -> HTTPResponse {
        let links = await visit.control.registry().links(toContract: contract.name)
        let name = contract.name.text
        return try await DeletePage(
            visit: visit, section: .contracts, area: .contracts, title: name, key: name,
            path: "/contracts/\(name.inAddress)", links: links.map { $0.html(visit) }
        ).response()
    }

    private func turn(_ contract: Contract, to status: Contract.Status) async throws(Problem) -> HTTPResponse {
        let (name, words) = (contract.name.text, visit.words(ContractWords.self))
        let path = "/contracts/\(name.inAddress)"
        guard visit.isPost else { return .redirect(to: path) }
        try visit.requireAdmin()
        var fields = ObjectFields()
        fields.set("status", status.rawValue)
        let edit = RegistryEdit.edit(.contracts, name: name, fields: fields.document(isNew: false))
        _ = try await visit.control.apply(edit, dryRun: false)
        let notice = status == .paused ? words.pausedNotice : words.resumedNotice
        return visit.redirect(to: path, notice: notice.filled(["name": name]))
    }
}
