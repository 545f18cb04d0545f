// What a session logs in with, and which mechanism that takes; knows no protocol.

import MaloteCore
import MaloteWire

struct Credentials: Sendable {
    let account: SASLAccount
    let pinned: SASLMechanism?
    private let isEncrypted: Bool

    init(_ mailbox: Mailbox, _ login: Mailbox.Login, secret: Secret) {
        account = SASLAccount(user: login.user, secret: secret, host: mailbox.server, port: mailbox.port)
        pinned = login.sasl
        isEncrypted = mailbox.security != .none
    }

    var user: String { account.user }
    var secret: Secret { account.secret }

    func choose(from offered: [String]) -> SASLMechanism? {
        SASLMechanism.choose(from: offered, pinned: pinned, isEncrypted: isEncrypted)
    }

    /// The server offers nothing that this login may use.
    func unsupported(_ offered: [String]) -> Failure {
        let list = offered.isEmpty ? "none" : offered.sorted().joined(separator: ", ")
        var remedies: [String] = []
        if !isEncrypted { remedies.append("Use an encrypted connection: servers offer more there.") }
        let known = SASLMechanism.allCases.filter { offered.contains($0.name) }.map(\.rawValue)
        if !known.isEmpty { remedies.append("Set sasl to what the server offers: \(known.joined(separator: ", ")).") }
        if offered.isEmpty { remedies.append("Ask the server's administrator which login it takes, if any.") }
        let wanted = pinned.map { "does not offer \($0.name), to which this mailbox is pinned" }
        return Failure(
            .operatorNeeded, .authUnsupported,
            "The server \(wanted ?? "takes no login that we may use unasked") (it offers \(list)).",
            remedy: remedies.isEmpty
                ? "Ask the server's administrator to allow PLAIN over TLS." : remedies.joined(separator: " "))
    }
}

extension WireError {
    /// A user or password that cannot be sent at all.
    var loginArgument: Failure {
        Failure(.operatorNeeded, .credential, sentence, remedy: "Register user and password of this mailbox anew.")
    }
}
