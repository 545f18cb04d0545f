// Rules and limits of a registry document: every spelling is read, every fault is named, and the export reads back.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryRulesTests {
    // MARK: - Reading

    /// The rules of an inbox as a document, and as values.
    static let spellings: [(Doc, [MailRule])] = [
        (
            [["name": "spam", "when": ["header": ["name": "X-Spam-Flag", "is": "YES"]], "do": "ignore"]],
            [
                MailRule(
                    name: "spam", when: [.header(name: "X-Spam-Flag", [.init(.is, "YES")], anywhere: false)],
                    action: .ignore)
            ]
        ),
        (
            [
                [
                    "when": ["from": "*@x", "subject": ["contains": "a"], "size": ">10MB"],
                    "do": ["set": ["p": "high", "n": 1]],
                ]
            ],
            [
                MailRule(
                    when: [.from([.init(.matches, "*@x")]), .subject([.init(.contains, "a")]), .larger(10_000_000)],
                    action: .set(["p": "high", "n": "1"]))
            ]
        ),
        (
            [
                [
                    "when": ["to": ["a@x", ["is": ["b@x", "c@x"], "matches": "d*"]], "size": [">1kB", "<2kB"]],
                    "do": "quarantine",
                ]
            ],
            [
                MailRule(
                    when: [
                        .to([.init(.matches, "a@x"), .init(.is, "b@x"), .init(.is, "c@x"), .init(.matches, "d*")]),
                        .larger(1000), .smaller(2000),
                    ], action: .quarantine)
            ]
        ),
        (
            [
                [
                    "when": [
                        "header": [
                            ["name": "List-Id", "contains": ["a", "b"]], ["name": "X-A", "is": "", "anywhere": true],
                        ]
                    ], "do": ["contract": "acme"],
                ]
            ],
            [
                MailRule(
                    when: [
                        .header(name: "List-Id", [.init(.contains, "a"), .init(.contains, "b")], anywhere: false),
                        .header(name: "X-A", [.init(.is, "")], anywhere: true),
                    ], action: .contract(name("acme")))
            ]
        ),
        ([], []),
    ]

    @Test(arguments: spellings.indices)
    func rulesAreRead(_ index: Int) throws {
        let (doc, rules) = Self.spellings[index]
        let inbox = Sample.inbox.with(["rules": doc, "trusted": ["MX.acme.example"]])
        let document = try RegistryDocument.decode(Doc.mailboxes(inbox).node)
        #expect(document.mailboxes.first?.inbox?.rules == rules)
        #expect(document.mailboxes.first?.inbox?.trusted == ["mx.acme.example"])
        let contract = try RegistryDocument.decode(Doc.contracts(Sample.contract.with(["rules": doc])).node)
        #expect(contract.contracts.first?.rules == rules)
    }

    @Test func limitsAreRead() throws {
        let fields: Doc = [
            "attachments": ["forbid": [".EXE", "tar.gz"], "max": "25MB"], "answers": ["address": 0, "contract": 9],
        ]
        let document = try RegistryDocument.decode(Doc.contracts(Sample.contract.with(fields)).node)
        #expect(
            document.contracts.first?.attachments == AttachmentPolicy(forbid: ["exe", "tar.gz"], largest: 25_000_000))
        #expect(document.contracts.first?.answers == AnswerLimits(address: 0, ticket: 20, contract: 9))
        let plain = try RegistryDocument.decode(Doc.contracts(Sample.contract).node)
        #expect(plain.contracts.first?.attachments == AttachmentPolicy())
        #expect(plain.contracts.first?.answers == AnswerLimits())
    }

    // MARK: - Writing

    @Test(arguments: spellings.indices, ["x", "~", "*", "a: b", "# a", "\"a\\"])
    func anExportReadsBackAsTheSame(_ index: Int, _ odd: String) throws {
        let registry = edited(Sample.registry) { registry in
            let more = [
                MailRule(
                    name: odd, when: [.subject([.init(.is, odd), .init(.matches, odd)])], action: .set(["a": odd]))
            ]
            let rules = Self.spellings[index].1 + more
            registry.mailboxes[0].role = .inbox(Inbox(access: .imap, rules: rules, trusted: ["a", "b"], plus: true))
            registry.contracts[0].rules = rules
            registry.contracts[0].attachments = AttachmentPolicy(forbid: ["exe"], largest: 1_234_567)
            registry.contracts[0].answers = AnswerLimits(address: 1, ticket: 2, contract: 3)
            registry.contracts[0].closedTickets = ClosedTicketRule(reply: .new, days: 7)
            registry.contracts[0].opening.requester = MailAddress(name: "Desk", address: "desk@acme.example")
        }
        let plan = try RegistryPlanner.plan(.document(RegistryExport.document(registry), prune: true), on: Registry())
        #expect(plan.result == registry)
    }

    @Test func whatRulesNameCannotBeDeleted() {
        let current = edited(Sample.registry.numbered) { registry in
            let rule = MailRule(when: [.from([.init(.matches, "*")])], action: .contract(name("beta")))
            registry.contracts.append(Contract(id: ContractID(rawValue: 9), name: name("beta"), prefix: "BETA"))
            registry.contracts[0].rules = [rule]
            registry.mailboxes[0].role = .inbox(Inbox(access: .imap, rules: [rule]))
        }
        do throws(DocumentErrors) {
            _ = try RegistryPlanner.plan(.delete(.contracts, name: "beta"), on: current)
            Issue.record("it was deleted")
        } catch {
            #expect(error.errors.first?.message.contains("rule 1 of inbox acme-in; rule 1 of contract acme") == true)
        }
    }

    // MARK: - Faults

    private static func rule(_ changes: Doc, _ field: String, _ says: String, count: Int = 1) -> Wrong {
        let rule = (["when": ["subject": "x"], "do": "ignore"] as Doc).with(changes)
        return .inbox(["rules": [rule]], field.isEmpty ? "rules[0]" : "rules[0].\(field)", says, count: count)
    }

    private static func when(_ when: Doc, _ field: String, _ says: String) -> Wrong {
        rule(["when": when], "when" + field, says)
    }

    static let rules: [Wrong] = [
        .inbox(["rules": "ignore"], "rules", "must be a list"),
        .inbox(["rules": ["x"]], "rules[0]", "must be a mapping"),
        .inbox(
            ["rules": .list(Array(repeating: ["when": ["subject": "x"], "do": "ignore"], count: 201))], "rules",
            "more than 200"),
        .inbox(["trusted": ["mx acme"]], "trusted[0]", "is not a server's name"),
        .outbox(["rules": []], "rules", "is not a known field"),
        rule(["nam": "x"], "nam", "is not a known field"), rule(["name": "a\nb"], "name", "line break"),
        rule(["when": nil], "when", "is missing"), rule(["do": nil], "do", "is missing"),
        when("x", "", "must be a mapping"), when([:], "", "names no condition"),
        when(["form": "x"], ".form", "is not a known field"), when(["from": []], ".from", "says no text"),
        when(["from": [:]], ".from", "says no text"),
        rule(["when": ["from": ["like": "x"]]], "when.from.like", "is not a known field", count: 2),
        when(["from": [["is": [["x"]]]]], ".from[0].is[0]", "must be a text"),
        when(["subject": ["contains": ""]], ".subject.contains", "must not be empty"),
        when(["subject": .text(String(repeating: "x", count: 501))], ".subject", "longer than 500"),
        when(["header": "X-Spam"], ".header", "must be a mapping"),
        when(["header": ["is": "x"]], ".header.name", "is missing"),
        when(["header": ["name": "X-Spam"]], ".header", "says no text"),
        when(["header": ["name": "X Spam:", "is": "x"]], ".header.name", "is not the name of a header"),
        when(
            ["header": ["name": "X", "is": "x", "anywhere": "perhaps"]], ".header.anywhere", "neither true nor false"),
        when(["size": "10MB"], ".size", "is not a size"), when(["size": ">big"], ".size", "is not a size"),
        when(["size": [">1kB", "x"]], ".size[1]", "is not a size"),
        rule(["do": "delete"], "do", "\"delete\" is not known"), rule(["do": [:]], "do", "must say one thing"),
        rule(["do": ["set": ["a": "b"], "contract": "acme"]], "do", "must say one thing"),
        rule(["do": ["ignore": true]], "do.ignore", "is not a known field", count: 2),
        rule(["do": ["contract": "No Name"]], "do.contract", "is not a name"),
        rule(["do": ["set": "x"]], "do.set", "must be a mapping"),
        rule(["do": ["set": [:]]], "do.set", "must be a mapping"),
        rule(["do": ["set": ["a b": "x"]]], "do.set.a b", "is not a field's name"),
        rule(["do": ["set": ["a": "x\ny"]]], "do.set.a", "one line of text"),
        rule(["do": ["set": ["a": ["x"]]]], "do.set.a", "one line of text"),
        .contract(["attachments": "exe"], "attachments", "must be a mapping"),
        .contract(["attachments": ["forbid": [""]]], "attachments.forbid[0]", "is not the ending"),
        .contract(["attachments": ["forbid": ["a b"]]], "attachments.forbid[0]", "is not the ending"),
        .contract(["attachments": ["max": "big"]], "attachments.max", "is not a size from 1 to 2GB"),
        .contract(["attachments": ["largest": 1]], "attachments.largest", "is not a known field"),
        .contract(["answers": ["address": -1]], "answers.address", "from 0 to 1000000"),
        .contract(["answers": ["sender": 1]], "answers.sender", "is not a known field"),
        .contract(["answers": 5], "answers", "must be a mapping"),
        .contract(["closed": "new"], "closed", "must be a mapping"),
        .contract(["closed": ["reply": "drop"]], "closed.reply", "\"drop\" is not known"),
        .contract(["closed": ["days": -1]], "closed.days", "from 0 to 36500"),
        .inbox(["plus": "perhaps"], "plus", "neither true nor false"),
        .inbox(["plus": true, "user": "help"], "plus", "needs a user that is a mail address"),
        .contract(["rules": [["when": ["subject": "x"]]]], "rules[0].do", "is missing"),
        .link(
            [
                "mailboxes": [
                    Sample.inbox.with(["rules": [["when": ["subject": "x"], "do": ["contract": "acne"]]]]),
                    Sample.outbox,
                    Sample.house,
                ]
            ], "mailboxes[0]", "mailbox acme-in.rules[0].do", "there is no contract \"acne\""),
        .link(
            ["contracts": [Sample.contract.with(["rules": [["when": ["subject": "x"], "do": ["contract": "acne"]]]])]],
            "contracts[0]", "contract acme.rules[0].do", "there is no contract \"acne\""),
    ]

    @Test(arguments: rules)
    func aWrongFieldIsNamed(_ wrong: Wrong) throws {
        let node = wrong.doc.node
        do throws(DocumentErrors) {
            _ = try RegistryPlanner.plan(.document(node, prune: false), on: Registry())
            Issue.record("it was taken")
        } catch {
            #expect(error.errors.count == wrong.count, "\(error.errors)")
            let found = try #require(error.errors.first { $0.field == wrong.field }, "\(error.errors)")
            #expect(found.message.contains(wrong.says))
            #expect(found.line == node.line(at: wrong.place ?? wrong.field))
            #expect(!found.remedy.isEmpty)
        }
    }
}
