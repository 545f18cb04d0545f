// A service desk for tests: contracts with a Dovecot and a Postfix each, and the real daemon; knows no internals.

import Foundation
import MaloteTestKit

/// One contract and its own two servers.
final class Customer: Sendable {
    let name: String
    let dovecot: RealDovecot
    let postfix: RealPostfix
    var user: String { "help@\(name).example" }
    var prefix: String { name.uppercased() }

    /// - Parameter tokenInfo: whom its Dovecot asks about access tokens.
    init(_ name: String, in folder: String, tokenInfo: String? = nil) throws {
        self.name = name
        dovecot = try RealDovecot(
            in: folder + "/\(name)-in", user: "help@\(name).example", password: "canary-\(name)", tokenInfo: tokenInfo)
        postfix = try RealPostfix(in: folder + "/\(name)-out", authSocket: dovecot.authSocket)
    }

    func stopServers() {
        postfix.stop()
        dovecot.stop()
    }

    func startServersAgain() throws {
        try dovecot.startAgain()
        try postfix.startAgain()
    }

    /// Mails numbered `range`, each from a requester of its own.
    func mails(_ range: Range<Int>) -> [String] {
        range.map { number in
            """
            From: Person \(number) <person\(number)@\(name).example>
            To: \(user)
            Subject: Request \(number)
            Message-ID: <request.\(number)@\(name).example>
            Date: Sat, 21 Nov 2026 08:00:00 +0000

            This is request \(number).

            """
        }
    }

    var mailboxes: String {
        """
          - {name: \(name)-in, type: inbox, description: in, server: localhost, port: \(dovecot.ports["imaps"] ?? 0),
             provider: imaps, user: \(user), password: \(dovecot.password), poll: 5s, ca: \(dovecot.caFile)}
          - {name: \(name)-out, type: outbox, description: out, server: localhost, port: \(postfix.ports["submission"] ?? 0),
             tls: starttls, auth: true, user: \(user), password: \(dovecot.password),
             senders: ["\(prefix) Help <\(user)>"], ca: \(postfix.caFile)}

        """
    }

    /// How often each request number was confirmed, by the subject of the mails that arrived.
    func confirmations() -> [Int: Int] { counts(postfix.received(), marker: "Request ") }

    /// How often each request number was opened.
    func opened(_ daemon: RealDaemon) throws -> [Int: Int] {
        let events = try daemon.events(name).filter { $0.contains("\"type\":\"malote.ticket.opened.v1\"") }
        return counts(events, marker: "\"subject\":\"Request ")
    }

    private func counts(_ texts: [String], marker: String) -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for text in texts {
            guard let found = text.range(of: marker) else { continue }
            if let number = Int(text[found.upperBound...].prefix { $0.isNumber }) { counts[number, default: 0] += 1 }
        }
        return counts
    }
}

/// The registry of these customers, each confirming every opening through its own outbox.
/// - Parameters: further lines of the two lists.
func registry(_ customers: [Customer], mailboxes: String = "", contracts: String = "") -> String {
    var text = "mailboxes:\n" + customers.map(\.mailboxes).joined() + mailboxes + "contracts:\n" + contracts
    for customer in customers {
        let name = customer.name
        text +=
            "  - {name: \(name), title: \(name), prefix: \(customer.prefix), inboxes: [\(name)-in], outbox: \(name)-out}\n"
    }
    text += "flows:\n"
    for customer in customers {
        text += "  - {name: \(customer.name)-confirm, contract: \(customer.name), on: ticket.opened, "
        text += "steps: [{email: {outbox: contract, to: [requester], template: opened}}]}\n"
    }
    return text + """
        templates:
          - {name: opened, language: en, subject: "[{{ticket.key}}] {{message.subject}}", text: "Received {{ticket.key}}."}

        """
}
