// A mail room that only remembers what it was asked, and a small registry; knows no rule.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

/// Answers with samples, or refuses everything.
final class FakeControl: Control {
    private let asked = Mutex<[String]>([])
    private let refusal: Problem?
    /// What there is to see, beyond the samples.
    let content = Mutex(FakeContent())
    /// What `Caller`s open: the token's text.
    let callers: [String: Caller]
    let registered: Registry
    let told = Mutex<[AuditEntry]>([])
    let answers = Mutex<[KeyedRequest: KeptAnswer]>([:])

    private let forecasts: [MailboxID: TokenForecast]

    /// Where edits are carried out, by the real rules; `nil` only notes them.
    private let desk: RegistryDesk?

    init(
        refusing refusal: Problem? = nil, forecasts: [MailboxID: TokenForecast] = [:], callers: [String: Caller] = [:],
        registered: Registry = Sample.registry, desk: RegistryDesk? = nil
    ) {
        self.desk = desk
        self.callers = callers
        self.registered = registered
        self.refusal = refusal
        self.forecasts = forecasts
    }

    var calls: [String] { asked.withLock { $0 } }

    func note(_ call: String) throws(Problem) {
        asked.withLock { $0.append(call) }
        if let refusal { throw refusal }
    }

    func registry() async -> Registry { desk?.registry ?? registered }

    func apply(
        _ edit: RegistryEdit, dryRun: Bool, onlyIf condition: RegistryCondition?
    ) async throws(Problem) -> ApplyReport {
        let what =
            switch edit {
            case .document(let bytes, let prune): "document \(text(bytes))\(prune ? " pruning" : "")"
            case .add(let section, let fields): "add \(section) \(text(fields))"
            case .copy(let name, let fields): "copy \(name) \(text(fields))"
            case .edit(let section, let name, let fields): "edit \(section) \(name) \(text(fields))"
            case .delete(let section, let name): "delete \(section) \(name)"
            case .importing(let bytes, let options): "import \(text(bytes)) \(text(options))"
            case .restore(let name, let language, let version): "restore \(name) \(language ?? "-") \(version)"
            }
        try note(what + (dryRun ? " dry" : ""))
        if let condition, !condition(await registry()) {
            throw Problem(status: 412, title: "Changed meanwhile", detail: "It is not as it was.")
        }
        if let desk { return try desk.apply(edit) }
        return ApplyReport(dryRun: dryRun, lines: [])
    }

    func document(importing bytes: [UInt8], _ options: ImportOptions) async throws(Problem) -> String {
        try note("document of \(text(bytes)) \(text(options))")
        return "mailboxes: []\n"
    }

    private func text(_ options: ImportOptions) -> String {
        "\(options.format) \(options.contractColumn ?? "-")\(options.createsContracts ? " creating" : "")"
    }

    // MARK: - Templates

    private func text(_ wish: PreviewWish) -> String {
        [wish.template, wish.language ?? "-", wish.contract ?? "-", wish.ticket ?? "-", wish.data.map(text) ?? "-"]
            .joined(separator: " ")
    }

    func preview(_ wish: PreviewWish) async throws(Problem) -> TemplatePreview {
        try note("preview \(text(wish))")
        return TemplatePreview(
            template: "opened", language: "en", active: true, subject: "S", text: "T", html: nil, missing: ["data.x"])
    }

    func sendPreview(_ wish: PreviewWish, to: [String], outbox: String?) async throws(Problem) -> SendReceipt {
        try note("test \(text(wish)) to \(to) by \(outbox ?? "-")")
        return SendReceipt(notification: NotificationID(rawValue: 7), outbox: "acme-out", outboxTrace: ["because"])
    }

    static let version = TemplateVersionView(
        TemplateVersion(language: "en", number: 2, time: Sample.now, template: Sample.templates[0]), of: "opened",
        isCurrent: true, isWhole: true)

    func templateVersions(_ name: String, language: String?) async throws(Problem) -> [TemplateVersionView] {
        try note("versions \(name) \(language ?? "-")")
        return [Self.version]
    }

    func templateVersion(
        _ name: String, language: String?, number: Int
    ) async throws(Problem) -> TemplateVersionView {
        try note("version \(name) \(language ?? "-") \(number)")
        return Self.version
    }

    func export(_ format: RegistryFormat) async throws(Problem) -> String {
        try note("export \(format)")
        if let desk { return desk.export(format) }
        return "mailboxes: []\n"
    }

