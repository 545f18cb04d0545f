// Flows by page: each email step as the registry keeps it.

import MaloteCore
import Testing

@testable import MaloteAdmin

struct FlowPagesTests {
    /// A flow with one of everything that a step may have.
    static var rich: Registry {
        var registry = RegistryDesk.sample
        // The page has an order of its own for recipients: groups, people, addresses.
        if case .email(var email) = registry.flows[0].steps[0] {
            email.to.swapAt(1, 2)
            registry.flows[0].steps[0] = .email(email)
        }
        let condition = StepCondition("fields.urgency", [.init(.matches, "high*")])
        registry.flows[0].steps.append(
            .email(
                EmailStep(
                    outbox: .contract, to: [.requester, .cc],
                    content: .own(
                        subject: "A \"b\" {{ticket.key}}", text: "One\n\n  two: [three\n", html: "<p>&amp;</p>"),
                    language: "pt-BR", sender: "help@acme.example", priority: .low, attachments: true,
                    delaySeconds: 7200, when: [condition],
                    unless: [
                        StepCondition("ticket.state", [.init(.is, "closed"), .init(.contains, "x: y")]), condition,
                    ])))
        registry.flows[0].steps.append(
            .email(
                EmailStep(
                    outbox: .system, to: [.group("all")], content: .template(Sample.name("opened")), priority: .high,
                    approval: ApprovalTerms(quorum: .all, expiresSeconds: 28_800))))
        return registry
    }

    @Test("the list and the page say what each step does, in both languages", arguments: PageLanguage.allCases)
    func shown(language: PageLanguage) async {
        let (browser, _) = await Browser.atDesk(Self.rich, language: language)
        let words = language.words(FlowWords.self)
        #expect(await browser.get("/flows").text.contains("<a href=\"/flows/confirm\">confirm</a>"))
        let page = await browser.get("/flows/confirm").text
        for text in [
            words.step, words.specific, words.contractOutbox, words.system, words.recipients, "fields.urgency",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(page.contains("A &quot;b&quot; {{ticket.key}}"))
    }

    @Test("a form that is sent as it came changes nothing")
    func untouched() async {
        let (browser, desk) = await Browser.atDesk(Self.rich)
        let answer = await browser.submit("/flows/confirm/edit", [:])
        #expect(answer.status == 303, "\(answer.text)")
        #expect(desk.registry == Self.rich)
    }

    @Test("a newcomer's flow confirms to the requester through the system outbox")
    func new() async throws {
        let (browser, desk) = await Browser.atDesk()
        let answer = await browser.submit("/flows/new?contract=acme", ["name": "thanks"])
        #expect(answer.headers["Location"] == "/flows/thanks", "\(answer.text)")
        let flow = try #require(desk.registry.flows.first { $0.name.text == "thanks" })
        let step = EmailStep(to: [.requester], template: Sample.name("opened"))
        #expect(
            flow
                == Flow(
                    name: Sample.name("thanks"), contract: Sample.name("acme"), trigger: "ticket.opened",
                    steps: [.email(step)]))
    }

    /// What is chosen for a step, and what becomes of it.
    static let choices: [([(String, String)], EmailStep)] = [
        (
            [("s0-outbox", "specific"), ("s0-specific", "acme-out"), ("s0-to", "group:all"), ("s0-to", "person:Ana")],
            EmailStep(
                outbox: .specific(Sample.name("acme-out")), to: [.group("all"), .person("Ana")],
                template: Sample.name("opened"))
        ),
        (
            [
                ("s0-outbox", "contract"), ("s0-content", "own"), ("s0-subject", "S"), ("s0-text", "T"),
                ("s0-to", "cc"), ("s0-addresses", "x@y.example\n"), ("s0-delay", "2d"),
                ("s0-when", "fields.urgency: high"), ("s0-unless", "closed"),
            ],
            EmailStep(
                outbox: .contract, to: [.cc, .address(MailAddress(address: "x@y.example"))],
                content: .own(subject: "S", text: "T", html: nil), delaySeconds: 172_800,
                when: [StepCondition("fields.urgency", [.init(.matches, "high")])],
                unless: [StepCondition("ticket.state", [.init(.is, "closed")])])
        ),
        (
            [("s0-to", "group:all"), ("s0-approval", "on"), ("s0-quorum", "all"), ("s0-expires", "8h")],
            EmailStep(
                to: [.group("all")], content: .template(Sample.name("opened")), priority: .high,
                approval: ApprovalTerms(quorum: .all, expiresSeconds: 28_800))
        ),
    ]

