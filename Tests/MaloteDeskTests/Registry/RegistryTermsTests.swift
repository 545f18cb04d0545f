// When a contract holds, and how its terms, its people and its steps are read from a document.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryTermsTests {
    private static func day(_ text: String) -> CivilDate? {
        Timestamp(rfc3339: text).map { CivilDate(daysSinceEpoch: $0.milliseconds / 86_400_000) }
    }

    // MARK: - Holding

    static let moments: [(String, String?, String?, String, String?)] = [
        ("UTC", "2026-03-01", nil, "2026-02-28T23:59:59Z", "Contract acme begins on 2026-03-01."),
        ("UTC", "2026-03-01", nil, "2026-03-01T00:00:00Z", nil),
        ("UTC", nil, "2026-03-01", "2026-03-01T23:59:59Z", nil),
        ("UTC", nil, "2026-03-01", "2026-03-02T00:00:00Z", "Contract acme ended on 2026-03-01."),
        ("America/Sao_Paulo", nil, "2026-03-01", "2026-03-02T02:59:59Z", nil),
        ("America/Sao_Paulo", nil, "2026-03-01", "2026-03-02T03:00:00Z", "Contract acme ended on 2026-03-01."),
        ("Asia/Tokyo", "2026-03-01", nil, "2026-02-28T15:00:00Z", nil),
        ("Asia/Tokyo", "2026-03-01", nil, "2026-02-28T14:59:59Z", "Contract acme begins on 2026-03-01."),
        ("UTC", nil, nil, "2026-03-01T00:00:00Z", nil),
    ]

    @Test(arguments: moments.indices)
    func aContractHoldsFromItsFirstDayThroughItsLast(_ index: Int) throws {
        let (zone, from, until, moment, refusal) = Self.moments[index]
        let contract = edited(Sample.acme) {
            $0.timezone = zone
            $0.valid = .init(from: from.flatMap(Self.day), until: until.flatMap(Self.day))
        }
        #expect(contract.refusal(at: try #require(Timestamp(rfc3339: moment))) == refusal)
    }

    @Test(arguments: [("paused", "Contract acme is paused."), ("ended", "Contract acme has ended."), ("active", nil)])
    func aStatusSaysSo(_ status: String, _ refusal: String?) throws {
        let contract = try edited(Sample.acme) { $0.status = try #require(Contract.Status(rawValue: status)) }
        #expect(contract.refusal(at: Sample.now) == refusal)
    }

    private func edited<Value>(_ value: Value, _ change: (inout Value) throws -> Void) rethrows -> Value {
        var value = value
        try change(&value)
        return value
    }

    // MARK: - Reading

    @Test func termsAreRead() throws {
        let fields: Doc = [
            "status": "paused", "valid": ["from": "2026-01-31", "until": "2026-12-01"],
            "opening": ["requester": "Desk <desk@acme.example>", "fields": ["urgency": "low"]],
            "notify": ["closing", "opening"], "retention": ["sources": 365, "events": 730],
            "people": [["name": "Ana", "email": "ana@acme.example", "mail": false]],
            "groups": [
                [
                    "name": "team", "members": ["a@x.example", ["email": "b@x.example", "mail": false]],
                    "external": ["Ext <e@x.example>"], "mandatory": ["closing"],
                ]
            ],
        ]
        let contract = try #require(
            try RegistryDocument.decode(Doc.contracts(Sample.contract.with(fields)).node).contracts.first)
        #expect(contract.status == .paused)
        #expect(contract.valid == .init(from: Self.day("2026-01-31"), until: Self.day("2026-12-01")))
        #expect(
            contract.opening
                == .init(requester: Sample.address("desk@acme.example", "Desk"), fields: ["urgency": "low"]))
        #expect(contract.notify == [.opening, .closing])
        #expect(contract.retention == .init(sources: 365, events: 730))
        #expect(contract.people.map(\.mail) == [false])
        #expect(contract.groups[0].members.map(\.mail) == [true, false])
        #expect(contract.groups[0].external == [Sample.address("e@x.example", "Ext")])
        #expect(contract.groups[0].mandatory == [.closing])
        let registry = edited(Sample.registry) { $0.contracts = [contract] }
        let plan = try RegistryPlanner.plan(.document(RegistryExport.document(registry), prune: true), on: Registry())
        #expect(plan.result == registry)
        let none = try RegistryDocument.decode(Doc.contracts(Sample.contract.with(["notify": []])).node)
        #expect(none.contracts.first?.notify == [])
        let usual = try RegistryDocument.decode(Doc.contracts(Sample.contract).node)
        #expect(usual.contracts.first?.notify.count == 3 && usual.contracts.first?.status == .active)
    }

    /// An edit of one leaves the other as it is; null keeps for ever.
    @Test func retentionIsChangedOneByOne() throws {
        var registry = Sample.registry
        registry.contracts[0].retention = .init(sources: 30, events: 60)
        let name = registry.contracts[0].name.text
        let fields: Doc = ["retention": ["sources": .scalar("null", isPlain: true), "events": 90]]
        for (change, result) in [
            (["retention": ["sources": 40]] as Doc, Contract.Retention(sources: 40, events: 60)),
            (fields, .init(events: 90)),
        ] {
            let plan = try RegistryPlanner.plan(.edit(.contracts, name: name, fields: change.node), on: registry)
            #expect(plan.result.contracts[0].retention == result)
        }
        #expect(throws: DocumentErrors.self) {
            try RegistryDocument.decode(Doc.contracts(Sample.contract.with(["retention": ["sources": 0]])).node)
        }
    }

    static let steps: [(Doc, EmailStep)] = [
        (
            [
                "to": ["cc", "requester"], "template": "t", "language": "pt-BR", "attachments": true, "delay": "2h",
                "when": ["fields.urgency": ["high", "urgent"], "ticket.subject": ["contains": "print"]],
                "unless": "closed",
            ],
            EmailStep(
                to: [.cc, .requester], content: .template(name("t")), language: "pt-BR", attachments: true,
                delaySeconds: 7200,
                when: [
                    StepCondition("fields.urgency", [.init(.matches, "high"), .init(.matches, "urgent")]),
                    StepCondition("ticket.subject", [.init(.contains, "print")]),
                ], unless: [StepCondition("ticket.state", [.init(.is, "closed")])])
        ),
        (
            [
                "to": ["requester"], "subject": "S", "text": "T", "html": "<p>", "delay": "3d",
                "when": [["data.a": "x"], ["data.a": "*y"]], "unless": ["ticket.state": "closed"],
            ],
            EmailStep(
                to: [.requester], content: .own(subject: "S", text: "T", html: "<p>"), delaySeconds: 259_200,
                when: [
                    StepCondition("data.a", [.init(.matches, "x")]), StepCondition("data.a", [.init(.matches, "*y")]),
                ], unless: [StepCondition("ticket.state", [.init(.matches, "closed")])])
        ),
    ]

    @Test(arguments: steps.indices)
    func aStepIsReadAndWritten(_ index: Int) throws {
        let (doc, expected) = Self.steps[index]
        let document = try RegistryDocument.decode(Doc.flows(Sample.flow.with(["steps": [["email": doc]]])).node)
        #expect(document.flows.first?.steps == [.email(expected)])
        let registry = edited(Sample.registry) {
            $0.flows = document.flows
            $0.templates.append(edited(Sample.opened) { $0.name = name("t") })
        }
        let plan = try RegistryPlanner.plan(.document(RegistryExport.document(registry), prune: true), on: Registry())
        #expect(plan.result.flows == registry.flows)
    }

    @Test(arguments: [(0, "0d"), (1, "1s"), (60, "1m"), (5400, "90m"), (7200, "2h"), (86_400, "1d"), (90_000, "25h")])
    func delaysAreWrittenInTheLargestUnit(_ seconds: Int, _ text: String) {
        #expect(RegistryExport.delay(seconds) == text)
    }

    @Test func aSenderThatTheOutboxHasNotIsWarnedOf() throws {
        let registry = edited(Sample.registry) { registry in
            registry.flows[0].steps = ["help@acme.example", "other@acme.example"].map {
                .email(EmailStep(outbox: .contract, to: [.requester], template: name("opened"), sender: $0))
            }
        }
        let plan = try RegistryPlanner.plan(.document(RegistryExport.document(registry), prune: true), on: Registry())
        #expect(plan.warnings.map(\.field) == ["flow confirm.steps[1].sender"])
        #expect(plan.warnings.first?.remedy == "Use one of: help@acme.example.")
    }

    // MARK: - Faults

    static let faults: [Wrong] = [
        .contract(["status": "stopped"], "status", "\"stopped\" is not known"),
        .contract(["valid": "2026"], "valid", "must be a mapping"),
        .contract(["valid": ["from": "31.12.2026"]], "valid.from", "is not a day"),
        .contract(["valid": ["from": "2026-02-30"]], "valid.from", "is not a day"),
        .contract(["valid": ["until": "2026-01-01T00:00:00Z"]], "valid.until", "is not a day"),
        .contract(["valid": ["from": "2026-02-01", "until": "2026-01-31"]], "valid.until", "is before"),
        .contract(["valid": ["to": "2026-01-31"]], "valid.to", "is not a known field"),
        .contract(["opening": ["requester": "nobody"]], "opening.requester", "is not an address"),
        .contract(["opening": ["fields": "x"]], "opening.fields", "must be a mapping"),
        .contract(["opening": ["fields": ["a b": "x"]]], "opening.fields.a b", "is not a field's name"),
        .contract(["requester": "a@x.example"], "requester", "is not a known field"),
        .contract(["notify": ["open"]], "notify[0]", "there are no \"open\" notifications"),
        .contract(["notify": "opening"], "notify", "must be a list"),
        .contract(["people": [["name": "Ana", "email": "a@x.example", "mail": "x"]]], "people[0].mail", "neither"),
        .contract(["groups": [["name": "g", "external": ["x"]]]], "groups[0].external[0]", "is not an address"),
        .contract(
            ["groups": [["name": "g", "members": [["mail": false]]]]], "groups[0].members[0].email", "is missing"),
        .contract(["groups": [["name": "g", "mandatory": ["all"]]]], "groups[0].mandatory[0]", "no \"all\""),
        .flow(["on": "Ticket Opened"], "on", "is not the name of an event"),
        .flow(["on": "notification.failed"], "on", "notification.failed starts no flow"),
        .flow(["on": "mailbox.failing"], "on", "starts no flow"),
        .step(["subject": "x", "text": "y"], "template", "stands beside subject, text"),
        .step(["template": nil, "subject": "x"], "text", "is missing"),
        .step(["template": nil, "text": "x"], "subject", "is missing"),
        .step(["template": nil, "subject": "{{a", "text": "x"], "subject", "in line 1, {{a is not closed"),
        .step(["delay": "soon"], "delay", "is not a time"), .step(["delay": "400d"], "delay", "is not a time"),
        .step(["language": "x y"], "language", "is not a language"),
        .step(["attachments": "some"], "attachments", "neither true nor false"),
        .step(["when": "urgent"], "when", "is not a condition"), .step(["when": []], "when", "names no condition"),
        .step(["when": [:]], "when", "names no condition"),
        .step(["when": ["field.urgency": "x"]], "when.field.urgency", "is nothing that flows know"),
        .step(["when": ["ticket.sate": "x"]], "when.ticket.sate", "is nothing that flows know"),
        .step(["when": ["fields.a": ["contains": ""]]], "when.fields.a.contains", "must not be empty"),
        .step(["unless": [["data.a": []]]], "unless[0].data.a", "says no text"),
    ]

    @Test(arguments: faults)
    func aWrongFieldIsNamed(_ wrong: Wrong) throws {
        let node = wrong.doc.node
        do throws(DocumentErrors) {
            _ = try RegistryPlanner.plan(.document(node, prune: false), on: Registry())
            Issue.record("it was taken")
        } catch {
            #expect(error.errors.count == wrong.count, "\(error.errors)")
            let found = try #require(error.errors.first { $0.field == wrong.field }, "\(error.errors)")
            #expect(found.message.contains(wrong.says), "\(found)")
            #expect(!found.remedy.isEmpty)
        }
    }
}
