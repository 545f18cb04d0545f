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
            address: config.http?.url ?? HostName.fullyQualified)
    }

    /// - Returns: `nil` where the state is a file.
    static func settings(_ config: DaemonConfig, _ secrets: any SecretReader) async throws(Failure) -> PostgresSettings?
    {
        guard let database = config.database else { return nil }
        var password: Secret?
        if let source = database.password { password = try await secrets.reveal(source) }
        return try PostgresSettings(
            url: database.url, password: password, caFile: database.caFile ?? config.caFile,
            schema: database.schema ?? PostgresSettings.usualSchema)
    }
}
