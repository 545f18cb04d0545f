// Authentication dialogues as pure state: who says what next; knows neither IMAP, POP3 nor SMTP framing.

import MaloteCore

/// One mechanism's side of a SASL dialogue (RFC 4422). The protocols carry its octets in base64.
package struct SASLExchange: Sendable {
    /// In order of preference.
    package enum Mechanism: String, Sendable, CaseIterable {
        /// RFC 4616.
        case plain = "PLAIN"
        /// draft-murchison-sasl-login: obsolete, and the only one that some servers offer.
        case login = "LOGIN"
    }

    package let mechanism: Mechanism
    private let user: String
    private let password: Secret
    private var step = 0

    /// - Throws: `WireError.argument` if the user or password holds a NUL, which no mechanism can carry.
    package init(_ mechanism: Mechanism, user: String, password: Secret) throws(WireError) {
        guard !user.utf8.contains(0), password.reveal({ !$0.contains(0) }) else {
            throw .argument("The user name and password must not hold a NUL character.")
        }
        self.mechanism = mechanism
        self.user = user
        self.password = password
    }

    /// Picks the best mechanism that the server offers; `nil` if there is none we know.
    package static func best(of offered: some Sequence<String>) -> Mechanism? {
        let names = Set(offered.map { $0.uppercased() })
        return Mechanism.allCases.first { names.contains($0.rawValue) }
    }

    /// What may be said with the command itself (RFC 4959, RFC 4954); `nil` when the server speaks first.
    package var initialResponse: [UInt8]? { mechanism == .plain ? plainMessage : nil }

    /// The answer to a challenge.
    /// - Parameter sentInitial: whether the initial response went with the command.
    /// - Throws: `WireError.unexpected` when the dialogue is over.
    package mutating func respond(to challenge: [UInt8], sentInitial: Bool) throws(WireError) -> [UInt8] {
        defer { step += 1 }
        switch (mechanism, step) {
        case (.plain, 0) where !sentInitial: return plainMessage
        // The prompts are free text and not to be relied on: the order is fixed.
        case (.login, 0): return Array(user.utf8)
        case (.login, 1): return password.reveal { $0 }
        default: throw .unexpected("The server went on asking after the login dialogue was over.")
        }
    }

    private var plainMessage: [UInt8] { [0] + Array(user.utf8) + [0] + password.reveal { $0 } }
}
