// Who gets a mail, and what rules have said of it by then.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RoutingTests {
    /// Rules by their owner: the inbox is `in`.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rules: [String: [MailRule]]
        /// Each as `NAME`, with its verdict and fields.
        var gets: [String]
        var passes = false
    }

    private static func rule(_ action: MailRule.Action, _ when: MailRule.Condition = .from([.init(.matches, "*")]))
        -> MailRule
    {
        MailRule(when: [when], action: action)
    }

    private static let never = MailRule.Condition.subject([.init(.is, "another")])
    private static func to(_ text: String) -> MailRule.Action { .contract(name(text)) }

    static let cases: [Case] = [
        Case(testDescription: "no rules", rules: [:], gets: ["a", "b"]),
        Case(testDescription: "a rule that does not fit", rules: ["in": [rule(.ignore, never)]], gets: ["a", "b"]),
        Case(
            testDescription: "the inbox ignores for all",
            rules: ["in": [rule(.ignore)], "a": [rule(.set(["x": "1"]))]],
            gets: ["a ignore", "b ignore"]),
        Case(testDescription: "one contract ignores", rules: ["b": [rule(.ignore)]], gets: ["a", "b ignore"]),
        Case(
            testDescription: "the first verdict is the last", rules: ["a": [rule(.quarantine), rule(.ignore)]],
            gets: ["a quarantine", "b"]),
        Case(
            testDescription: "sets add up",
            rules: [
                "in": [rule(.set(["x": "1", "y": "1"])), rule(.set(["z": "1"]), never)],
                "a": [rule(.set(["y": "2"])), rule(.ignore), rule(.set(["y": "3"]))],
            ], gets: ["a ignore x=1 y=2", "b x=1 y=1"]),
        Case(testDescription: "the inbox gives it away", rules: ["in": [rule(to("c"))]], gets: ["c"]),
        Case(
            testDescription: "and c's rules are looked at",
            rules: ["in": [rule(to("c"))], "c": [rule(.set(["x": "1"])), rule(.quarantine)]],
            gets: ["c quarantine x=1"]),
        Case(testDescription: "a gives it to c", rules: ["a": [rule(to("c"))]], gets: ["c", "b"]),
        Case(
            testDescription: "both give it to c", rules: ["a": [rule(to("c"))], "b": [rule(to("c"))]],
            gets: ["c"]),
        Case(
            testDescription: "a gives it to b, who has it",
            rules: ["a": [rule(to("b"))]], gets: ["b"]),
        Case(
            testDescription: "a circle",
            rules: [
                "a": [rule(to("b"))],
                "b": [rule(to("a"))],
            ], gets: ["b", "a"]),
        Case(
            testDescription: "to itself", rules: ["a": [rule(to("a"))]],
            gets: ["a", "b"]),
        Case(
            testDescription: "to nobody", rules: ["in": [rule(to("gone"))]],
            gets: ["a", "b"]),
        Case(
            testDescription: "a person has looked at it",
            rules: ["in": [rule(.ignore), rule(.set(["x": "1"]))], "a": [rule(.quarantine)]], gets: ["a x=1", "b x=1"],
            passes: true),
    ]

    @Test(arguments: cases)
    func everybodyGetsItOnce(_ item: Case) {
        let contracts = ["a", "b", "c"].enumerated().map { index, text in
            Contract(
                id: ContractID(rawValue: Int64(index + 1)), name: name(text), prefix: text.uppercased(),
                rules: item.rules[text] ?? [])
        }
        let inbox = Inbox(access: .imap, rules: item.rules["in"] ?? [])
        let routing = Routing(
            inbox: inbox, name: name("in"), registry: Registry(contracts: contracts), passingRules: item.passes)
        let found = routing.destinations(MessageView(), size: 10, contracts: Array(contracts.prefix(2)))
        let words = found.map { destination in
            let fields = destination.fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            switch destination.verdict {
            case nil: return "\(destination.contract.name)\(fields)"
            case .ignore: return "\(destination.contract.name) ignore\(fields)"
            case .quarantine: return "\(destination.contract.name) quarantine\(fields)"
            }
        }
        #expect(words == item.gets)
    }

    // MARK: - Conditions

    private static let view = edited(MessageView()) {
        $0.from = Sample.address("Ana@Acme.example")
        $0.to = [Sample.address("help@acme.example")]
        $0.cc = [Sample.address("boss@acme.example")]
        $0.subject = "Cheap printers"
        $0.headers = [.init(name: "List-Id", value: "<news.acme>"), .init(name: "List-Id", value: "<b>")]
    }

    static let conditions: [([MailRule.Condition], Bool)] = [
        ([.from([.init(.is, "ana@acme.example")])], true), ([.from([.init(.is, "ana")])], false),
        ([.from([.init(.is, "x"), .init(.contains, "@acme")])], true),
        ([.to([.init(.matches, "boss@*")])], true), ([.to([.init(.matches, "ana@*")])], false),
        ([.subject([.init(.contains, "PRINTER")])], true),
        ([.header(name: "list-id", [.init(.is, "<b>")], anywhere: false)], true),
        ([.header(name: "List-Post", [.init(.matches, "*")], anywhere: false)], false),
        ([.larger(9)], true), ([.larger(10)], false), ([.smaller(11)], true), ([.smaller(10)], false),
        ([.larger(5), .subject([.init(.is, "x")])], false),
        ([.larger(5), .subject([.init(.contains, "cheap")])], true),
    ]

    @Test(arguments: conditions)
    func allConditionsMustHold(_ when: [MailRule.Condition], _ holds: Bool) {
        var run = RuleRun(Self.view, size: 10, trusted: [])
        run.run([MailRule(name: "r", when: when, action: .ignore)], owner: "inbox in")
        #expect(run.trace == (holds ? ["Rule r of inbox in says ignore."] : []))
    }

    // MARK: - Attachments

    static let attachments: [(String, Int, String?)] = [
        ("a.pdf", 9, nil), ("a.exe", 9, ".exe"), ("A.ExE", 9, ".exe"), ("a.pdf.exe", 9, ".exe"), ("exe", 9, nil),
        ("a.exe. .", 9, ".exe"), ("a.exe.pdf", 9, nil), ("a.tar.gz", 9, ".tar.gz"), ("a.gz", 9, nil),
        ("a.pdf", 100, nil), ("a.pdf", 101, "101 octets, and 100"), (".exe", 9, ".exe"),
    ]

    @Test(arguments: attachments)
    func whatAContractDoesNotTake(_ file: String, _ size: Int, _ says: String?) {
        let policy = AttachmentPolicy(forbid: ["exe", "tar.gz"], largest: 100)
        let refusal = policy.refusal(of: .init(name: file, type: "x/y", size: size, sha256: nil))
        #expect((refusal == nil) == (says == nil))
        if let says { #expect(refusal?.contains(says) == true) }
        #expect(AttachmentPolicy().refusal(of: .init(name: file, type: "x/y", size: size, sha256: nil)) == nil)
    }
}
