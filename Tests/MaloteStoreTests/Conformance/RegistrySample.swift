// Registry objects with every choice that an operator has; knows no store.

import MaloteCore

enum RegistrySample {
    static let template = Template(
        name: Sample.name("receipt"), language: "pt-BR", subject: "[{{ticket.key}}] Recebido",
        text: "Olá,\n{{name}}\u{0}",
        html: "<p>Olá</p>")

    static let passwords: [SecretSource] = [
        .literal(Secret("p\u{0}ässword \u{1F511}")), .literal(Secret("")),
        .literal(Secret(Array(UInt8.min...UInt8.max))), .file(path: "/etc/malote/secret"), .credential(name: "acme"),
    ]

    /// One inbox for every choice of access, security, trust, password, `after` and `start`.
    static let mailboxes: [Mailbox] = {
        let day = CivilDate(year: 2026, month: 2, day: 28)
        let starts: [Inbox.Start] = [.unseen, .new, .all] + (day.map { [.since($0)] } ?? [])
        let afters: [Inbox.After] = [.seen, .delete, .leave, .move(folder: "Feito/Ação")]
        let inboxes =
            starts.map { Inbox(access: .imap, folder: "Entrada", pollSeconds: 5, start: $0) }
            + [Inbox(access: .imap, idle: false, compress: true)]
            + afters.map { Inbox(access: .pop3, pollSeconds: 86_400, after: $0) }
        let logins =
            passwords.map { Mailbox.Login(user: "ana@acme.example", password: $0) }
            + SASLMechanism.allCases.map { .init(user: "ana", password: .credential(name: "acme"), sasl: $0) }
        let ruled = Inbox(access: .imap, rules: rules, trusted: ["mx.acme.example"], plus: true)
        let outbox = Outbox(senders: [
            MailAddress(name: "Mesa \"1\"", address: "desk@desk.example"), MailAddress(address: "b@desk.example"),
        ])
        return inboxes.map { mailbox(role: .inbox($0)) } + logins.map { mailbox(login: $0) }
            + Mailbox.Security.allCases.map { mailbox(security: $0) }
            + [
                mailbox(trust: .init(caFile: "/etc/ca.pem")), mailbox(trust: .init(pin: "sha256//AAAA=")),
                mailbox(login: nil, role: .outbox(outbox)), mailbox(role: .outbox(outbox)),
                mailbox(role: .inbox(ruled)),
                mailbox(
                    role: .outbox(
                        Outbox(
                            senders: outbox.senders, without: Set(Outbox.Extension.allCases),
                            rate: SendingRate(minute: 30, day: 10_000)))),
            ]
    }()

    /// Every condition and every action.
    static let rules: [MailRule] = [
        MailRule(
            name: "spam \"1\"", when: [.header(name: "X-Spam-Flag", [.init(.is, "YES")], anywhere: false)],
            action: .ignore),
        MailRule(when: [.from([.init(.matches, "*@x"), .init(.contains, "ção")]), .larger(10)], action: .quarantine),
        MailRule(when: [.to([.init(.is, "a@b")]), .smaller(9)], action: .set(["priority": "high", "a": ""])),
        MailRule(when: [.subject([.init(.is, "")])], action: .contract(Sample.name("globex"))),
    ]

    static func mailbox(
        _ name: String = "acme-in", security: Mailbox.Security = .implicit, trust: Mailbox.Trust = .init(),
        login: Mailbox.Login? = .init(user: "ana", password: .credential(name: "acme")),
        role: Mailbox.Role = .inbox(Inbox(access: .imap))
    ) -> Mailbox {
        Mailbox(
            name: Sample.name(name), description: "Caixa de \(name)", server: "mail.acme.example", port: 993,
            security: security, trust: trust, login: login, role: role)
    }

    static let contracts: [Contract] = [
        contract("acme"),
        Contract(
            name: Sample.name("globex"), title: "Globex S/A", prefix: "GLX",
            inboxes: [Sample.name("b"), Sample.name("a")], outbox: .mailbox(Sample.name("post")),
            status: .paused,
            valid: .init(
                from: CivilDate(year: 2026, month: 1, day: 31), until: CivilDate(year: 2026, month: 12, day: 1)),
            opening: .init(
                requester: MailAddress(name: "Desk", address: "desk@globex.example"), fields: ["urgency": "low"]),
            notify: [.opening, .closing],
            people: [
                .init(name: "Zé", email: MailAddress(name: "José", address: "ze@globex.example"), mail: false)
            ],
            groups: [
                .init(
                    name: "noite",
                    members: [
                        .init(MailAddress(address: "n1@globex.example")),
                        .init(MailAddress(address: "N2@globex.example"), mail: false),
                    ], external: [MailAddress(name: "Ext", address: "e@else.example")],
                    mandatory: [.opening, .progress]),
                .init(name: "vazio", members: []),
            ],
            events: .init(url: "https://globex.example/hook", secret: .literal(Secret("whsec_x"))), language: "pt-BR",
            rules: rules, attachments: AttachmentPolicy(forbid: ["exe", "tar.gz"], largest: 25_000_000),
            answers: AnswerLimits(address: 0, ticket: 1, contract: 2),
            closedTickets: ClosedTicketRule(reply: .attach, days: 3)),
        Contract(
            name: Sample.name("initech"), prefix: "INI",
            events: .init(url: "https://initech.example/", secret: .file(path: "/etc/malote/hook"))),
    ]

    static func contract(_ name: String) -> Contract { Contract(name: Sample.name(name), prefix: name.uppercased()) }

    static let flows: [Flow] = [
        Flow(name: Sample.name("quiet"), contract: Sample.name("acme"), trigger: "ticket.opened", steps: []),
        Flow(
            name: Sample.name("receipt"), contract: Sample.name("acme"), trigger: "custom",
            steps: [
                .email(EmailStep(to: [.requester], template: Sample.name("receipt"))),
                .email(
                    EmailStep(
                        outbox: .contract, to: [.person("Zé"), .group("noite")], template: Sample.name("receipt"),
                        sender: "desk@desk.example", priority: .high)),
                .email(
                    EmailStep(
                        outbox: .specific(Sample.name("post")),
                        to: [.address(MailAddress(name: "Ana", address: "ana@acme.example"))],
                        template: Sample.name("receipt"))),
                .email(
                    EmailStep(
                        to: [.cc], content: .own(subject: "s", text: "t", html: "<p>"), language: "pt-BR",
                        attachments: true, delaySeconds: 86_400,
                        when: [StepCondition("fields.a", [.init(.is, "b"), .init(.contains, "ç")])],
                        unless: [StepCondition("ticket.state", [.init(.matches, "clo*")])])),
            ]),
    ]

    static let templates: [Template] = [
        template, Template(name: Sample.name("receipt"), language: "en", subject: "Received", text: ""),
    ]
}
