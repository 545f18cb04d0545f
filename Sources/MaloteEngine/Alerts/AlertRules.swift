// What is worth telling people without being asked, found in a status; pure: time is in the status.

import MaloteCore

/// Each rule finds alerts that hold now. When to tell them, and how often, is the planner's.
package struct AlertRules: Sendable {
    /// How long a mailbox fails by itself before people hear of it. A fault that only a person can mend is told at once.
    package static let patience = Duration.seconds(600)
    /// What is left of a certificate, in days, from which on its end is told; one level each.
    package static let certificateDays: [Int64] = [14, 7, 1]
    /// The same for refresh tokens: some live for a week only.
    package static let tokenDays: [Int64] = [3, 1]
    /// The same for what people must make anew elsewhere: clients' secrets, and access tokens to this daemon.
    package static let secretDays: [Int64] = [30, 7, 1]
    /// How old a lane's oldest queued delivery is, in hours.
    package static let queueHours: [Int64] = [2, 24]
    /// How long a message may lie in quarantine.
    package static let quarantinePatience = Duration.seconds(86_400)

    /// How long an endpoint fails before people hear of it, and how long it is disabled: somebody may be at it.
    package static let endpointPatience = Duration.seconds(3600)
    package static let disabledPatience = Duration.seconds(600)

    let status: StatusReport
    let registry: Registry
    let certificates: [String: Timestamp]
    let quarantine: QuarantineSummary
    let endpoints: [EndpointView]
    let access: [AccessTokenView]
    let host: HostFacts

    package init(
        status: StatusReport, registry: Registry, certificates: [String: Timestamp] = [:],
        quarantine: QuarantineSummary = QuarantineSummary(), endpoints: [EndpointView] = [],
        access: [AccessTokenView] = [],
        host: HostFacts = HostFacts()
    ) {
        self.status = status
        self.registry = registry
        self.certificates = certificates
        self.quarantine = quarantine
        self.endpoints = endpoints
        self.access = access
        self.host = host
    }

    private var now: Timestamp { status.now }

    package var findings: [Alert] {
        status.mailboxes.compactMap(failing) + status.mailboxes.compactMap(token)
            + status.mailboxes.compactMap(secret) + access.compactMap(accessToken) + servers
            + status.lanes.compactMap(lane) + endpoints.compactMap(endpoint) + [quarantined, disk].compactMap { $0 }
    }

    /// Whether it cannot be told if a known alert is over: nobody has seen the server's certificate since the start.
    package func isUndecided(_ alert: Alert) -> Bool {
        guard alert.kind == .certificateExpiring else { return false }
        return certificates[alert.subject] == nil && securedServers[alert.subject] != nil
    }

    // MARK: - Mailboxes

    private func failing(_ line: StatusReport.MailboxLine) -> Alert? {
        guard line.state == .failing || line.state == .needsAttention, let failure = line.failure else { return nil }
        let since = line.failingSince ?? now
        guard line.state == .needsAttention || now - since >= Self.patience else { return nil }
        return Alert(
            .mailboxFailing, line.name, contracts: line.contracts, mailboxes: [line.name],
            level: line.state == .needsAttention ? 2 : 1,
            detail: "\(line.type == "inbox" ? "Inbox" : "Outbox") \(line.name) (\(line.server)) is failing: "
                + "\(failure.detail)",
            remedy: failure.remedy, since: since)
    }

    private func token(_ line: StatusReport.MailboxLine) -> Alert? {
        guard ![.unused, .resting].contains(line.state), let end = line.token?.refreshTokenExpires,
            let level = Self.level(of: end - now, Self.tokenDays)
        else { return nil }
        return Alert(
            .tokenExpiring, line.name, contracts: line.contracts, mailboxes: [line.name], level: level,
            detail: "The refresh token of \(line.name) \(ends(end)).",
            remedy: "Authorize it anew with: malotectl mailbox authorize \(line.name)", since: now, expires: end)
    }

    // MARK: - Secrets

    private func secret(_ line: StatusReport.MailboxLine) -> Alert? {
        guard ![.unused, .resting].contains(line.state),
            let day = registry.mailbox(line.id)?.login?.oauth?.clientSecretExpires
        else { return nil }
        // Its last day counts whole.
        let end = day.start + .seconds(86_400)
        guard let level = Self.level(of: end - now, Self.secretDays) else { return nil }
        return Alert(
            .secretExpiring, "client secret of mailbox \(line.name)", contracts: line.contracts,
            mailboxes: [line.name], level: level, detail: "The client secret of \(line.name) \(ends(end)).",
            remedy: "Make a new one at the provider, and register it with its end: malotectl mailbox edit \(line.name)",
            since: now, expires: end)
    }

    /// Whoever asks by it will be turned away.
    private func accessToken(_ token: AccessTokenView) -> Alert? {
        guard let end = token.expires, end > now, let level = Self.level(of: end - now, Self.tokenDays) else {
            return nil
        }
        return Alert(
            .secretExpiring, "access token \(token.name)", contracts: token.contract.map { [$0] } ?? [], level: level,
            detail: "The access token \(token.name) \(ends(end)).",
            remedy: "Make another with malotectl token add, and give it to whoever uses this one.", since: now,
            expires: end)
    }

    // MARK: - Certificates

    /// Mailboxes in use by their server, where its certificate's end matters: a pinned key has none.
    private var securedServers: [String: [StatusReport.MailboxLine]] {
        var servers: [String: [StatusReport.MailboxLine]] = [:]
        for line in status.mailboxes where ![.unused, .resting].contains(line.state) {
            guard let mailbox = registry.mailbox(line.id), mailbox.security != .none, mailbox.trust.pin == nil else {
                continue
            }
            servers[CertificateBook.server(mailbox.server, mailbox.port), default: []].append(line)
        }
        return servers
    }

    private var servers: [Alert] {
        securedServers.sorted { $0.key < $1.key }.compactMap { server, lines in
            guard let end = certificates[server], let level = Self.level(of: end - now, Self.certificateDays) else {
                return nil
            }
            return Alert(
                .certificateExpiring, server, contracts: Set(lines.flatMap(\.contracts)).sorted(),
                mailboxes: lines.map(\.name), level: level,
                detail:
                    "The certificate of \(server) \(ends(end)). Mailboxes: \(lines.map(\.name).listed(atMost: 10)).",
                remedy: "Whoever runs the server must renew it: afterwards no connection is made.", since: now,
                expires: end)
        }
    }

    // MARK: - Queues

    private func lane(_ line: StatusReport.LaneLine) -> Alert? {
        guard line.queued > 0, line.heldSince == nil, let oldest = line.oldestQueued,
            status.contracts.contains(where: { $0.contract == line.contract }),
            let level = Self.queueHours.lastIndex(where: { now - oldest >= .seconds($0 * 3600) })
        else { return nil }
        return Alert(
            .queueAging, "\(line.contract)/\(line.outbox)", contracts: [line.contract], mailboxes: [line.outbox],
            level: level + 1,
            detail: "\(line.queued) deliveries of \(line.contract) wait for outbox \(line.outbox), "
                + "the oldest since \(oldest).",
            remedy: "See why with: malotectl queue list --contract \(line.contract) --outbox \(line.outbox)",
            since: oldest)
    }

    // MARK: - Endpoints

    private func endpoint(_ view: EndpointView) -> Alert? {
        let disabled = view.disabledSince.map { now - $0 >= Self.disabledPatience } ?? false
        let failing = view.failingSince.map { now - $0 >= Self.endpointPatience } ?? false
        guard disabled || failing, view.state != .paused else { return nil }
        let what = disabled ? "is disabled" : "has been failing"
        let why = (view.failure?.detail ?? view.reason).map { ": \($0)" } ?? "."
        return Alert(
            .endpointFailing, view.contract, contracts: [view.contract], level: disabled ? 2 : 1,
            detail: "The endpoint of \(view.contract) \(what)\(why) \(view.waiting) events wait for it.",
            remedy: disabled
                ? "When the receiver is well: malotectl endpoint enable \(view.contract)"
                : "See it with: malotectl endpoint show \(view.contract)",
            since: (disabled ? view.disabledSince : view.failingSince) ?? now)
    }

    // MARK: - The house

    private var quarantined: Alert? {
        guard quarantine.count > 0, let oldest = quarantine.oldest, now - oldest >= Self.quarantinePatience else {
            return nil
        }
        return Alert(
            .quarantine, "quarantine",
            detail: "\(quarantine.count) messages are in quarantine, the oldest since \(oldest).",
            remedy: "See them with: malotectl quarantine list", since: oldest)
    }

    private var disk: Alert? {
        guard let free = host.freeOctets, let whole = host.diskOctets, whole > 0, let reserve = host.diskReserve else {
            return nil
        }
        let limits = [max(512 << 20, min(whole / 10, 5 << 30), reserve * 2), reserve]
        guard let level = limits.lastIndex(where: { free < $0 }) else { return nil }
        return Alert(
            .diskLow, "state", level: level + 1,
            detail: "The disk that the state lies on has \(free >> 20) MiB left of \(whole >> 20).",
            remedy: level == 0
                ? "Make room: below \(reserve >> 20) MiB no more mail is taken, and it stays on its servers."
                : "Make room: mail stays on its servers meanwhile, and what is queued is sent for as long as it can be.",
            since: now)
    }

    // MARK: - Words

    /// - Returns: how many of the limits, falling, are reached; `nil` for none.
    private static func level(of left: Duration, _ days: [Int64]) -> Int? {
        days.lastIndex { left <= .seconds($0 * 86_400) }.map { $0 + 1 }
    }

    private func ends(_ end: Timestamp) -> String {
        guard end > now else { return "ended at \(end)" }
        let hours = (end - now).milliseconds / 3_600_000
        return "ends in \(hours >= 48 ? "\(hours / 24) days" : "\(hours) hours"), at \(end)"
    }
}

extension [String] {
    /// The first so many, and how many more there are.
    func listed(atMost most: Int) -> String {
        let shown = prefix(most).joined(separator: ", ")
        return count > most ? "\(shown) and \(count - most) more" : shown
    }
}
