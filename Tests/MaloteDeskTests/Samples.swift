// A small desk, once as a document and once as values, and a keyed digest for tests; knows nothing of the rules.

import MaloteCore
import MaloteTestKit

/// A name that the test wrote itself and that is therefore valid.
func name<Of>(_ text: String) -> Name<Of> {
    guard let name = Name<Of>(text) else { preconditionFailure("a test's own name is not valid: \(text)") }
    return name
}

func edited<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var value = value
    change(&value)
    return value
}

/// One customer, Acme, beside the house's own outbox.
enum Sample {
    static let inbox: Doc = [
        "name": "acme-in", "type": "inbox", "server": "mail.acme.example", "user": "help@acme.example",
        "password": ["file": "/run/secrets/acme"],
    ]
    static let outbox: Doc = [
        "name": "acme-out", "type": "outbox", "server": "smtp.acme.example", "port": 587, "tls": "starttls",
        "auth": true, "user": "help@acme.example", "password": ["file": "/run/secrets/acme"],
        "senders": ["Acme Help <help@acme.example>"],
    ]
    static let house: Doc = [
        "name": "house-out", "type": "outbox", "server": "smtp.house.example", "tls": "implicit", "auth": false,
        "senders": ["desk@house.example"],
    ]
    static let contract: Doc = [
        "name": "acme", "title": "Acme Ltda", "prefix": "ACME", "inboxes": ["acme-in"], "outbox": "acme-out",
        "people": [["name": "Ana", "email": "ana@acme.example"]],
        "groups": [["name": "approvers", "members": ["ana@acme.example", "Bia <bia@acme.example>"]]],
        "events": ["url": "https://desk.example/hooks/acme", "secret": ["file": "/run/secrets/acme-hook"]],
    ]
    static let step: Doc = ["outbox": "contract", "to": ["requester"], "template": "opened"]
    static let flow: Doc = [
        "name": "confirm", "contract": "acme", "on": "ticket.opened", "steps": [["email": step]],
    ]
    static let template: Doc = [
        "name": "opened", "language": "en", "subject": "[{{ticket.key}}] {{message.subject}}",
        "text": "We received your request {{ticket.key}}.",
    ]
    static let desk: Doc = [
        "system": ["outbox": "house-out"], "mailboxes": [inbox, outbox, house], "contracts": [contract],
        "flows": [flow], "templates": [template],
    ]

    // MARK: - The same as values

    static let acmeIn = Mailbox(
        name: name("acme-in"), server: "mail.acme.example", port: 993, security: .implicit,
        login: .init(user: "help@acme.example", password: .file(path: "/run/secrets/acme")),
        role: .inbox(Inbox(access: .imap)))
    static let acmeOut = Mailbox(
        name: name("acme-out"), server: "smtp.acme.example", port: 587, security: .starttls,
        login: .init(user: "help@acme.example", password: .file(path: "/run/secrets/acme")),
        role: .outbox(Outbox(senders: [MailAddress(name: "Acme Help", address: "help@acme.example")])))
    static let houseOut = Mailbox(
        name: name("house-out"), server: "smtp.house.example", port: 465, security: .implicit, login: nil,
        role: .outbox(Outbox(senders: [MailAddress(address: "desk@house.example")])))
    static let acme = Contract(
        name: name("acme"), title: "Acme Ltda", prefix: "ACME", inboxes: [name("acme-in")],
        outbox: .mailbox(name("acme-out")), people: [.init(name: "Ana", email: address("ana@acme.example"))],
        groups: [
            .init(
                name: "approvers",
                members: [.init(address("ana@acme.example")), .init(address("bia@acme.example", "Bia"))])
        ],
        events: .init(url: "https://desk.example/hooks/acme", secret: .file(path: "/run/secrets/acme-hook")))
    static let confirm = Flow(
        name: name("confirm"), contract: name("acme"), trigger: "ticket.opened",
        steps: [.email(EmailStep(outbox: .contract, to: [.requester], template: name("opened")))])
    static let opened = Template(
        name: name("opened"), language: "en", subject: "[{{ticket.key}}] {{message.subject}}",
        text: "We received your request {{ticket.key}}.")
    static let registry = Registry(
        systemOutbox: name("house-out"), mailboxes: [acmeIn, acmeOut, houseOut], contracts: [acme], flows: [confirm],
        templates: [opened])

    static func address(_ address: String, _ name: String? = nil) -> MailAddress {
        MailAddress(name: name, address: address)
    }

    static let ticket = Ticket(
        id: TicketID(rawValue: 9), contract: ContractID(rawValue: 1), number: 42, key: "ACME-42",
        requester: address("ana@acme.example", "Ana"), subject: "Printer")
    static let now = Timestamp(seconds: 1_790_000_000)
    static let signer = SignedIDs.contract(1)
}

extension Registry {
    /// As the store would give it back: every object has its number.
    var numbered: Registry {
        edited(self) { registry in
            for index in registry.mailboxes.indices {
                registry.mailboxes[index].id = MailboxID(rawValue: Int64(index + 1))
            }
            for index in registry.contracts.indices {
                registry.contracts[index].id = ContractID(rawValue: Int64(index + 1))
            }
        }
    }
}

/// Keyed and well mixed, but no more than that: the rules under test only need different keys to differ.
struct TestHashing: Hashing {
    func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
        guard let digest = Digest(mix(Array(bytes))) else { preconditionFailure("32 octets make a digest") }
        return digest
    }

    func sha256() -> any RunningDigest { GatheringDigest(self) }

    func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] { mix(key + [0xFF] + bytes) }
    func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

    /// Four lanes of FNV-1a with different starts.
    private func mix(_ bytes: [UInt8]) -> [UInt8] {
        (1...4).flatMap { lane -> [UInt8] in
            let start = UInt64(0xCBF2_9CE4_8422_2325) &+ UInt64(lane) &* 0x9E37_79B9_7F4A_7C15
            let hash = bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            return (0..<8).map { UInt8(truncatingIfNeeded: hash >> ($0 * 8)) }
        }
    }
}
