// The mail room as one caller may see and change it: rights are decided here and nowhere else; knows no route and no page.

import MaloteCore

/// Passes on what its caller may ask for, narrowed to the caller's contract, and has every change told in the audit log.
///
/// Each method of the port stands here with its guard: a new one does not compile without.
package struct GuardedControl: Control {
    let inner: any Control
    let caller: Caller

    package init(_ inner: any Control, for caller: Caller) {
        self.inner = inner
        self.caller = caller
    }

    // MARK: - What may be seen

    /// The contract to ask for: the caller's only one in place of none.
    /// - Throws: 404 for another contract: whether there is one is not for this caller.
    func narrowed(_ contract: String?) throws(Problem) -> String? {
        guard let own = caller.contract?.text else { return contract }
        guard let contract, contract != own else { return own }
        throw Problem(status: 404, title: "Not found", detail: "There is no contract \"\(contract.onOneLine)\".")
    }

    func mind(_ contract: String) throws(Problem) { _ = try narrowed(contract) }

    /// The registry as far as it is the caller's.
    func visible() async -> Registry {
        let whole = await inner.registry()
        guard let own = caller.contract else { return whole }
        return whole.contract(own).map { whole.part(of: $0) } ?? Registry()
    }

    /// What is looked at does not belong to one contract alone.
    func seeAll() throws(Problem) {
        guard caller.contract == nil else {
            throw Problem(
                status: 403, title: "Not allowed",
                detail: "\(caller.name) may only see contract \(caller.contract?.text ?? "").")
        }
    }

    // MARK: - What may be done

    func beAdmin() throws(Problem) {
        guard caller.isAdmin else {
            throw Problem(
                status: 403, title: "Not allowed", detail: "\(caller.name) is no admin. Use an admin's token for this.")
        }
    }

    private func beMoreThanReader() throws(Problem) {
        guard caller.mayChange else {
            throw Problem(
                status: 403, title: "Read-only",
                detail: "\(caller.name) may read, and change nothing. Use another token for this.")
        }
    }

    /// Carries out a change that everybody may make who is no reader.
    /// - Parameters:
    ///   - subject: what it is about, for the audit log.
    ///   - contract: of the change, if that is known already.
    func change<T: Sendable>(
        _ action: String, _ subject: String = "", contract: String? = nil,
        _ body: () async throws(Problem) -> T
    ) async throws(Problem) -> T {
        try beMoreThanReader()
        let deed = Deed(caller, action, subject: subject, contract: contract ?? caller.contract?.text)
        let result = await Deed.$current.withValue(deed) { () async -> Result<T, Problem> in
            do throws(Problem) { return .success(try await body()) } catch { return .failure(error) }
        }
        switch result {
        case .success: await inner.record(deed, refusal: nil)
        case .failure(let problem): await inner.record(deed, refusal: problem)
        }
        return try result.get()
    }

    /// Carries out a change that only an admin may make.
    func administer<T: Sendable>(
        _ action: String, _ subject: String = "", contract: String? = nil,
        _ body: () async throws(Problem) -> T
    ) async throws(Problem) -> T {
        try beAdmin()
        return try await change(action, subject, contract: contract, body)
    }
}