    func status() async throws(Problem) -> StatusReport {
        try note("status")
        return StatusReport(
            version: "1", now: Sample.now, started: Sample.now, mailboxes: desk?.states ?? [],
            lanes: content.withLock { $0.lanes })
    }

    func export(contract: String) async throws(Problem) -> String {
        try note("export of \(contract)")
        return "contracts: []\n"
    }

    func tickets(contract: String, after: Int, limit: Int) async throws(Problem) -> [TicketLine] {
        try note("tickets of \(contract) after \(after) limit \(limit)")
        return []
    }

    func notifications(contract: String, after: Int64, limit: Int) async throws(Problem) -> [NotificationReport] {
        try note("notifications of \(contract) after \(after) limit \(limit)")
        return []
    }

    func content(notification: Int64) async throws(Problem) -> [UInt8] {
        try note("content of \(notification)")
        return Array("Subject: x\r\n".utf8)
    }

    func moveIn(contract: String, tickets: [MovedTicket]) async throws(Problem) -> Int {
        try note("move \(tickets.count) tickets into \(contract)")
        return tickets.count
    }

    func moveIn(contract: String, message: MovedMessage) async throws(Problem) -> Bool {
        try note("move \(message.fate) \(message.ticket ?? "-") \(text(message.raw)) into \(contract)")
        return true
    }

    func moveIn(contract: String, events: [MovedEvent]) async throws(Problem) -> Int {
        try note("move \(events.map(\.id)) into \(contract)")
        return events.count
    }

    func erase(contract: String, dryRun: Bool) async throws(Problem) -> EraseReport {
        try note("erase \(contract)\(dryRun ? " dry" : "")")
        return EraseReport(contract: contract, dryRun: dryRun, rows: ErasedRows(), isDone: !dryRun)
    }

    func poll(_ mailbox: String) async throws(Problem) { try note("poll \(mailbox)") }

    func backfill(_ mailbox: String, since: String?, dryRun: Bool) async throws(Problem) -> BackfillReport {
        try note("backfill \(mailbox) \(since ?? "all")\(dryRun ? " dry" : "")")
        return BackfillReport(mailbox: mailbox, dryRun: dryRun, listed: 5, wanted: 3)
    }

    func test(
        _ mailbox: String, roundTrip: RoundTrip?, each: @escaping @Sendable (ProbeStep) -> Void
    ) async throws(Problem) -> [ProbeStep] {
        let travel = roundTrip.map { " with \($0.partner) to \($0.to ?? "-")" } ?? ""
        try note("test \(mailbox)\(travel)")
        let steps = [
            ProbeStep(.name, found: "192.0.2.1"),
            ProbeStep(.connection, failure: Failure(.transient, .connect, "No.", remedy: "Look.")),
        ]
        for step in steps { each(step) }
        return steps
    }

    func tokens() async -> [MailboxID: TokenForecast] { forecasts }

    func authorize(_ mailbox: String) async throws(Problem) -> Consent {
        try note("authorize \(mailbox)")
        return Sample.consent
    }

    func consent(_ mailbox: String, waitSeconds: Int) async throws(Problem) -> Consent {
        try note("consent \(mailbox) \(waitSeconds)")
        return Sample.consent
    }

    func authorize(_ mailbox: String, refreshToken: Secret) async throws(Problem) -> TokenForecast {
        try note("accept \(mailbox) \(text(refreshToken.reveal { $0 }))")
        return Sample.forecast
    }

    func events(_ query: EventQuery) async throws(Problem) -> [TicketEvent] {
        let (contract, after) = (query.contract ?? "-", query.after ?? "-")
        try note("events \(contract) \(after) \(query.limit) \(query.waitSeconds)")
        return ["{\"id\":\"1\"}", "{\"id\":\"2\"}"].map { json in
            TicketEvent(
                id: EventID(rawValue: "1"), contract: .unsaved, kind: .ticketOpened, subject: "ACME-1",
                time: Sample.now, json: json)
        }
    }

    func send(_ request: SendRequest) async throws(Problem) -> SendReceipt {
        let files = request.attachments.map { "\($0.name) \($0.type) \(text($0.content))" }
        try note(
            "send \(request.contract) \(request.to) \(request.outbox ?? "-") \(request.subject) \(request.text) "
                + "\(request.html ?? "-") \(files) \(request.idempotencyKey ?? "-")")
        return SendReceipt(notification: NotificationID(rawValue: 7), outbox: "acme-out", outboxTrace: ["because"])
    }

