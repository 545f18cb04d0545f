// Alerts on their way to people: by mail through the system outbox, and as events of the contracts they concern.

import MaloteCore
import MaloteDesk

extension MailRoom {
    /// Their mails have lanes of their own, that no registry can name and no contract shares.
    static let alertContract = ContractID(rawValue: -10)

    package func alerts() async throws(Problem) -> AlertReport {
        let registry = parts.board.current
        let alerts = try await read { try $0.alerts() }
        return AlertReport(
            now: parts.time.now(), addresses: registry.alerts.map(\.address), outbox: registry.systemOutbox?.text,
            alerts: alerts)
    }

    package func testAlert() async throws(Problem) -> AlertReceipt {
        let registry = parts.board.current
        guard !registry.alerts.isEmpty else {
            throw Problem(
                status: 409, title: "Nobody to tell",
                detail: "No address for alerts is registered. Set one with: malotectl system set --alerts ADDRESS")
        }
        guard registry.systemOutbox.flatMap({ registry.mailbox($0) })?.outbox != nil else {
            throw Problem(
                status: 409, title: "No system outbox",
                detail: "Alerts leave through the system outbox only, and there is none. "
                    + "Set one with: malotectl system set --outbox NAME")
        }
        let text = "This is what an alert looks like. Somebody asked for it with: malotectl alert test\n"
        let mail = try compose("[Malote] Test of alerts", text, registry)
        guard let mail else {
            throw Problem(status: 409, title: "No sender", detail: "The system outbox has no sender.")
        }
        let id = try await write { try $0.enqueue(mail) }
        parts.queueBell.ring()
        return AlertReceipt(
            notification: id, outbox: registry.systemOutbox?.text ?? "", addresses: registry.alerts.map(\.address))
    }

    // MARK: - Telling

    /// Tells what is news, in one transaction with the memory of having told it: mail, events, and the log.
    func tellAlerts(_ report: StatusReport) async {
        do {
            let registry = parts.board.current
            let quarantine = try await parts.store.read { try $0.quarantine() }
            let rules = AlertRules(
                status: report, registry: registry, certificates: parts.certificates.ends, quarantine: quarantine,
                endpoints: try await endpoints(contract: nil), access: try await accessTokens(),
                host: parts.host.facts())
            let (planner, news) = try await lookout.news(rules.findings, undecided: rules.isUndecided)
            guard !news.isEmpty || !planner.alerts.isEmpty else { return await lookout.keep(planner) }
            let mail = news.isEmpty ? nil : try letter(news, registry)
            let warnings = news.flatMap { events(of: $0, report, registry) }
            try await parts.store.write { store in
                if try store.alerts() != planner.alerts { try store.setAlerts(planner.alerts) }
                for event in warnings { try store.append(event) }
                if let mail { _ = try store.enqueue(mail) }
            }
            await lookout.keep(planner)
            if !warnings.isEmpty { parts.eventBell.ring() }
            if mail != nil { parts.queueBell.ring() }
            for some in news { log(some) }
        } catch {
            parts.log(.error, "alerts could not be told: \(Failure(storing: error))")
        }
    }

    private func log(_ news: AlertNews) {
        let level: Log.Level = news.turn == .over ? .notice : .warning
        let text = news.turn == .over ? news.alert.headline : news.alert.detail
        parts.log(level, "alert, \(news.turn.rawValue): \(text.onOneLine)")
    }

    /// A mail that nobody takes is no alert, or it would be one each day.
    func logLostAlerts(_ report: StatusReport) async {
        let name = parts.board.current.name(of: Self.alertContract)
        let failed = report.lanes.filter { $0.contract == name }.map(\.failed).reduce(0, +)
        let fresh = await lookout.failedAlerts(failed)
        guard fresh > 0 else { return }
        parts.log(
            .error, "\(fresh) mails with alerts could not be delivered: see malotectl queue list --state failed.")
    }

    // MARK: - Mail

    /// `nil` where nobody is to be written to, or nothing can be sent.
    private func letter(_ news: [AlertNews], _ registry: Registry) throws(Problem) -> Notification? {
        let letter = AlertLetter(news, host: parts.hostName, now: parts.time.now())
        return try compose(letter.subject, letter.text, registry)
    }

    /// Through the system outbox and no other, however that is doing: a mail that cannot leave waits as others do.
    private func compose(_ subject: String, _ text: String, _ registry: Registry) throws(Problem) -> Notification? {
        guard !registry.alerts.isEmpty, let mailbox = registry.systemOutbox.flatMap({ registry.mailbox($0) }),
            let sender = mailbox.outbox?.senders.first
        else { return nil }
        let now = parts.time.now()
        let ids = parts.intake.ids(for: Self.alertContract)
        var message = OutgoingMessage(
            from: sender, to: registry.alerts, subject: subject, text: text,
            messageID: ids.make("alert", domain: sender.domain), date: now)
        // RFC 3834 §5: nobody's machine is to answer it.
        message.autoSubmitted = "auto-generated"
        let content: [UInt8]
        do { content = try parts.intake.codec.build(message) } catch { throw Problem(error) }
        return Notification(
            lane: Lane(contract: Self.alertContract, outbox: mailbox.id), messageID: message.messageID,
            envelopeFrom: sender.address, recipients: registry.alerts.map(\.address), subject: subject,
            content: content, outboxTrace: ["An alert: it leaves through the system outbox."], created: now,
            priority: .high)
    }

    // MARK: - Events

    /// Failing mailboxes and their recovery have events of their own, which Intake writes. To tell of an endpoint by an
    /// event would be told to nobody.
    private func events(of news: AlertNews, _ report: StatusReport, _ registry: Registry) -> [TicketEvent] {
        guard news.turn == .begun || news.turn == .worse else { return [] }
        switch news.alert.kind {
        case .certificateExpiring: return expiring(news.alert, "certificate", registry)
        case .tokenExpiring: return expiring(news.alert, "refresh-token", registry)
        case .secretExpiring: return expiring(news.alert, "client-secret", registry)
        case .queueAging: return aging(news.alert, report, registry)
        case .mailboxFailing, .endpointFailing, .quarantine, .diskLow: return []
        }
    }

    private func expiring(_ alert: Alert, _ what: String, _ registry: Registry) -> [TicketEvent] {
        guard let end = alert.expires else { return [] }
        return alert.mailboxes.compactMap { MailboxName($0).flatMap { registry.mailbox($0) } }.flatMap { mailbox in
            registry.contracts(using: mailbox).map { contract in
                builder(contract).expiring(mailbox, what: what, end: end)
            }
        }
    }

    private func aging(_ alert: Alert, _ report: StatusReport, _ registry: Registry) -> [TicketEvent] {
        report.lanes.filter { "\($0.contract)/\($0.outbox)" == alert.subject }.compactMap { lane in
            guard let contract = ContractName(lane.contract).flatMap({ registry.contract($0) }) else { return nil }
            return builder(contract).aging(outbox: lane.outbox, queued: lane.queued, oldest: alert.since)
        }
    }

    private func builder(_ contract: Contract) -> TicketEventBuilder {
        TicketEventBuilder(contract: contract, id: parts.intake.newEventID(), time: parts.time.now())
    }
}