    @Test("outbox, recipients, message and conditions are as chosen", arguments: choices)
    func chosen(_ item: ([(String, String)], EmailStep)) async throws {
        let (browser, desk) = await Browser.atDesk()
        let changed = Set(item.0.map(\.0))
        let kept = Browser.fields(await browser.get("/flows/new")).filter {
            !changed.contains($0.0) && !["form-key", "name", "s0-to"].contains($0.0)
        }
        let answer = await browser.post("/flows/new", kept + [("name", "mine")] + item.0)
        #expect(answer.status == 303, "\(answer.text)")
        let flow = try #require(desk.registry.flows.first { $0.name.text == "mine" })
        #expect(flow.emails == [item.1])
    }

    @Test("steps are added and removed before anything is saved")
    func stepsComeAndGo() async {
        let (browser, desk) = await Browser.atDesk(Self.rich)
        let more = await browser.submit("/flows/confirm/edit", ["then": "add", "s0-addresses": "kept@x.example"])
        #expect(more.text.contains("name=\"s3-outbox\"") && more.text.contains("kept@x.example</textarea>"))
        let fewer = await browser.submit("/flows/confirm/edit", ["then": "remove-0"])
        #expect(!fewer.text.contains("name=\"s2-outbox\""))
        #expect(fewer.text.contains("name=\"s0-subject\" type=\"text\" value=\"A &quot;b&quot; {{ticket.key}}\""))
        #expect(desk.registry == Self.rich)
        let left = Browser.fields(fewer).filter { $0.0 != "form-key" }
        #expect(await browser.post("/flows/confirm/edit", left).status == 303)
        #expect(desk.registry.flows[0].steps == Array(Self.rich.flows[0].steps.dropFirst()))
    }

    /// What is typed wrong, and the control that says so.
    static let faults: [([String: String], String)] = [
        (["on": "No Name"], "on"), (["on": "message.ignored"], "on"), (["s0-delay": "soon"], "s0-delay"),
        (["s0-addresses": "nobody"], "s0-to"), (["s0-when": "fields.x"], "s0-when"),
        (["s0-content": "own"], "s0-subject"), (["s0-unless": "colour: red"], "s0-unless"),
        (["s0-approval": "on", "s0-quorum": "none"], "s0-quorum"),
        (["s0-content": "template", "s0-template": "x"], "s0-template"),
        (["s0-outbox": "specific", "s0-specific": "acme-in"], "s0-specific"),
    ]

    @Test("what is wrong is said beside its field, and what was typed stays", arguments: faults)
    func refused(_ item: ([String: String], String)) async {
        let (browser, desk) = await Browser.atDesk()
        let answer = await browser.submit("/flows/new", ["name": "mine"].merging(item.0) { $1 })
        let place = item.1 == "s0-specific" ? "s0-outbox" : item.1
        #expect(answer.status == 422, "\(answer.text)")
        #expect(
            answer.text.contains("id=\"\(place)-fault\"") || answer.text.contains("id=\"\(item.1)-fault\""),
            "\(answer.text)")
        #expect(answer.text.contains("value=\"mine\""))
        #expect(desk.registry == RegistryDesk.sample)
    }

    @Test("conditions cannot leave their place in the document")
    func conditions() async {
        let (browser, desk) = await Browser.atDesk()
        for text in ["x: y\n\"template\": other", "fields.a: b\n\"name\": stolen", "]\n\"on\": x", "---\nname: x"] {
            let answer = await browser.submit("/flows/new", ["name": "mine", "s0-when": text])
            #expect(answer.status == 422, "\(text)")
        }
        #expect(desk.registry == RegistryDesk.sample)
    }

    @Test("whose flow it is comes first where there are several contracts")
    func contracts() async {
        var registry = RegistryDesk.sample
        registry.contracts.append(Contract(name: Sample.name("beta"), prefix: "BETA"))
        let (browser, _) = await Browser.atDesk(registry)
        let choice = await browser.get("/flows/new").text
        #expect(choice.contains("value=\"beta\"") && !choice.contains("s0-outbox"))
        #expect(await browser.get("/flows/new?contract=beta").text.contains("s0-outbox"))
        #expect(await Browser.atDesk(Registry()).0.get("/flows/new").text.contains("/contracts/new"))
    }

    @Test("a flow is deleted after a question, by administrators alone")
    func delete() async {
        let (reader, _) = await Browser.atDesk(role: .reader(nil))
        #expect(await reader.post("/flows/confirm/delete").status == 403)
        #expect(await !reader.get("/flows/confirm").text.contains("/flows/confirm/edit"))
        let (browser, desk) = await Browser.atDesk()
        #expect(await browser.get("/flows/confirm/delete").text.contains("class=\"danger\""))
        #expect(await browser.post("/flows/confirm/delete").headers["Location"] == "/flows")
        #expect(desk.registry.flows.isEmpty)
    }
}
