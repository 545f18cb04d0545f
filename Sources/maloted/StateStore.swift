// Which store the configuration asks for; knows no table.

import MaloteCore
import MaloteRuntime
import MaloteStore

enum StateStore {
    /// - Throws: what the store's own opening throws.
    static func open(
        _ config: DaemonConfig, folder: StateFolder, vault: Vault, secrets: any SecretReader
    ) async throws -> any DurableStore {
        guard let settings = try await settings(config, secrets) else {
            return try SQLiteStore(folder: folder, vault: vault)
        }
        return try PostgresStore(settings, vault: vault)
    }

    static func introduction(_ config: DaemonConfig, _ folder: StateFolder) -> NodeIntroduction {
        NodeIntroduction(
            name: config.node ?? HostName.short, home: "\(HostName.machine) \(folder.path)",
            version: MaloteVersion.text, schema: SchemaVersion.present,
            address: address(config))
    }

    /// Where people find the node: its pages and API, or just its machine. Which port 0 becomes is not known yet.
    private static func address(_ config: DaemonConfig) -> String {
        if let http = config.http, http.port != 0 || !http.url.hasSuffix(":0") { return http.url }
        let name = HostName.fullyQualified
        return name.hasPrefix("[") ? HostName.short : name
    }

    /// What the store alone knows of `database`: whether its address can be used, and would be safe.
    /// - Throws: `Failure(.operatorNeeded, .registry)`.
    static func verify(_ config: DaemonConfig) throws(Failure) {
        if let database = config.database { _ = try PostgresSettings(url: database.url) }
    }

    /// - Returns: `nil` where the state is a file.
    static func settings(_ config: DaemonConfig, _ secrets: any SecretReader) async throws(Failure) -> PostgresSettings?
    {
        guard let database = config.database else { return nil }
        return try PostgresSettings(
            url: database.url, password: try await password(database, secrets),
            caFile: database.caFile ?? config.caFile, schema: database.schema ?? PostgresSettings.usualSchema)
    }

    private static func password(
        _ database: DaemonConfig.Database, _ secrets: any SecretReader
    ) async throws(Failure) -> Secret? {
        guard let source = database.password else { return nil }
        do throws(Failure) { return try await secrets.reveal(source) } catch {
            throw Failure(
                error.kind, error.cause, "database.password in malote.yaml: \(error.detail)", remedy: error.remedy)
        }
    }
}
