// What the pages of tickets, queue, quarantine and events ask of the mail room, and whom they let ask.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

struct OperationPagesTests {
    private static let pages = [
        "/tickets", "/tickets/ACME-1", "/waiting", "/endpoints", "/endpoints/acme",
        "/endpoints/acme/replay?since=2026-01-02", "/queue", "/queue?notification=7", "/queue/retry",
        "/queue/hold?contract=acme",
        "/queue/suppressions", "/quarantine", "/quarantine/replay?id=7", "/events", "/events/e1", "/messages",
        "/messages/7",
    ]

    private static let delivery: DeliveryView = {
        let lane = Lane(contract: Sample.acme.id, outbox: Sample.acmeOut.id)
        let reply = ProtocolReply(code: 550, status: "5.1.1", text: "<b>No</b> such user", command: "RCPT")
        let delivery = Delivery(
            id: DeliveryID(rawValue: 9), notification: NotificationID(rawValue: 7), lane: lane,
            recipient: "<i>eve</i>@x", state: .failed, attempts: 3, nextAttempt: Sample.now, created: Sample.now,
            failure: Failure(.permanent, .rejected, "Refused <x>.", remedy: "Correct it.", reply: reply), reply: reply)
        let notification = Notification(
            id: NotificationID(rawValue: 7), lane: lane, messageID: "<m@x>", envelopeFrom: "a@x", recipients: [],
            subject: "Re: <Printer>", content: [], outboxTrace: ["The contract <has> one."], created: Sample.now)
        return DeliveryView(delivery: delivery, notification: notification, contract: "acme", outbox: "acme-out")
    }()

    static var content: FakeContent {
        var content = FakeContent()
        var ticket = Ticket(
            id: TicketID(rawValue: 5), contract: Sample.acme.id, number: 1, key: "ACME-1",
            requester: MailAddress(name: "Ana <x>", address: "ana@x"), subject: "<b>Hi</b>")
        content.tickets = [TicketEntry(ticket, contract: "acme", latest: Sample.now)]
        ticket.external = "EXT-7"
        let step = PlannedStep(
            id: PlannedStepID(rawValue: 4), occasion: .unsaved, contract: .unsaved, ticket: nil,
            flow: Sample.name("confirm"), step: 1, due: Sample.now)
        content.ticket = TicketReport(
            ticket, contract: "acme", messages: [FakeControl.line], events: [.init(event)], deliveries: [delivery],
            flows: [FlowLine(Decision(.flow, at: Sample.now, "Because <x>."), cause: "message 7")],
            planned: [PlannedStepView(step, contract: "acme", ticket: "ACME-1", trigger: "x", waits: "Paused.")],
            approvals: [Sample.approval])
        content.queue = [delivery]
        var summary = LaneSummary(lane: Lane(contract: Sample.acme.id, outbox: Sample.acmeOut.id), failed: 2)
        summary.queued = 1
        content.lanes = [
            .init(contract: "acme", outbox: "acme-out", summary: summary),
            .init(contract: "globex", outbox: "acme-out", summary: summary),
        ]
        let entry = Suppression(
            contract: Sample.acme.id, address: "eve@x", reason: "<No> such user.", since: Sample.now)
        content.suppressions = [SuppressionView(entry, contract: "acme")]
        content.quarantine = [
            QuarantineLine(
                id: "7", inbox: "acme-in", contracts: ["acme"], time: Sample.now, reason: "A <rule>.", attempts: 0,
                uid: "3", message: FakeControl.line),
            QuarantineLine(
                id: "u3", inbox: "acme-in", contracts: ["acme"], time: nil, reason: "Not fetched.", attempts: 2,
                uid: "<u>", message: nil),
        ]
        content.results = [
            ReplayResult(
                id: "7", outcome: .filed, contract: "acme", fate: .opened, ticket: "ACME-2", reason: "New <one>.",
                events: ["{\"a\":\"<b>\"}"], notifications: [.init(outbox: "acme-out", to: ["ana@x"], subject: "<S>")])
        ]
        content.events = [event]
        let refusal = Failure(.permanent, .rejected, "It answered <x>.")
        let dead = RefusedEvent(
            contract: Sample.acme.id, place: EventPlace(rawValue: 1), state: .dead, attempts: 5,
            nextAttempt: Sample.now, firstRefused: Sample.now, lastRefused: Sample.now, failure: refusal)
        content.refused = [RefusedEventView(dead, event: event, contract: "acme")]
        return content
    }

    private static let event = TicketEvent(
        id: EventID(rawValue: "e1"), contract: Sample.acme.id, kind: .ticketOpened, subject: "ACME-1",
        time: Sample.now, json: "{\"data\":{\"text\":\"<script>\"}}")

