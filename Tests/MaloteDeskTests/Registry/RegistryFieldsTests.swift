// Every field of a registry document is read, in every spelling, and has its default.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryFieldsTests {
    @Test func aWholeDeskIsRead() throws {
        let document = try RegistryDocument.decode(Sample.desk.node)
        #expect(document.systemOutbox == .some(name("house-out")))
        #expect(document.mailboxes == Sample.registry.mailboxes)
        #expect(document.contracts == Sample.registry.contracts)
        #expect(document.flows == Sample.registry.flows)
        #expect(document.templates == Sample.registry.templates)
        #expect(document.warnings.isEmpty && document.keptSecrets.isEmpty)
    }

    struct MailboxCase: Sendable, CustomTestStringConvertible {
        var base = Sample.inbox
        var fields: Doc
        var expected: Mailbox
        var testDescription: String { String(describing: fields) }

        static func inbox(_ fields: Doc, _ change: (inout Mailbox) -> Void) -> Self {
            Self(fields: fields, expected: edited(Sample.acmeIn, change))
        }

        static func role(_ fields: Doc, _ change: (inout Inbox) -> Void) -> Self {
            inbox(fields) { $0.role = .inbox(edited(Inbox(access: .imap), change)) }
        }

        static func outbox(_ fields: Doc, _ change: (inout Mailbox) -> Void) -> Self {
            Self(base: Sample.outbox, fields: fields, expected: edited(Sample.acmeOut, change))
        }

        static func without(_ fields: Doc, _ without: Set<Outbox.Extension>) -> Self {
            outbox(fields) { mailbox in
                mailbox.role = .outbox(Outbox(senders: mailbox.outbox?.senders ?? [], without: without))
            }
        }

        static func senders(_ fields: Doc, _ senders: [MailAddress]) -> Self {
            outbox(fields) { $0.role = .outbox(Outbox(senders: senders)) }
        }
    }

    static let pin = "sha256//" + String(repeating: "Ab0+/", count: 8) + "xyz="
    static let help = MailAddress(address: "help@acme.example")

    static let inboxCases: [MailboxCase] = [
        .inbox([:]) { _ in },
        .inbox(["description": "Acme requests"]) { $0.description = "Acme requests" },
        .inbox(["server": "2001:db8::1"]) { $0.server = "2001:db8::1" },
        .inbox(["port": 1993]) { $0.port = 1993 },
        .inbox(["port": "1993"]) { $0.port = 1993 },
        .inbox(["user": "acme help"]) { $0.login?.user = "acme help" },
        .inbox(["password": "top secret"]) { $0.login?.password = .literal(Secret("top secret")) },
        .inbox(["password": 123]) { $0.login?.password = .literal(Secret("123")) },
        .inbox(["password": ["credential": "acme"]]) { $0.login?.password = .credential(name: "acme") },
        .inbox(["sasl": "SCRAM-SHA-256"]) { $0.login?.sasl = .scramSHA256 },
        .inbox(["sasl": nil]) { $0.login?.sasl = nil },
        .inbox(["ca": "/etc/acme.pem"]) { $0.trust.caFile = "/etc/acme.pem" },
        .inbox(["pin": .text(pin)]) { $0.trust.pin = pin },
        .inbox(["tls": ["ca": "/etc/acme.pem", "pin": .text(pin)]]) {
            $0.trust = .init(caFile: "/etc/acme.pem", pin: pin)
        },
        .inbox(["provider": "imap", "tls": ["mode": "none"]]) {
            $0.security = .none
            $0.port = 143
        },
        .inbox(["provider": "imap", "tls": "STARTTLS"]) {
            $0.security = .starttls
            $0.port = 143
        },
        .role(["folder": "Inbox"]) { _ in },
        .role(["folder": "Suporte/Nível 1"]) { $0.folder = "Suporte/Nível 1" },
        .role(["poll": 90]) { $0.pollSeconds = 90 },
        .role(["poll": "90s"]) { $0.pollSeconds = 90 },
        .role(["poll": "5m"]) { $0.pollSeconds = 300 },
        .role(["poll": "24h"]) { $0.pollSeconds = 86_400 },
        .role(["idle": "no"]) { $0.idle = false },
        .role(["idle": true, "compress": true]) { $0.compress = true },
        .role(["folder": "\\all"]) { $0.folder = "\\All" },
        .role(["after": "move \\ARCHIVE"]) { $0.after = .move(folder: "\\Archive") },
        .role(["after": "seen"]) { $0.after = .seen },
        .role(["after": "leave"]) { $0.after = .leave },
        .role(["after": "delete"]) { $0.after = .delete },
        .role(["after": "move Done 2026"]) { $0.after = .move(folder: "Done 2026") },
        .role(["after": ["move": "Done"]]) { $0.after = .move(folder: "Done") },
        .role(["start": "unseen"]) { $0.start = .unseen },
        .role(["start": "new"]) { $0.start = .new },
        .role(["start": "all"]) { $0.start = .all },
        .role(["start": "since 1969-02-28"]) { $0.start = .since(CivilDate(daysSinceEpoch: -307)) },
        .inbox(["provider": nil, "port": nil, "folder": nil, "poll": nil, "after": nil, "start": nil]) { _ in },
    ]

    static let outboxCases: [MailboxCase] = [
        .outbox(["port": nil]) { $0.port = 587 },
        .outbox(["port": nil, "tls": "implicit"]) {
            $0.port = 465
            $0.security = .implicit
        },
        .outbox(["port": nil, "tls": "none"]) {
            $0.port = 25
            $0.security = .none
        },
        .outbox(["tls": ["mode": "starttls", "ca": "/etc/acme.pem"]]) { $0.trust.caFile = "/etc/acme.pem" },
        .outbox(["auth": "no", "user": nil, "password": nil]) { $0.login = nil },
        .senders(
            ["senders": ["a@x.example", "\"B, C\" <b@x.example>"]],
            [
                MailAddress(address: "a@x.example"), MailAddress(name: "B, C", address: "b@x.example"),
            ]),
        .without(["without": ["chunking", "DSN"]], [.chunking, .dsn]), .without(["without": nil], []),
        .senders(["senders": nil, "sender": "A <a@x.example>"], [MailAddress(name: "A", address: "a@x.example")]),
        .senders(["senders": nil], [help]),
        .senders(["senders": []], [help]),
    ]

    @Test(arguments: inboxCases + outboxCases)
    func aFieldIsRead(_ item: MailboxCase) throws {
        let document = try RegistryDocument.decode(Doc.mailboxes(item.base.with(item.fields)).node)
        #expect(document.mailboxes == [item.expected])
    }

    static let providers: [(String, Inbox.Access, Mailbox.Security, Int)] = [
        ("imaps", .imap, .implicit, 993), ("imap", .imap, .starttls, 143), ("pops", .pop3, .implicit, 995),
        ("pop3s", .pop3, .implicit, 995), ("pop", .pop3, .starttls, 110), ("pop3", .pop3, .starttls, 110),
    ]

    @Test(arguments: providers, ["lower", "UPPER", "Capital"])
    func aProviderIsReadInAnyCase(_ item: (String, Inbox.Access, Mailbox.Security, Int), spelling: String) throws {
        let word =
            switch spelling {
            case "UPPER": item.0.uppercased()
            case "Capital": item.0.prefix(1).uppercased() + item.0.dropFirst()
            default: item.0
            }
        let document = try RegistryDocument.decode(Doc.mailboxes(Sample.inbox.with(["provider": .text(word)])).node)
        let mailbox = try #require(document.mailboxes.first)
        #expect(mailbox.inbox?.access == item.1)
        #expect(mailbox.security == item.2 && mailbox.port == item.3)
        #expect(document.warnings.isEmpty)
    }

    @Test(arguments: SASLMechanism.allCases)
    func aMechanismIsReadInAnyCase(_ mechanism: SASLMechanism) throws {
        for word in [mechanism.rawValue, mechanism.name] {
            for base in [Sample.inbox, Sample.outbox] {
                let document = try RegistryDocument.decode(Doc.mailboxes(base.with(["sasl": .text(word)])).node)
                #expect(document.mailboxes.first?.login?.sasl == mechanism)
            }
        }
    }

    @Test func aContractHasDefaults() throws {
        let document = try RegistryDocument.decode(Doc.contracts(["name": "9acme-sul"]).node)
        #expect(document.contracts == [Contract(name: name("9acme-sul"), prefix: "ACMESUL")])
    }

    @Test(
        arguments: [("standard", .standard), ("acme-out", .mailbox(name("acme-out")))]
            as [(String, Contract.OutboxChoice)])
    func aContractChoosesItsOutbox(_ text: String, _ expected: Contract.OutboxChoice) throws {
        let document = try RegistryDocument.decode(Doc.contracts(Sample.contract.with(["outbox": .text(text)])).node)
        #expect(document.contracts.first?.outbox == expected)
    }

    static let steps: [(Doc, EmailStep)] = [
        (["to": ["requester"], "template": "t"], EmailStep(to: [.requester], template: name("t"))),
        (["outbox": "system", "to": ["requester"], "template": "t"], EmailStep(to: [.requester], template: name("t"))),
        (
            ["outbox": "other", "to": ["A <a@x.example>"], "template": "t", "sender": "b@x.example"],
            EmailStep(
                outbox: .specific(name("other")), to: [.address(MailAddress(name: "A", address: "a@x.example"))],
                template: name("t"), sender: "b@x.example")
        ),
        (
            ["outbox": ["specific": "system"], "to": [["person": "Ana"], ["group": "all"]], "template": "t"],
            EmailStep(outbox: .specific(name("system")), to: [.person("Ana"), .group("all")], template: name("t"))
        ),
    ]

    @Test(arguments: steps.indices)
    func aStepIsRead(_ index: Int) throws {
        let (doc, expected) = Self.steps[index]
        let document = try RegistryDocument.decode(Doc.flows(Sample.flow.with(["steps": [["email": doc]]])).node)
        #expect(document.flows.first?.steps == [.email(expected)])
    }

    @Test func aTemplateIsReadInEachLanguage() throws {
        let portuguese = Sample.template.with(["language": "pt-BR", "html": "<p>{{ticket.key}}</p>"])
        let document = try RegistryDocument.decode(Doc.templates(Sample.template, portuguese).node)
        #expect(document.templates.map(\.key) == ["opened", "opened pt-BR"])
        #expect(document.templates.map(\.html) == [nil, "<p>{{ticket.key}}</p>"])
    }

    @Test(arguments: ["", "~", "null", "Null", "NULL"])
    func anEmptyDocumentSaysNothing(_ text: String) throws {
        #expect(try RegistryDocument.decode(DocumentNode(.scalar(text, isPlain: true))) == RegistryDocument())
    }

    @Test func aSystemOutboxCanBeTakenAway() throws {
        #expect(try RegistryDocument.decode((["system": ["outbox": nil]] as Doc).node).systemOutbox == .some(nil))
        #expect(try RegistryDocument.decode((["system": [:]] as Doc).node).systemOutbox == nil)
    }
}