    func queue(_ query: QueueQuery) async throws(Problem) -> [DeliveryView] {
        try note("queue \(text(query))")
        return content.withLock { Array($0.queue.prefix(query.limit)) }
    }

    func changeQueue(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        try note("\(action) \(text(query))")
        return 3
    }

    // MARK: - Approvals

    func approvals(
        contract: String?, ticket: String?, state: String?, page: PageWish
    ) async throws(Problem) -> [ApprovalView] {
        try note("approvals \(contract ?? "-") \(ticket ?? "-") \(state ?? "-")\(page.words)")
        return [Sample.approval]
    }

    func approval(_ number: Int64) async throws(Problem) -> ApprovalView {
        try note("approval \(number)")
        return Sample.approval
    }

    func cancel(approval number: Int64) async throws(Problem) -> ApprovalView {
        try note("cancel approval \(number)")
        return Sample.approval
    }

    func vote(_ request: OperatorVote) async throws(Problem) -> ApprovalView {
        try note("vote \(request.approval) \(request.voter) \(request.choice) \(request.comment)")
        return Sample.approval
    }

    /// Links are words: what they show.
    func look(at link: String) async throws(Problem) -> ApprovalVisit {
        try note("look \(link)")
        return Sample.visit(link)
    }

    func answer(_ link: String, _ choice: Approval.Choice?, comment: String) async throws(Problem) -> ApprovalVisit {
        try note("answer \(link) \(choice?.rawValue ?? "-") \(comment)")
        guard let choice, link == "view" else { return Sample.visit(link) }
        return ApprovalVisit(.taken(choice), language: "en", question: Sample.question)
    }

    // MARK: - Messages

    static let line = MessageLine(
        StoredMessage(
            id: MessageID(rawValue: 7), contract: .unsaved, inbox: .unsaved, messageID: "<a/b@x>", sha256: digest,
            size: 9, from: "ana@x", subject: "Hi", received: Sample.now, fate: .opened),
        contract: "acme", inbox: "acme-in", ticket: "ACME-1")

    private static var digest: Digest {
        guard let digest = Digest(Array(repeating: 0xAB, count: 32)) else { preconditionFailure("32 octets") }
        return digest
    }

    func suppressions(contract: String?, page: PageWish) async throws(Problem) -> [SuppressionView] {
        try note("suppressions \(contract ?? "-")\(page.words)")
        return content.withLock { $0.suppressions }
    }

    func suppress(contract: String, address: String, reason: String) async throws(Problem) -> SuppressionView {
        try note("suppress \(contract) \(address) \(reason)")
        let entry = Suppression(
            contract: ContractID(rawValue: 1), address: address, reason: reason, since: Sample.now)
        return SuppressionView(entry, contract: contract)
    }

    func drill(outbox: String, fault: DrillFault, seconds: Int) async throws(Problem) -> DrillReport {
        try note("drill \(outbox) \(fault.rawValue) \(seconds)")
        throw Problem(status: 409, title: "Under way", detail: "Another drill is under way.")
    }

    func unsuppress(contract: String, address: String) async throws(Problem) {
        try note("unsuppress \(contract) \(address)")
    }

    func messages(_ query: MessageQuery) async throws(Problem) -> [MessageLine] {
        let words = [query.contract, query.inbox, query.ticket, query.fate, query.since, query.search].map { $0 ?? "-" }
        try note("messages \(words.joined(separator: " ")) \(query.before ?? 0) \(query.limit)")
        return content.withLock { $0.lines.isEmpty ? [Self.line] : Array($0.lines.prefix(query.limit)) }
    }

    func message(_ reference: String, contract: String?) async throws(Problem) -> MessageReport {
        try note("message \(reference) \(contract ?? "-")")
        return MessageReport(line: Self.line, view: MessageView(), attachments: [], reason: "Why.")
    }

    func explain(_ reference: String, contract: String?) async throws(Problem) -> Explanation {
        try note("explain \(reference) \(contract ?? "-")")
        if let explanation = content.withLock({ $0.explanation }) { return explanation }
        return Explanation(line: Self.line, decisions: [Decision(.filed, at: Sample.now, reference: "1", "Why.")])
    }

