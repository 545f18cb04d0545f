// Gathers what an examination looks at: status, machine, names, secrets; judges nothing.

import MaloteCore

extension MailRoom {
    /// Lookups and files that are asked at one time.
    private static let atOnce = 8

    package func examine() async throws(Problem) -> Diagnosis {
        let (status, registry) = (try await status(), parts.board.current)
        let used = registry.mailboxes.filter { registry.isUsed($0) }
        let endpoints = registry.contracts.compactMap { contract in contract.events.map { (contract, $0) } }
        let hosts = Set(used.map { $0.server.lowercased() } + endpoints.compactMap { WebAddress($0.1.url)?.host })
        var secrets = used.flatMap { mailbox in mailbox.secretSources.map { ("Mailbox \(mailbox.name)", $0) } }
        secrets += endpoints.flatMap { contract, endpoint in
            endpoint.secrets.map { ("Endpoint of \(contract.name)", $0) }
        }
        let examination = Examination(
            status: status, registry: registry, host: parts.host.facts(), machine: parts.host.machine(),
            certificates: parts.certificates.ends, limits: parts.gate.limits, database: await database(),
            names: await lookUp(hosts.sorted()),
            secrets: await reveal(secrets))
        return Diagnosis(version: parts.version, now: status.now, findings: examination.findings)
    }

    private func database() async -> [Diagnosis.Finding] {
        let asked = parts.time.now()
        do throws(Failure) {
            guard let facts = try await parts.care.database() else { return [] }
            return DatabaseExamination(facts: facts, asked: asked, answered: parts.time.now()).findings
        } catch { return [Diagnosis.Finding(.database, .ill, error.detail, remedy: error.remedy)] }
    }

    private func lookUp(_ hosts: [String]) async -> [String: Result<[String], Failure>] {
        guard let names = parts.names else { return [:] }
        let found = await Self.each(hosts) { host -> Result<[String], Failure> in
            do throws(Failure) { return .success(try await names.addresses(of: host)) } catch { return .failure(error) }
        }
        return Dictionary(zip(hosts, found), uniquingKeysWith: { first, _ in first })
    }

    private func reveal(
        _ sources: [(owner: String, source: SecretSource)]
    ) async -> [(owner: String, failure: Failure?, openFile: String?)] {
        guard let secrets = parts.secrets else { return [] }
        let host = parts.host
        return await Self.each(sources) { owner, source -> (owner: String, failure: Failure?, openFile: String?) in
            do throws(Failure) { _ = try await secrets.reveal(source) } catch { return (owner, error, nil) }
            guard case .file(let path) = source, host.isOpenToAll(path) == true else { return (owner, nil, nil) }
            return (owner, nil, path)
        }
    }

    /// A few at one time, so that a thousand names do not become a thousand questions at once.
    private static func each<One: Sendable, Two: Sendable>(
        _ items: [One], _ body: @escaping @Sendable (One) async -> Two
    ) async -> [Two] {
        await withTaskGroup(of: (Int, Two).self) { group in
            var found: [(Int, Two)] = []
            for (place, item) in items.enumerated() {
                if place >= atOnce, let one = await group.next() { found.append(one) }
                group.addTask { (place, await body(item)) }
            }
            for await one in group { found.append(one) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension Mailbox {
    /// Everything that its login needs and that may be missing.
    fileprivate var secretSources: [SecretSource] {
        guard let login else { return [] }
        if let password = login.password { return [password] }
        return OAuthGrant.secretFields.compactMap { login.oauth?[keyPath: $0.path] }
    }
}
