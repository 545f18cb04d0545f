// Flows write the right mail to the right people, or say why not.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct FlowRunTests {
    /// Everything a run sees, so that a case changes what it is about.
    struct Scene: Sendable {
        var registry = Sample.registry.numbered
        var ticket: Ticket? = Sample.ticket
        var view: MessageView? = edited(MessageView()) {
            $0.from = Sample.address("ana@acme.example", "Ana")
            $0.subject = "Printer"
            $0.messageID = "<q@acme.example>"
            $0.text = "It burns."
        }
        var occasion = Occasion(
            trigger: "ticket.opened", time: Sample.now, event: EventID(rawValue: "e1"), ticket: Sample.ticket.id)

        var step: EmailStep {
            get {
                if case .email(let step)? = registry.flows.first?.steps.first { return step }
                return EmailStep(to: [], template: name("opened"))
            }
            set { registry.flows[0].steps = [.email(newValue)] }
        }

        var outcomes: [FlowRun.Outcome] {
            run.outcomes
        }

        var run: FlowRun {
            FlowRun(
                occasion, contract: registry.contracts[0], registry: registry, ticket: ticket, view: view,
                ids: Sample.signer, now: Sample.now)
        }

        var drafts: [FlowRun.Draft] {
            outcomes.compactMap { if case .send(let draft) = $0 { draft } else { nil } }
        }

        var reasons: [String] {
            outcomes.compactMap { if case .nothing(let place, let reason) = $0 { "\(place): \(reason)" } else { nil } }
        }
    }

    private func scene(_ change: (inout Scene) -> Void = { _ in }) -> Scene { edited(Scene(), change) }

    @Test func anOpenedTicketIsConfirmed() throws {
        let draft = try #require(scene().drafts.first)
        #expect(draft.resolution.mailbox.name.text == "acme-out")
        let message = draft.message
        #expect(message.from == Sample.address("help@acme.example", "Acme Help"))
        #expect(message.to == [Sample.address("ana@acme.example", "Ana")])
        #expect(message.subject == "[ACME-42] Printer")
        #expect(message.text == "We received your request ACME-42.")
        #expect(message.html == nil && message.replyTo.isEmpty)
        #expect(message.date == Sample.now)
        #expect(message.autoSubmitted == "auto-replied")
        #expect(message.inReplyTo == "<q@acme.example>" && message.references == ["<q@acme.example>"])
        #expect(Sample.signer.verify(message.messageID) == "ACME-42")
        #expect(message.messageID.hasSuffix("@acme.example>"))
    }

    @Test func aTemplateCanNameWhatRulesSet() throws {
        let scene = scene {
            $0.registry.templates[0].text = "{{fields.priority}}{{fields.none}}"
            $0.occasion.fields = ["priority": "high"]
        }
        let draft = try #require(scene.drafts.first)
        #expect(draft.message.text == "high")
        #expect("\(draft.place)" == "Step 1 of flow confirm")
        #expect(scene.run.idle == nil)
        let other = edited(scene) { $0.occasion.trigger = "ticket.replied" }
        #expect(other.run.idle == "Not for ticket.replied: confirm (ticket.opened).")
    }

    // MARK: - Occasions without a mail

    @Test func withoutAMailItGoesWhereTheTicketBegan() throws {
        let scene = scene {
            $0.view = nil
            $0.ticket?.opening.messageID = "<first@acme.example>"
            $0.occasion.data = .object(["who": .text("Bia"), "count": .integer(3), "list": .list([.text("x")])])
            $0.registry.templates[0].text =
                "{{data.who}} {{data.count}}{{#data.list}} {{.}}{{/data.list}}{{#message}}!{{/message}}"
        }
        let message = try #require(scene.drafts.first?.message)
        #expect(message.autoSubmitted == "auto-generated")
        #expect(message.inReplyTo == "<first@acme.example>" && message.references == ["<first@acme.example>"])
        #expect(message.text == "Bia 3 x")
        #expect(message.to == [Sample.address("ana@acme.example", "Ana")])
    }

    @Test func withoutATicketThereIsNoRequester() throws {
        let scene = scene {
            $0.view = nil
            $0.ticket = nil
            $0.step.to = [.requester, .address(Sample.address("x@else.example"))]
            $0.registry.templates[0].subject = "{{ticket.key}}{{event.type}}"
        }
        let message = try #require(scene.drafts.first?.message)
        #expect(message.to.map(\.address) == ["x@else.example"])
        #expect(message.subject == "ticket.opened" && message.inReplyTo == nil)
        #expect(message.replyTo.isEmpty && message.messageID.hasSuffix("@acme.example>"))
    }

    @Test func aNamedFlowRunsWhateverItWaitsFor() {
        let other = scene {
            $0.occasion.trigger = "approval.requested"
        }
        #expect(other.outcomes.isEmpty)
        #expect(edited(other) { $0.occasion.flow = name("confirm") }.drafts.count == 1)
    }

    @Test(arguments: [
        ("ticket.key", true), ("ticket", true), ("fields.urgency", true), ("data.a.b", true), ("data", true),
        ("ticket.kee", false), ("message.from", true), ("message.from.name.x", false), ("", false), ("urgency", false),
    ]) func keysAreKnownOrNot(_ key: String, _ isKnown: Bool) {
        #expect(FlowContext.isKnown(key) == isKnown)
    }

    // MARK: - Which flows

    @Test func onlyTheContractsFlowsForTheEventRun() {
        let scene = scene { scene in
            scene.registry.contracts.append(Contract(name: name("beta"), prefix: "BETA"))
            scene.registry.flows = [
                edited(Sample.confirm) { $0.name = name("a") },
                edited(Sample.confirm) {
                    $0.name = name("b")
                    $0.contract = name("beta")
                },
                edited(Sample.confirm) {
                    $0.name = name("c")
                    $0.trigger = "ticket.replied"
                },
                edited(Sample.confirm) {
                    $0.name = name("d")
                    $0.steps += $0.steps
                },
            ]
        }
        #expect(
            scene.drafts.map { $0.resolution.trace[0].prefix(16) } == [
                "Step 1 of flow a", "Step 1 of flow d", "Step 2 of flow d",
            ])
    }

    // MARK: - Recipients

    static let recipients: [([EmailStep.Recipient], [String])] = [
        ([.requester], ["ana@acme.example"]), ([.person("Ana")], ["ana@acme.example"]), ([.person("Bob")], []),
        ([.group("approvers")], ["ana@acme.example", "bia@acme.example"]), ([.group("gone")], []),
        ([.address(Sample.address("x@else.example"))], ["x@else.example"]),
        (
            [.group("approvers"), .requester, .address(Sample.address("BIA@acme.example"))],
            [
                "ana@acme.example", "bia@acme.example",
            ]
        ),
        ([.address(Sample.address("a b@x.example")), .address(Sample.address("a>@x.example"))], []),
        ([.address(Sample.address("help@acme.example")), .requester], ["ana@acme.example"]),
    ]

    @Test(arguments: recipients.indices)
    func eachRecipientGetsItOnce(_ index: Int) {
        let scene = scene { $0.step.to = Self.recipients[index].0 }
        #expect(scene.drafts.flatMap(\.message.to).map(\.address) == Self.recipients[index].1)
        #expect(scene.drafts.isEmpty == Self.recipients[index].1.isEmpty)
    }

    @Test func theRequesterMayAskForAnswersElsewhere() {
        let elsewhere = scene { $0.view?.replyTo = [Sample.address("home@else.example")] }
        #expect(elsewhere.drafts.flatMap(\.message.to) == [Sample.address("home@else.example")])
    }

    @Test func anothersReplyToIsNotTheRequesters() {
        let scene = scene {
            $0.view?.from = Sample.address("bia@acme.example")
            $0.view?.replyTo = [Sample.address("bia@home.example")]
        }
        #expect(scene.drafts.flatMap(\.message.to).map(\.address) == ["ana@acme.example"])
    }

    @Test(
        arguments: [
            "help@acme.example", "HELP@Acme.example", "desk@house.example", "replies@acme.example",
        ], [EmailStep.OutboxChoice.system, .contract])
    func ourOwnAddressesAreNeverMailed(_ address: String, _ outbox: EmailStep.OutboxChoice) {
        let scene = scene {
            $0.step.outbox = outbox
            $0.ticket?.requester = Sample.address(address)
            $0.registry.mailboxes[0].login?.user = "replies@acme.example"
        }
        #expect(scene.reasons == ["Step 1 of flow confirm: No recipient is left."])
    }

    @Test func anotherContractsOutboxTakesNothingAway() {
        let scene = scene { scene in
            var other = Sample.houseOut
            other.name = name("beta-out")
            other.role = .outbox(Outbox(senders: [Sample.address("ana@acme.example")]))
            scene.registry.mailboxes.append(other)
        }
        #expect(scene.drafts.count == 1)
    }

    // MARK: - Words

    @Test(arguments: ["x\r\nBcc: evil@x.example", "x\nBcc: e@x.example", "x\u{0}\u{85}\u{2028}y", "\r\n.\r\n"])
    func aSubjectStaysOnOneLine(_ subject: String) throws {
        let message = try #require(scene { $0.view?.subject = subject }.drafts.first?.message)
        #expect(!message.subject.hasControlCharacter)
        #expect(message.subject.unicodeScalars.count == "[ACME-42] ".count + subject.unicodeScalars.count)
        let fromTemplate = try #require(
            scene { $0.registry.templates[0].subject = subject }.drafts.first?.message.subject)
        #expect(!fromTemplate.hasControlCharacter)
    }

    @Test func htmlIsEscapedAndTextIsNot() throws {
        let message = try #require(
            scene {
                $0.view?.subject = "<script>"
                $0.registry.templates[0].text = "{{message.subject}} {{message.text}}"
                $0.registry.templates[0].html = "<b>{{message.subject}}</b>"
            }.drafts.first?.message)
        #expect(message.text == "<script> It burns.")
        #expect(message.html == "<b>&lt;script&gt;</b>")
    }

    static let words: [(String, String)] = [
        ("{{ticket.key}} {{ticket.subject}} {{ticket.external}}", "ACME-42 Printer INC9"),
        ("{{contract.name}} {{contract.title}}", "acme Acme Ltda"),
        ("{{requester.name}} {{requester.address}}", "Ana ana@acme.example"),
        (
            "{{message.from.name}} {{message.from.address}} {{message.subject}} {{message.text}}",
            "Ana ana@acme.example Printer It burns."
        ),
        ("{{event.id}} {{event.type}} {{event.time}} {{message.date}}", "e1 ticket.opened 2026-09-21T14:13:20.000Z "),
    ]

    @Test(arguments: words)
    func templatesKnowTheseWords(_ template: String, _ expected: String) {
        let scene = scene {
            $0.ticket?.external = "INC9"
            $0.registry.templates[0].text = template
        }
        #expect(scene.drafts.first?.message.text == expected)
    }

    @Test(
        arguments: [
            ("en", ["de", "en", "pt-BR"], "en"), ("pt-BR", ["de", "en", "pt-BR"], "pt-BR"),
            ("PT-br", ["en", "pt-BR"], "pt-BR"), ("fr", ["de", "en", "pt-BR"], "en"), ("fr", ["de", "pt-BR"], "de"),
        ] as [(String, [String], String)])
    func theContractsLanguageIsSpoken(_ wished: String, _ languages: [String], _ expected: String) {
        let scene = scene { scene in
            scene.registry.contracts[0].language = wished
            scene.registry.templates = languages.map { language in
                edited(Sample.opened) {
                    $0.language = language
                    $0.text = language
                }
            }
        }
        #expect(scene.drafts.first?.message.text == expected)
    }

    @Test func theThreadStaysShort() throws {
        let message = try #require(
            scene { $0.view?.references = (1...30).map { "<\($0)@x>" } }.drafts.first?.message)
        #expect(message.references.count == 20)
        #expect(message.references.last == "<q@acme.example>" && message.references.first == "<12@x>")
    }

    // MARK: - Senders

    @Test func answersReachAnInboxOfTheContract() throws {
        let message = try #require(scene { $0.step.outbox = .system }.drafts.first?.message)
        #expect(message.from.address == "desk@house.example")
        #expect(message.replyTo == [Sample.address("help@acme.example")])
        #expect(message.messageID.hasSuffix("@house.example>"))
    }

    @Test(
        arguments: [
            ("b@acme.example", "b@acme.example"), ("B <B@ACME.example>", "b@acme.example"),
            ("c@acme.example", "a@acme.example"), (nil, "a@acme.example"),
        ] as [(String?, String)])
    func theStepsSenderMustBeTheOutboxs(_ wished: String?, _ expected: String) {
        let scene = scene {
            $0.step.sender = wished
            $0.registry.mailboxes[1].role = .outbox(
                Outbox(senders: [Sample.address("a@acme.example"), Sample.address("b@acme.example")]))
        }
        #expect(scene.drafts.first?.message.from.address == expected)
        let isTold = scene.drafts.first?.resolution.trace.last?.contains("none of the outbox's") == true
        #expect(isTold == (wished == "c@acme.example"))
    }

    // MARK: - Reasons

    static let reasons: [(@Sendable (inout Scene) -> Void, String)] = [
        ({ $0.registry.templates = [] }, "There is no template opened."),
        ({ $0.registry.templates[0].text = "{{#a}}" }, "The template is not valid: in line 1, {{#a}} is not closed."),
        (
            {
                $0.step.outbox = .system
                $0.registry.systemOutbox = nil
            }, "No system outbox is set."
        ),
        ({ $0.registry.mailboxes[1].role = .outbox(Outbox(senders: [])) }, "Outbox acme-out has no sender."),
        ({ $0.ticket?.requester = nil }, "No recipient is left. Ticket ACME-42 has no requester."),
    ]

    @Test(arguments: reasons.indices)
    func aStepThatSendsNothingSaysWhy(_ index: Int) {
        let scene = scene(Self.reasons[index].0)
        #expect(scene.drafts.isEmpty)
        #expect(scene.reasons.count == 1)
        #expect(scene.reasons.first?.hasPrefix("Step 1 of flow confirm: ") == true)
        #expect(scene.reasons.first?.contains(Self.reasons[index].1) == true)
    }
}