    func raw(_ reference: String, contract: String?) async throws(Problem) -> RawCopy {
        try note("raw \(reference) \(contract ?? "-")")
        return RawCopy(id: Self.line.id, size: 3) { offset in Array([1, 2, 3].dropFirst(offset)) }
    }

    func quarantine(_ query: QuarantineQuery) async throws(Problem) -> [QuarantineLine] {
        try note("quarantine \(text(query))")
        return content.withLock { Array($0.quarantine.prefix(query.limit)) }
    }

    func replay(
        _ query: QuarantineQuery, passingRules: Bool, dryRun: Bool
    ) async throws(Problem) -> [ReplayResult] {
        try note("replay \(text(query))\(passingRules ? " passing" : "")\(dryRun ? " dry" : "")")
        let results = content.withLock { $0.results }
        return results.isEmpty ? [ReplayResult(id: "7", outcome: .kept, reason: "Why.")] : results
    }

    private func text(_ query: QuarantineQuery) -> String {
        let words = [query.id, query.contract, query.inbox, query.since, query.search].map { $0 ?? "-" }
        return "\(words.joined(separator: " ")) \(query.limit)"
    }

    private static let report = TicketReport(
        Ticket(contract: .unsaved, number: 1, key: "ACME-1", requester: nil, subject: "Hi"), contract: "acme",
        messages: [], events: [], deliveries: [])

    func ticket(_ key: String, contract: String?) async throws(Problem) -> TicketReport {
        try note("ticket \(key) \(contract ?? "-")")
        return content.withLock { $0.ticket } ?? Self.report
    }

    func turn(ticket key: String, contract: String?, _ turn: TicketTurn) async throws(Problem) -> TicketReport {
        let quiet = turn.isQuiet ? " quiet" : ""
        try note("turn \(key) \(contract ?? "-") \(turn.isClosed)\(quiet) \(turn.data["a"]?.words ?? "-")")
        return Self.report
    }

    func trigger(_ request: TriggerRequest) async throws(Problem) -> TriggerReceipt {
        let (wish, files) = (
            request.on ?? request.flow ?? "-", request.files.map { "\($0.name) \($0.type) \($0.base64)" }
        )
        try note(
            "trigger \(request.contract) \(wish) \(request.ticket ?? "-") \(request.data["a"]?.words ?? "-") "
                + "\(files) \(request.idempotencyKey ?? "-")")
        let kept = KeptOccasion(contract: .unsaved, occasion: Occasion(trigger: wish, time: Sample.now))
        return TriggerReceipt(kept, contract: request.contract, ticket: nil, repeated: request.idempotencyKey == "old")
    }

    func triggers(contract: String?, ticket: String?, page: PageWish) async throws(Problem) -> [TriggerReceipt] {
        try note("triggers \(contract ?? "-") \(ticket ?? "-")\(page.words)")
        return []
    }

    func link(ticket key: String, contract: String?, external: String) async throws(Problem) -> TicketReport {
        try note("link \(key) \(contract ?? "-") \(external)")
        return Self.report
    }

    private static let step = PlannedStepView(
        PlannedStep(
            id: PlannedStepID(rawValue: 5), occasion: .unsaved, contract: .unsaved, ticket: nil,
            flow: Sample.name("confirm"), step: 1, due: Sample.now),
        contract: "acme", ticket: nil, trigger: "x", waits: nil)

    func plannedSteps(
        contract: String?, flow: String?, ticket: String?, page: PageWish
    ) async throws(Problem) -> [PlannedStepView] {
        try note("planned \(contract ?? "-") \(flow ?? "-") \(ticket ?? "-")\(page.words)")
        return [Self.step]
    }

    func cancel(plannedStep number: Int64) async throws(Problem) -> PlannedStepView {
        try note("cancel step \(number)")
        return Self.step
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    func text(_ query: QueueQuery) -> String {
        "\(query.contract ?? "-") \(query.outbox ?? "-") \(query.notification ?? 0) \(query.states) \(query.limit)"
    }
}

enum Sample {
    static let now = Timestamp(seconds: 1_790_000_000)
    static let forecast = TokenForecast(isAuthorized: true, accessExpires: now, scope: "mail")
    static let consent = Consent(
        state: .waiting, verificationURL: "https://provider.example/device", userCode: "WDJB-MJHT", expires: now)

