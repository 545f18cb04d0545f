// A step that asks for approval: how it is written in a registry, whom it asks, and what each mail says.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct ApprovalStepTests {
    // MARK: - Registry

    private static func step(_ approval: Doc, _ more: Doc = [:]) -> Doc {
        Sample.desk.with([
            "flows": [
                Sample.flow.with([
                    "steps": [
                        ["email": Sample.step.with(["to": [["group": "approvers"]], "approval": approval]).with(more)]
                    ]
                ])
            ]
        ])
    }

    private static func read(_ doc: Doc) throws -> EmailStep? {
        let flows = try RegistryDocument.decode(doc.node).flows
        guard case .email(let email)? = flows.first?.steps.first else { return nil }
        return email
    }

    static let terms: [(Doc, ApprovalTerms)] = [
        ([:], .usual), (true, .usual), (["quorum": 2], .init(quorum: .number(2), expiresSeconds: 259_200)),
        (["quorum": "all", "expires": "8h"], .init(quorum: .all, expiresSeconds: 28_800)),
        (["expires": "5m"], .init(quorum: .number(1), expiresSeconds: 300)),
        (["expires": "90d"], .init(quorum: .number(1), expiresSeconds: 7_776_000)),
    ]

    @Test(arguments: terms.indices)
    func termsAreReadAndWrittenBack(_ index: Int) throws {
        let step = try #require(try Self.read(Self.step(Self.terms[index].0)))
        #expect(step.approval == Self.terms[index].1 && step.priority == .high)
        let registry = try RegistryDocument.decode(Self.step(Self.terms[index].0).node)
        var written = Sample.registry
        written.flows = registry.flows
        let again = try RegistryDocument.decode(RegistryExport.document(written))
        #expect(again.flows == registry.flows)
    }

    @Test func noApprovalAndAnotherPriority() throws {
        #expect(try Self.read(Self.step(false))?.approval == nil)
        #expect(try Self.read(Self.step(false))?.priority == .normal)
        #expect(try Self.read(Self.step(true, ["priority": "normal"]))?.priority == .normal)
    }

    static let wrong: [(Doc, String)] = [
        (["quorum": 0], "approval.quorum"), (["quorum": "most"], "approval.quorum"),
        (["expires": "4m"], "approval.expires"), (["expires": "91d"], "approval.expires"),
        (["quorun": 1], "approval.quorun"), ([1], "approval"),
    ]

    @Test(arguments: wrong.indices)
    func wrongTermsAreNamed(_ index: Int) {
        do {
            _ = try RegistryDocument.decode(Self.step(Self.wrong[index].0).node)
            Issue.record("it was taken")
        } catch {
            #expect(error.errors.first?.field.hasSuffix(Self.wrong[index].1) == true, "\(error.errors)")
        }
    }

    // MARK: - Asking

    private static let seal = ApprovalSeal(master: Array("master".utf8), hashing: TestHashing())

    private func run(
        _ terms: ApprovalTerms = .usual, to: [EmailStep.Recipient] = [.group("approvers")], hasDoor: Bool = true,
        ticket: Ticket? = Sample.ticket, change: (inout Registry) -> Void = { _ in }
    ) -> FlowRun {
        var registry = Sample.registry.numbered
        registry.templates = [
            Template(
                name: name("ask"), language: "en", subject: "Approve [{{ticket.key}}]",
                text: "{{approval.approve}} {{approval.reject}} {{approval.view}} {{approval.group}} "
                    + "{{approval.quorum}} {{approval.expires | datetime}}")
        ]
        registry.flows = [
            Flow(
                name: name("ask"), contract: name("acme"), trigger: "approval.requested",
                steps: [.email(EmailStep(outbox: .contract, to: to, content: .template(name("ask")), approval: terms))])
        ]
        change(&registry)
        let data = JSONValue.object([
            "price": .integer(100), "notify": .flag(true), "who": .object(["name": .text("Caio")]), "none": .null,
        ])
        return FlowRun(
            Occasion(trigger: "approval.requested", time: Sample.now, ticket: ticket?.id, data: data),
            contract: registry.contracts[0], registry: registry, ticket: ticket, ids: Sample.signer,
            door: hasDoor ? .init(seal: Self.seal, base: "https://desk.example/malote//") : nil, now: Sample.now)
    }

    @Test func eachVoterGetsLinksOfTheirOwn() throws {
        let run = run(.init(quorum: .all, expiresSeconds: 3600))
        guard case .ask(let question)? = run.outcomes.first else {
            Issue.record("nobody is asked")
            return
        }
        let (approval, drafts) = try run.write(question, as: ApprovalID(rawValue: 5))
        #expect(approval.voters.map(\.address.address) == ["ana@acme.example", "bia@acme.example"])
        #expect(approval.voters.map(\.group) == ["approvers", "approvers"])
        #expect(approval.quorum == 2 && approval.expires == Sample.now + .seconds(3600))
        #expect(approval.subject == "Approve [ACME-42]" && approval.nonce.count == 8)
        #expect(approval.summary == "price: 100\nwho.name: Caio")
        for (place, draft) in drafts.enumerated() {
            #expect(draft.message.to == [approval.voters[place].address])
            let words = draft.message.text.split(separator: " ").map(String.init)
            for (word, action) in zip(words, [ApprovalLink.Action.approve, .reject, .view]) {
                let link = try #require(
                    word.hasPrefix("https://desk.example/malote/a/") ? word.split(separator: "/").last : nil)
                #expect(
                    ApprovalLink(String(link), Self.seal)
                        == .init(
                            contract: ContractID(rawValue: 1), approval: ApprovalID(rawValue: 5), voter: place,
                            action: action, nonce: approval.nonce))
            }
            #expect(words[3...4] == ["approvers", "2"] && words.count > 6)
        }
        #expect(Set(drafts.map(\.message.messageID)).count == 2)
    }

    @Test func whoIsNamedThemselvesAndInAGroupVotesOnceForTheGroup() {
        guard
            case .ask(let question)? = run(
                to: [
                    .address(Sample.address("bia@acme.example")), .address(Sample.address("caio@x.example")),
                    .group("approvers"),
                ]
            ).outcomes.first
        else {
            Issue.record("nobody is asked")
            return
        }
        #expect(question.voters.map(\.address.address) == ["bia@acme.example", "caio@x.example", "ana@acme.example"])
        #expect(question.voters.map(\.group) == ["approvers", nil, "approvers"])
    }

    @Test func withoutTicketDoorOrPeopleNobodyIsAskedAndTheReasonSaysWhatToDo() {
        func reason(_ run: FlowRun) -> String {
            if case .nothing(_, let reason)? = run.outcomes.first { reason } else { "" }
        }
        #expect(reason(run(hasDoor: false)).contains("Set http.listen and http.url in malote.yaml"))
        #expect(reason(run(ticket: nil)).contains("An approval is about a ticket."))
        #expect(
            reason(run(.init(quorum: .number(3), expiresSeconds: 300)))
                == "3 must approve, and only 2 can be asked. Lower the quorum, or ask more.")
        let silent = run(.init(quorum: .number(2), expiresSeconds: 300)) {
            $0.contracts[0].groups[0].members[1].mail = false
        }
        #expect(
            reason(silent).contains("only 1 can be asked") && reason(silent).contains("bia@acme.example gets no mail"))
    }
}