    @Test(
        "every page is shown in both languages, with nothing of mails or servers unescaped",
        arguments: PageLanguage.allCases, pages)
    func shown(language: PageLanguage, path: String) async {
        let page = await Browser.signedIn(FakeControl(Self.content), language: language).get(path)
        #expect(page.status == 200)
        #expect(page.text.contains("<html lang=\"\(language.tag)\">"))
        #expect(page.text.matches(of: /<h1>/).count == 1)
        let own = ["<b>", "<i>eve", "<x>", "<Printer>", "<No>", "<rule>", "<one>", "<S>", "<u>", "<script"]
        for text in own { #expect(!page.text.contains(text)) }
        #expect(!page.text.contains(" style=") && !page.text.contains("{n}") && !page.text.contains("{address}"))
        // Each control has its label, each table its caption.
        for control in page.text.matches(of: /<(?:input|select|textarea) id="([^"]+)"/) {
            #expect(page.text.contains("<label for=\"\(control.output.1)\">"))
        }
        #expect(page.text.matches(of: /<table>/).count == page.text.matches(of: /<caption/).count)
    }

    @Test("who may change nothing is offered nothing to change", arguments: pages)
    func reader(path: String) async {
        let page = await Browser.signedIn(FakeControl(Self.content), role: .reader(nil)).get(path)
        let forms = page.text.matches(of: /<form [^>]*method="post" action="([^"]+)"/).map { String($0.output.1) }
        // The questions before a change are asked by whoever knows their address; the mail room refuses the deed.
        guard !path.hasPrefix("/queue/retry"), !path.hasPrefix("/queue/hold"), !path.contains("replay") else { return }
        #expect(forms == ["/sign-out"])
        #expect(!page.text.contains("href=\"/queue/retry") && !page.text.contains("href=\"/quarantine/replay"))
    }

    @Test("lanes of other contracts are not told to who has one")
    func ownLanes() async {
        let browser = await Browser.signedIn(FakeControl(Self.content), role: .contract(Sample.name("acme")))
        let page = await browser.get("/queue").text
        #expect(page.contains("acme by acme-out") && !page.contains("globex"))
        #expect(!page.contains("id=\"f-contract\""))
    }

    struct Deed: Sendable {
        var path: String
        var form: [(String, String)]
        var call: String
        var leads: String
        var role: Caller.Role = .admin

        init(
            _ path: String, _ form: [(String, String)], _ call: String, _ leads: String, _ role: Caller.Role = .admin
        ) {
            (self.path, self.form, self.call, self.leads, self.role) = (path, form, call, leads, role)
        }
    }

    static let deeds = [
        Deed(
            "/tickets/ACME-1/close", [("contract", "acme"), ("quiet", "on")], "turn ACME-1 acme true quiet -",
            "/tickets/ACME-1?contract=acme"),
        Deed("/tickets/ACME-1/reopen", [], "turn ACME-1 - false -", "/tickets/ACME-1"),
        Deed("/tickets/ACME-1/link", [("external", " EXT 8 ")], "link ACME-1 - EXT 8", "/tickets/ACME-1"),
        Deed("/tickets/ACME-1/call-off", [("number", "4")], "cancel step 4", "/tickets/ACME-1"),
        Deed("/tickets/ACME-1/withdraw", [("number", "7")], "cancel approval 7", "/tickets/ACME-1"),
        Deed("/endpoints/acme/retry", [], "endpoint acme retried", "/endpoints/acme"),
        Deed("/endpoints/acme/disable", [], "endpoint acme disabled", "/endpoints/acme"),
        Deed("/endpoints/acme/enable", [], "endpoint acme enabled", "/endpoints/acme"),
        Deed("/endpoints/acme/replay", [("after", "e1")], "replay acme after(event: \"e1\")", "/endpoints/acme"),
        Deed(
            "/endpoints/acme/dead", [("action", "retry"), ("event", "e1")], "dead events acme retry e1",
            "/endpoints/acme"),
        Deed("/endpoints/acme/dead", [("action", "drop")], "dead events acme drop all", "/endpoints/acme"),
        Deed("/waiting/call-off", [("number", "4")], "cancel step 4", "/waiting"),
        Deed("/waiting/withdraw", [("number", "7")], "cancel approval 7", "/waiting"),
        Deed("/queue/retry", [("notification", "7")], "retry - - 7 [] 100000", "/queue?notification=7"),
        Deed("/queue/hold", [("contract", "acme")], "hold acme - 0 [] 100000", "/queue?contract=acme"),
        Deed(
            "/queue/cancel", [("contract", "acme"), ("outbox", "acme-out"), ("state", "failed")],
            "cancel acme acme-out 0 [\"failed\"] 100000", "/queue?contract=acme&outbox=acme-out&state=failed"),
        // Whatever the form says, one's own contract.
        Deed(
            "/queue/cancel", [("contract", "globex")], "cancel acme - 0 [] 100000", "/queue?contract=acme",
            .contract(Sample.name("acme"))),
        Deed(
            "/queue/suppressions/add", [("contract", "acme"), ("address", "eve@x")],
            "suppress acme eve@x An operator suppressed it.", "/queue/suppressions"),
        Deed(
            "/queue/suppressions/remove", [("contract", "globex"), ("address", "eve@x")], "unsuppress acme eve@x",
            "/queue/suppressions", .contract(Sample.name("acme"))),
        Deed("/quarantine/replay", [("id", "7")], "replay 7 - - - - 100", "/quarantine"),
        Deed(
            "/quarantine/replay", [("contract", "acme"), ("search", "x"), ("pass-rules", "on")],
            "replay - acme - - x 100 passing", "/quarantine"),
    ]

    @Test("a form asks the mail room once, and leads to where its notice is told", arguments: deeds)
    func deed(_ deed: Deed) async {
        let control = FakeControl(Self.content)
        let browser = await Browser.signedIn(control, role: deed.role)
        let answer = await browser.post(deed.path, deed.form)
        #expect(answer.status == 303 && answer.headers["Location"] == deed.leads)
        #expect(control.calls.last == deed.call)
        #expect(await browser.get(deed.leads).text.contains("<p class=\"notice\" role=\"status\">"))
        // Without the key of the session's forms nothing happens.
        let calls = control.calls
        #expect(await browser.send("POST", deed.path, form: deed.form).status == 403)
        #expect(control.calls == calls)
    }

    @Test("before the queue is changed, it is said how much that is")
    func question() async {
        let control = FakeControl(Self.content)
        let browser = await Browser.signedIn(control)
        let page = await browser.get("/queue/cancel?contract=acme&state=failed")
        #expect(control.calls.last == "count cancel acme - 0 [\"failed\"] 100000")
        #expect(page.text.contains("Deliveries to cancel: 1"))
        #expect(page.text.contains("<input type=\"hidden\" name=\"state\" value=\"failed\"><button class=\"danger\">"))
        control.content.withLock { $0.queue = [] }
        #expect(await !browser.get("/queue/cancel?contract=acme").text.contains("class=\"danger\""))
        // A contract can be held although nothing waits.
        #expect(await browser.get("/queue/hold?contract=acme").text.contains("action=\"/queue/hold\""))
        #expect(await browser.get("/queue/burn").status == 404)
        #expect(await browser.get("/queue?notification=x").status == 422)
    }

    @Test("nothing of the quarantine is filed again before it was seen what would happen")
    func rehearsal() async {
        let control = FakeControl(Self.content)
        let browser = await Browser.signedIn(control)
        let page = await browser.get("/quarantine/replay?id=7&pass-rules=on")
        #expect(control.calls.last == "replay 7 - - - - 100 passing dry")
        #expect(page.text.contains("name=\"pass-rules\" value=\"on\"><button class=\"\">"))
        #expect(page.text.contains("{&quot;a&quot;:&quot;&lt;b&gt;&quot;}"))
        _ = await browser.get("/quarantine/replay?inbox=acme-in")
        #expect(control.calls.last == "replay - - acme-in - - 100 dry")
    }

    @Test("lists ask for what was chosen")
    func lists() async {
        let control = FakeControl(Self.content)
        let browser = await Browser.signedIn(control)
        let asked = [
            ("/tickets?contract=acme&state=closed&search=x&before=9", "tickets acme closed x 9 50"),
            ("/tickets?state=&search=", "tickets - - - 0 50"),
            ("/queue?contract=acme&state=sent&after=4", "queue acme - 0 [\"sent\"] 50"),
            ("/quarantine?contract=acme&search=y&since=2026-01-01", "quarantine - acme - 2026-01-01 y 50"),
            ("/events?contract=acme&kind=ticket.opened&before=e9", "log acme ticket.opened e9 50"),
            ("/queue/suppressions?contract=acme", "suppressions acme"),
            ("/waiting?contract=acme&state=&flow=confirm", "planned acme confirm -"),
        ]
        for (address, call) in asked {
            #expect(await browser.get(address).status == 200)
            #expect(control.calls.last == call)
        }
    }

    @Test("what there is no page for is not found")
    func missing() async {
        let browser = await Browser.signedIn(FakeControl(Self.content))
        for path in [
            "/tickets/", "/tickets/A/b/c", "/events/", "/events/e1/x", "/quarantine/x", "/waiting/x/y",
            "/queue/7/raw/x",
            "/events/none",
        ] {
            #expect(await browser.get(path).status == 404)
        }
        #expect(await browser.post("/tickets/ACME-1/burn").status == 404)
        #expect(await browser.post("/endpoints/acme/burn").status == 404)
        #expect(await browser.post("/endpoints/acme/dead", [("action", "x")]).status == 404)
        #expect(await browser.get("/endpoints/acme/retry").status == 405)
        #expect(await browser.get("/endpoints/acme/replay?since=x").status == 422)
        #expect(await browser.get("/tickets/ACME-1/close").status == 405)
        #expect(await browser.post("/events").status == 405)
        #expect(
            await browser.get("/queue/7/raw").headers["Content-Disposition"]?.hasPrefix(
                "attachment; filename=\"notification-7.eml\"") == true)
    }
}