    /// A name that the test wrote itself and that is therefore valid.
    static func name<Of>(_ text: String) -> Name<Of> {
        guard let name = Name<Of>(text) else { preconditionFailure("a test's own name is not valid: \(text)") }
        return name
    }

    static let acmeIn = Mailbox(
        id: MailboxID(rawValue: 1), name: name("acme-in"), description: "Requests", server: "mail.acme.example",
        port: 110, security: .starttls, trust: .init(caFile: "/etc/acme.pem", pin: "sha256//x"),
        login: .init(user: "help", password: .literal(Secret("hunter2")), sasl: .scramSHA256),
        role: .inbox(
            Inbox(access: .pop3, pollSeconds: 90, after: .leave, start: .since(CivilDate(daysSinceEpoch: 20_000)))))
    static let acmeOut = Mailbox(
        id: MailboxID(rawValue: 2), name: name("acme-out"), server: "SMTP.acme.example", port: 25, security: .none,
        login: nil, role: .outbox(Outbox(senders: [MailAddress(name: "Acme Help", address: "help@acme.example")])))
    static let acme = Contract(
        id: ContractID(rawValue: 1), name: name("acme"), title: "Acme Ltda", prefix: "ACME", inboxes: [name("acme-in")],
        outbox: .mailbox(name("acme-out")),
        people: [.init(name: "Ana", email: MailAddress(name: nil, address: "ana@acme.example"))],
        groups: [.init(name: "all", members: [.init(MailAddress(name: nil, address: "ana@acme.example"))])],
        events: .init(url: "https://desk.example/acme", secret: .literal(Secret("hunter2"))))
    static let confirm = Flow(
        name: name("confirm"), contract: name("acme"), trigger: "ticket.opened",
        steps: [
            .email(
                EmailStep(
                    outbox: .specific(name("acme-out")),
                    to: [
                        .requester, .person("Ana"), .group("all"),
                        .address(MailAddress(name: nil, address: "x@acme.example")),
                    ], template: name("opened"), sender: "help@acme.example"))
        ])
    static let templates = [
        Template(name: name("opened"), language: "en", subject: "S", text: "T"),
        Template(name: name("opened"), language: "pt-BR", subject: "S2", text: "T2", html: "<p>"),
    ]
    static let registry = Registry(
        systemOutbox: name("acme-out"), mailboxes: [acmeIn, acmeOut], contracts: [acme], flows: [confirm],
        templates: templates)
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var type: String { headers["Content-Type"] ?? "" }
}

extension Sample {
    static let question = ApprovalVisit.Question(
        contract: "Acme Ltda", ticket: "ACME-1", requester: "Ana <ana@acme.example>",
        subject: "A new <b>printer</b>", summary: "price: 100 \"EUR\"\nwhy: it's old & slow", voter: "Bia",
        group: "Board",
        quorum: 2, voters: 3, approvals: 1, rejections: 0, expires: "24 Nov 2026 10:00", state: .pending)

    static func visit(_ link: String) -> ApprovalVisit {
        let outcome: ApprovalVisit.Outcome? =
            switch link {
            case "view": .asks([.approve, .reject])
            case "approve": .asks([.approve])
            case "used": .voted(.reject, on: "21 Nov 2026 10:00")
            case "approved": .ended(.approved, on: "21 Nov 2026 10:00")
            case "rejected": .ended(.rejected, on: "21 Nov 2026 10:00")
            case "expired": .ended(.expired, on: "21 Nov 2026 10:00")
            case "cancelled": .ended(.cancelled, on: "21 Nov 2026 10:00")
            case "foreign": .foreign
            default: nil
            }
        guard let outcome else { return ApprovalVisit(.forged) }
        return ApprovalVisit(outcome, language: "en", question: outcome == .foreign ? nil : question)
    }

    static let approval = ApprovalView(
        Approval(
            id: ApprovalID(rawValue: 7), contract: .unsaved, ticket: .unsaved, flow: flowName, step: 1, nonce: [],
            subject: "Printer", quorum: 1, created: now, expires: now,
            voters: [
                .init(
                    MailAddress(name: "Bia", address: "bia@acme.example"), group: "Board",
                    vote: .init(.approve, by: .link, at: now, comment: "Yes."))
            ]), contract: "acme", ticket: "ACME-1")

    private static var flowName: FlowName {
        guard let name = FlowName("ask") else { preconditionFailure("our own name keeps our own rule") }
        return name
    }
}
