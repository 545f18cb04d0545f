// The stored form of an OAuth grant: plain words and sealed secrets; knows nothing of their meaning.

import MaloteCore

struct OAuthRecord: Codable {
    var provider, flow: String
    var tenant, clientID, scope, tokenURL, deviceURL, subject, ca: String?
    var clientSecretExpires: String?
    /// By the registry's names of the fields.
    var secrets: [String: SecretRecord]

    init(_ grant: OAuthGrant, owner: String, vault: Vault) throws {
        provider = grant.provider.rawValue
        flow = grant.flow.rawValue
        tenant = grant.tenant
        clientID = grant.clientID
        scope = grant.scope
        tokenURL = grant.tokenURL
        deviceURL = grant.deviceURL
        subject = grant.subject
        ca = grant.caFile
        clientSecretExpires = grant.clientSecretExpires?.description
        secrets = [:]
        for (name, path) in OAuthGrant.secretFields {
            secrets[name] = try grant[keyPath: path].map {
                try SecretRecord($0, label: Self.label(owner, name), vault: vault)
            }
        }
    }

    func grant(owner: String, vault: Vault) throws -> OAuthGrant {
        guard let provider = OAuthGrant.Provider(rawValue: provider), let flow = OAuthGrant.Flow(rawValue: flow) else {
            throw Failure(
                .operatorNeeded, .storage, "The stored oauth2 of \(owner) cannot be read.",
                remedy: "Restore the database from a backup.")
        }
        var grant = OAuthGrant(
            provider: provider, flow: flow, tenant: tenant, clientID: clientID, scope: scope, tokenURL: tokenURL,
            deviceURL: deviceURL, subject: subject, caFile: ca)
        grant.clientSecretExpires = clientSecretExpires.flatMap { CivilDate($0) }
        for (name, path) in OAuthGrant.secretFields {
            grant[keyPath: path] = try secrets[name]?.source(label: Self.label(owner, name), vault: vault)
        }
        return grant
    }

    /// A sealed secret opens in no other field either.
    static func label(_ owner: String, _ field: String) -> String { "\(owner) (\(field))" }
}
