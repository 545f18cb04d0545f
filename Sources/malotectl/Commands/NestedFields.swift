// The fields of a mailbox's oauth2 and of a contract's events as command line options.

import Foundation

enum OAuthFields {
    private static let prefix = "oauth2-"

    static let all: [ObjectField] =
        [
            .text("oauth2-provider", "microsoft|google|custom", "log in by access tokens of this provider"),
            .text(
                "oauth2-flow", "FLOW",
                "how they are had: client-credentials, refresh-token, service-account, device-code"),
            .text("oauth2-tenant", "DIRECTORY", "Microsoft: the directory's id or domain"),
            .text("oauth2-client-id", "ID", "the application, as the provider registered it"),
        ] + secret("client-secret", "the application's secret") + secret("refresh-token", "the first refresh token") + [
            .text("oauth2-client-secret-expires", "YYYY-MM-DD", "the secret's last day, for alerts"),
            .text("oauth2-scope", "SCOPE", "what tokens are for; the provider's mail scope by default"),
            .text("oauth2-token-url", "URL", "where tokens are had; the provider's own by default"),
            .text("oauth2-device-url", "URL", "where devices ask for consent; the provider's own by default"),
        ] + secret("key", "the service account's JSON key") + [
            .text("oauth2-subject", "ADDRESS", "whom the service account speaks for; the user by default"),
            .text("oauth2-ca", "FILE", "PEM file of authorities to trust for the token server"),
        ]

    private static func secret(_ name: String, _ what: String) -> [ObjectField] {
        NestedFields.secret(prefix + name, what)
    }

    @Sendable static func nested(_ fields: [String: Any]) -> [String: Any] {
        NestedFields.nested(fields, prefix, in: "oauth2")
    }
}

enum EventFields {
    private static let prefix = "events-"

    static let all: [ObjectField] =
        [.text("events-url", "URL", "where its events are delivered; \"\" for nowhere")]
        + NestedFields.secret("events-secret", "what requests there are signed with")
        + NestedFields.secret("events-former-secret", "the secret before it, while receivers change over")
        + [
            .text("events-mode", "structured|binary", "how an event stands in a request (structured)"),
            .text("events-ca", "FILE", "PEM file of authorities to trust for the receiver"),
        ]

    @Sendable static func nested(_ fields: [String: Any]) -> [String: Any] {
        var contract = NestedFields.nested(fields, prefix, in: "events")
        // Without an address there is nothing to say of it.
        if (contract["events"] as? [String: Any])?["url"] is NSNull { contract["events"] = NSNull() }
        return contract
    }
}

enum RetentionFields {
    static let all: [ObjectField] = [
        .text("retention-sources", "DAYS", "how long raw sources with their attachments are kept; \"\" for ever"),
        .text("retention-events", "DAYS", "how long delivered events are kept; \"\" for ever"),
    ]

    @Sendable static func nested(_ fields: [String: Any]) -> [String: Any] {
        NestedFields.nested(fields, "retention-", in: "retention")
    }
}

/// Options whose values stand in a mapping of their own.
enum NestedFields {
    static func secret(_ key: String, _ what: String) -> [ObjectField] {
        [
            ObjectField(
                key: key, option: .init(name: "--\(key)-file", value: "FILE", help: "\(what), read from this file")
            ) { given in given.first.map { $0.isEmpty ? NSNull() as Any : ["file": $0] } },
            ObjectField(
                key: key,
                option: .init(name: "--\(key)-credential", value: "NAME", help: "\(what), a systemd credential")
            ) { given in given.first.map { $0.isEmpty ? NSNull() as Any : ["credential": $0] } },
            ObjectField(
                key: key,
                option: .init(name: "--\(key)-stdin", help: "\(what), from standard input, stored sealed")
            ) { _ in try Session.secretLine("--\(key)-stdin") },
        ]
    }

    /// The options' values as the document writes them.
    static func nested(_ fields: [String: Any], _ prefix: String, in name: String) -> [String: Any] {
        var (object, inner) = ([String: Any](), [String: Any]())
        for (key, value) in fields {
            guard key.hasPrefix(prefix) else {
                object[key] = value
                continue
            }
            inner[key.dropFirst(prefix.count).replacingOccurrences(of: "-", with: "_")] = value
        }
        if !inner.isEmpty { object[name] = inner }
        return object
    }
}
