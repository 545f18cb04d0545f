// Reads the `oauth2` of a mailbox's login; knows what each provider and flow needs, and nobody's addresses.

import MaloteCore

struct OAuthDecoder {
    private static let known = [
        "provider", "flow", "tenant", "client_id", "client_secret", "client_secret_expires", "refresh_token", "scope",
        "token_url",
        "device_url", "key", "subject", "ca",
    ]

    /// A field, who must give it, who may, and what to do about it.
    private struct Rule {
        var field: String
        var remedy: String
        var isRequired: (OAuthGrant) -> Bool
        var isAllowed: (OAuthGrant) -> Bool

        init(
            _ field: String, _ remedy: String, required: @escaping (OAuthGrant) -> Bool = { _ in false },
            allowed: @escaping (OAuthGrant) -> Bool
        ) {
            self.field = field
            self.remedy = remedy
            isRequired = required
            isAllowed = { required($0) || allowed($0) }
        }
    }

    private static var rules: [Rule] {
        [
            Rule(
                "tenant", "Write the directory's id or domain; consumers for outlook.com.",
                required: { $0.provider == .microsoft }, allowed: { _ in false }),
            Rule(
                "client_id", "Write the id of the application as the provider registered it.",
                required: { $0.flow != .serviceAccount }, allowed: { _ in false }),
            Rule(
                "client_secret", "Write {file: /path}, {credential: NAME} or the secret itself.",
                required: { $0.flow == .clientCredentials }, allowed: { $0.flow.needsRefreshToken }),
            Rule(
                "client_secret_expires", "Remove it.",
                allowed: { $0.flow == .clientCredentials || $0.flow.needsRefreshToken }),
            Rule(
                "refresh_token", "Write {file: /path} or {credential: NAME}.",
                allowed: { $0.flow == .refreshToken }),
            Rule(
                "token_url", "Write where the provider gives tokens: https://...",
                required: { $0.provider == .custom }, allowed: { _ in true }),
            Rule(
                "device_url", "Write where the provider lets devices ask for consent: https://...",
                required: { $0.provider == .custom && $0.flow == .deviceCode },
                allowed: { $0.flow.needsRefreshToken && $0.provider != .google }),
            Rule(
                "key", "Write {file: /path} or {credential: NAME} of the service account's JSON key.",
                required: { $0.flow == .serviceAccount }, allowed: { _ in false }),
            Rule("subject", "Remove it.", allowed: { $0.flow == .serviceAccount }),
        ]
    }

    private let fields: FieldReader

    /// - Returns: `nil`, with errors recorded, when something is wrong.
    static func decode(_ fields: FieldReader) -> OAuthGrant? {
        let before = fields.errors.errors.count
        fields.finish(known: known)
        let grant = OAuthDecoder(fields: fields).decode()
        return fields.errors.errors.count == before ? grant : nil
    }

    private func decode() -> OAuthGrant? {
        let provider = required("provider", OAuthGrant.Provider.allCases.map { ($0.rawValue, $0) })
        let flow = required("flow", OAuthGrant.Flow.allCases.map { ($0.rawValue, $0) })
        guard let provider, let flow else { return nil }
        let grant = OAuthGrant(
            provider: provider, flow: flow, tenant: tenant(), clientID: word("client_id"),
            clientSecret: secret("client_secret"), clientSecretExpires: day("client_secret_expires"),
            refreshToken: secret("refresh_token"), scope: fields.line("scope"),
            tokenURL: url("token_url"), deviceURL: url("device_url"), key: secret("key"),
            subject: fields.line("subject"), caFile: authorities())
        checkFlow(grant)
        for rule in Self.rules { check(rule, grant) }
        return grant
    }

    // MARK: - Rules

    private func required<Value>(_ key: String, _ values: [(String, Value)]) -> Value? {
        if fields.node(key) == nil {
            fields.fail(key, "is missing.", "Use one of: \(values.map(\.0).joined(separator: ", ")).")
        }
        return fields.choice(key, values)
    }

    private func checkFlow(_ grant: OAuthGrant) {
        switch (grant.provider, grant.flow) {
        case (.google, .clientCredentials):
            fields.fail(
                "flow", "does not exist at Google.", "Use service-account, or refresh-token for a single account.")
        case (.google, .deviceCode):
            fields.fail(
                "flow", "does not reach mail: Google lets no device ask for it.",
                "Use service-account, or refresh-token for a single account.")
        case (.microsoft, .serviceAccount):
            fields.fail("flow", "does not exist at Microsoft.", "Use client-credentials.")
        default: break
        }
    }

    private func check(_ rule: Rule, _ grant: OAuthGrant) {
        let isGiven = fields.node(rule.field) != nil
        let place = "provider \(grant.provider.rawValue) with flow \(grant.flow.rawValue)"
        if !isGiven, rule.isRequired(grant) {
            fields.fail(rule.field, "is missing for \(place).", rule.remedy)
        } else if isGiven, !rule.isAllowed(grant) {
            fields.fail(rule.field, "does not go with \(place).", "Remove it.")
        }
    }

    // MARK: - Fields

    /// It becomes part of an address.
    private func tenant() -> String? {
        guard let text = fields.requiredIfGiven("tenant") else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
        }
        if !isName || text.hasPrefix(".") || text.utf8.count > 253 {
            fields.fail("tenant", "\"\(text)\" is not a directory.", "Write its id or domain.")
        }
        return text
    }

    private func word(_ key: String) -> String? { fields.requiredIfGiven(key) }

    private func secret(_ key: String) -> SecretSource? { SecretDecoder.decode(fields, key)?.source }

    private func day(_ key: String) -> CivilDate? {
        guard let text = fields.text(key) else { return nil }
        if let day = CivilDate(text) { return day }
        fields.fail(key, "\"\(text)\" is not a day.", "Write it as 2026-12-31.")
        return nil
    }

    private func url(_ key: String) -> String? {
        guard let text = fields.line(key) else { return nil }
        if !OAuthGrant.mayReceiveSecrets(text) {
            fields.fail(
                key, "\"\(text)\" is not an address that secrets may go to.",
                "Write https://HOST/PATH; http:// is for this machine's own loopback addresses alone.")
        }
        return text
    }

    private func authorities() -> String? {
        guard let text = fields.line("ca") else { return nil }
        if !text.hasPrefix("/") { fields.fail("ca", "\"\(text)\" is not an absolute path.", "Write it as /...") }
        return text
    }
}

extension FieldReader {
    /// A line that must not be empty where it stands.
    fileprivate func requiredIfGiven(_ key: String) -> String? {
        node(key) == nil ? nil : requiredLine(key, "Give it a value, or remove it.")
    }
}
