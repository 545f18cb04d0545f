// The desk writes the registry and the reader reads it: together they must give back what was there.

import MaloteCore
import MaloteDesk
import MaloteRuntime
import Testing

@Suite struct RegistryReadBackTests {
    /// Texts that YAML or a careless reader could take for something else.
    static let odd = [
        "plain", "null", "~", "true", "No", "on", "y", "=", "<<", "- a", "? a", "a: b", "a #b", "#a", "{a}", "[a]",
        "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`", "'a'", "\"a\"", "\\", "\\ud83d\\ude00", "a\\", "0x1F", "1e3",
        "1_000", "12:30", "2026-01-01", ".5", "+1", "a, b", "não", "\u{1F468}\u{200D}\u{1F469}", "e\u{301}",
        "\u{A0}a", "\u{FEFF}a", "\u{10FFFF}", "trailing x ", "/path with space", "---", "...", "a\tb",
    ]

    static func registry(_ odd: String) throws -> Registry {
        let line = odd.hasControlCharacter ? "x" : odd
        let (inbox, outbox) = (try name("acme-in", of: Mailbox.self), try name("acme-out", of: Mailbox.self))
        let (contract, opened) = (try name("acme", of: Contract.self), try name("opened", of: Template.self))
        let ana = MailAddress(name: "Ana", address: "ana@acme.example")
        return Registry(
            systemOutbox: outbox,
            mailboxes: [
                Mailbox(
                    name: inbox, description: line, server: "mail.acme.example", port: 993, security: .implicit,
                    trust: .init(caFile: "/etc/a b.pem"),
                    login: .init(user: "help@acme.example", password: .file(path: "/run/x/\(line)")),
                    role: .inbox(
                        Inbox(
                            access: .imap, folder: "a/\(line)/b", after: .move(folder: "m\(line)!"),
                            start: .since(CivilDate(daysSinceEpoch: 20_000))))),
                Mailbox(
                    name: outbox, server: "smtp.acme.example", port: 587, security: .starttls,
                    login: .init(user: "u\(line)", password: .credential(name: "acme out")),
                    role: .outbox(Outbox(senders: [ana]))),
            ],
            contracts: [
                Contract(
                    name: contract, title: line, prefix: "ACME", inboxes: [inbox], outbox: .mailbox(outbox),
                    people: [.init(name: "p\(line)", email: ana)],
                    groups: [.init(name: "g\(line)", members: [.init(ana)])],
                    events: .init(url: "https://x.example/", secret: .file(path: "/run/s")), language: "pt-BR")
            ],
            flows: [
                Flow(
                    name: try name("confirm", of: Flow.self), contract: contract, trigger: "ticket.opened",
                    steps: [
                        .email(
                            EmailStep(
                                outbox: .contract, to: [.requester, .person("p\(line)"), .group("g\(line)")],
                                template: opened))
                    ])
            ],
            templates: [
                Template(
                    name: opened, language: "en", subject: "s\(odd)", text: "\(odd)\n\t\(odd)\r\n", html: "h\(odd)")
            ])
    }

    static func name<Of>(_ text: String, of _: Of.Type) throws -> Name<Of> { try #require(Name<Of>(text)) }

    @Test(arguments: odd)
    func anExportReadsBackAsTheSame(_ odd: String) throws {
        let registry = try Self.registry(odd)
        let document = try YAMLReader().read(Array(RegistryExport.yaml(registry).utf8))
        let plan = try RegistryPlanner.plan(.document(document, prune: true), on: Registry())
        #expect(plan.result == registry)
        #expect(try RegistryPlanner.plan(.document(document, prune: true), on: plan.result).changes.isEmpty)
    }

    @Test func anEmptyRegistryReadsBackAsOne() throws {
        let document = try YAMLReader().read(Array(RegistryExport.yaml(Registry()).utf8))
        #expect(try RegistryPlanner.plan(.document(document, prune: true), on: Registry()).changes.isEmpty)
    }

    @Test func anErrorNamesTheLineInTheFile() throws {
        let text = "mailboxes:\n  - name: acme-in\n    type: inbox\n    server: x\n    user: u\n    prot: 993\n"
        do throws(DocumentErrors) {
            _ = try RegistryPlanner.plan(.document(YAMLReader().read(Array(text.utf8)), prune: false), on: Registry())
            Issue.record("a registry without a password was taken")
        } catch {
            #expect(error.errors.contains { $0.line == 6 && $0.field == "mailboxes[0].prot" })
        }
    }
}
