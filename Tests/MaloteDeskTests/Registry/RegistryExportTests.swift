// What is exported reads back as the same registry, whatever its texts, and never shows a secret.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryExportTests {
    /// Texts that YAML, Mustache or a careless reader could take for something else.
    static let odd = [
        "", " ", "~", "null", "NULL", "true", "No", "on", "y", "=", "<<", "-", "- a", "? a", ": a", "a: b", "a #b",
        "#a", "{a}", "[a]", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`", "'a'", "\"a\"", "\\", "\\n", "a\\", "0x1F",
        "1e3", "1_000", "12:30", "2026-01-01", ".5", "+1", "a, b", "não", "\u{1F468}\u{200D}\u{1F469}", "e\u{301}",
        "\u{A0}a", "a\u{85}b", "\u{FEFF}a", "\u{FFFE}", "\u{10FFFF}", "trailing ", "/path with space", "a@b", "---",
    ]

    static func oddRegistry(_ odd: String) -> Registry {
        let line = odd.hasControlCharacter ? "x" : odd
        let named = line.trimmed.isEmpty ? "x" : line
        return edited(Sample.registry) { registry in
            registry.mailboxes[0].description = line
            registry.mailboxes[0].login?.user = named
            registry.mailboxes[0].role = .inbox(
                Inbox(
                    access: .imap, folder: "a/\(line)/b", after: .move(folder: named.trimmed), start: .all, idle: false,
                    compress: true))
            registry.mailboxes[1].role = .outbox(
                Outbox(
                    senders: [MailAddress(operatorText: "\(line) <a@x.example>") ?? Sample.address("a@x.example")],
                    without: odd.isEmpty ? [] : [.chunking, .smtpUTF8]))
            registry.contracts[0].title = line
            registry.contracts[0].people = [
                .init(name: named, email: Sample.address("a@x.example", "\(named.trimmed)!"))
            ]
            registry.contracts[0].groups = [.init(name: named, members: [])]
            registry.flows[0].steps = [
                .email(EmailStep(outbox: .system, to: [.person(named), .group(named)], template: name("opened"))),
                .email(
                    EmailStep(
                        to: [.cc], content: .own(subject: "x\(odd)", text: "y\(odd)", html: odd), language: "pt-BR",
                        attachments: true, delaySeconds: 7200,
                        when: [StepCondition("data.\(named)", [.init(.is, odd), .init(.matches, odd)])],
                        unless: [StepCondition("ticket.state", [.init(.is, "closed")])])),
            ]
            registry.contracts[0].opening = .init(
                requester: Sample.address("r@x.example", "R"), fields: odd.hasControlCharacter ? [:] : ["a": odd])
            registry.templates[0].subject = "x\(odd)"
            registry.templates[0].text = "\(odd)\n\t\(odd)\r\n"
            registry.templates[0].html = odd
        }
    }

    static let samples: [Registry] =
        [
            Registry(), Sample.registry, Registry(mailboxes: [Sample.houseOut]),
            edited(Sample.registry) { registry in
                registry.systemOutbox = nil
                registry.mailboxes[0].security = .none
                registry.mailboxes[0].trust = .init(caFile: "/etc/a b.pem", pin: RegistryFieldsTests.pin)
                registry.mailboxes[0].login?.password = .credential(name: "acme in")
                registry.mailboxes[0].login?.sasl = .cramMD5
                registry.mailboxes[1].login?.sasl = .oauthBearer
                registry.mailboxes[0].role = .inbox(
                    Inbox(
                        access: .pop3, pollSeconds: 86_400, after: .delete,
                        start: .since(CivilDate(daysSinceEpoch: 20_000))))
                registry.contracts[0].outbox = .standard
                registry.contracts[0].language = "pt-BR"
                registry.contracts[0].events = nil
                registry.flows[0].steps.append(
                    .email(
                        EmailStep(
                            outbox: .specific(name("house-out")), to: [.address(Sample.address("a@x.example", "A"))],
                            template: name("opened"), sender: "desk@house.example")))
                registry.templates.append(edited(Sample.opened) { $0.language = "pt-BR" })
            },
        ] + odd.map(oddRegistry)

    @Test(arguments: samples.indices)
    func anExportReadsBackAsTheSame(_ index: Int) throws {
        let registry = Self.samples[index]
        let plan = try RegistryPlanner.plan(.document(RegistryExport.document(registry), prune: true), on: Registry())
        #expect(plan.result == registry)
        let again = try RegistryPlanner.plan(
            .document(RegistryExport.document(registry), prune: true), on: registry.numbered)
        #expect(again.changes.isEmpty)
    }

    @Test func secretsStayInTheHouse() throws {
        let registry = edited(Sample.registry.numbered) {
            $0.mailboxes[0].login?.password = .literal(Secret("hunter2"))
            $0.contracts[0].events?.secret = .literal(Secret("hunter2"))
        }
        let yaml = RegistryExport.yaml(registry)
        #expect(!yaml.contains("hunter2"))
        #expect(yaml.contains("    password: {keep: true}\n"))
        #expect(yaml.contains("secret: {keep: true}}\n"))
        let plan = try RegistryPlanner.plan(.document(RegistryExport.document(registry), prune: true), on: registry)
        #expect(plan.changes.isEmpty && plan.result == registry)
    }

    @Test func theExportLooksLikeARegistryFile() {
        let registry = edited(Sample.registry) { $0.mailboxes = [Sample.acmeIn, Sample.houseOut] }
        #expect(
            RegistryExport.yaml(registry) == """
                system: {outbox: house-out}
                mailboxes:
                  - name: acme-in
                    type: inbox
                    server: mail.acme.example
                    port: 993
                    provider: imaps
                    folder: INBOX
                    poll: "60s"
                    after: seen
                    start: unseen
                    user: help@acme.example
                    password: {file: /run/secrets/acme}
                  - name: house-out
                    type: outbox
                    server: smtp.house.example
                    port: 465
                    tls: implicit
                    auth: false
                    senders: [desk@house.example]
                contracts:
                  - name: acme
                    title: "Acme Ltda"
                    prefix: ACME
                    inboxes: [acme-in]
                    outbox: acme-out
                    language: en
                    people: [{name: Ana, email: ana@acme.example}]
                    groups: [{name: approvers, members: [ana@acme.example, "Bia <bia@acme.example>"]}]
                    events: {url: "https://desk.example/hooks/acme", secret: {file: /run/secrets/acme-hook}}
                flows:
                  - name: confirm
                    contract: acme
                    on: ticket.opened
                    steps: [{email: {outbox: contract, to: [requester], template: opened}}]
                templates:
                  - name: opened
                    language: en
                    subject: "[{{ticket.key}}] {{message.subject}}"
                    text: "We received your request {{ticket.key}}."

                """)
    }

    @Test func anEmptyRegistryIsAnEmptyMapping() { #expect(RegistryExport.yaml(Registry()) == "{}\n") }

    static let written: [(String, String)] = [
        ("plain", "plain"), ("/run/x.pem", "/run/x.pem"), ("a-b_c.d@e", "a-b_c.d@e"), ("", "\"\""),
        ("null", "\"null\""), ("Null", "\"Null\""), ("TRUE", "\"TRUE\""), ("off", "\"off\""), ("N", "\"N\""),
        ("12", "\"12\""), ("-a", "\"-a\""), ("~", "\"~\""), ("a b", "\"a b\""), ("a:b", "\"a:b\""),
        ("@a", "\"@a\""), ("é", "\"é\""), ("\u{1F600}", "\"\u{1F600}\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("a\nb\r\tc", "\"a\\nb\\r\\tc\""), ("\u{0}\u{1B}\u{7F}\u{85}", "\"\\u0000\\u001B\\u007F\\u0085\""),
        ("\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}", "\"\\u2028\\u2029\\uFEFF\\uFFFE\\uFFFF\""),
    ]

    @Test(arguments: written)
    func whatCouldBeMistakenIsQuoted(_ text: String, _ yaml: String) {
        let node = DocumentNode(.mapping([.init(key: "a", value: DocumentNode(.scalar(text, isPlain: false)))]))
        #expect(YAMLWriter.document(node) == "a: \(yaml)\n")
    }
}
