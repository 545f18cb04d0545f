// What is wrong with a mail room or soon will be, found in facts that others gathered; pure, and asks nobody.

import MaloteCore

/// Every area that there is has at least one finding: whoever looks sees that it was looked at.
struct Examination: Sendable {
    let status: StatusReport
    let registry: Registry
    let host: HostFacts
    let machine: MachineFacts
    let certificates: [String: Timestamp]
    let limits: (perHost: Int, total: Int)
    /// Of the database server; none where the store is a file.
    let database: [Diagnosis.Finding]
    /// Names of servers in use: what was found of each.
    let names: [String: Result<[String], Failure>]
    /// Secrets in use, by what they are for.
    let secrets: [(owner: String, failure: Failure?, openFile: String?)]

    private typealias Finding = Diagnosis.Finding

    var findings: [Diagnosis.Finding] {
        let found = clock + disk + database + process + lookups + trust + kept + mailboxes + people
        let order = Diagnosis.Area.allCases
        return order.flatMap { area in
            let here = found.filter { $0.area == area }
            // What is well is said only where nothing is wrong.
            let worse = here.filter { $0.verdict != .well }
            return worse.isEmpty ? here : worse
        }
    }

    // MARK: - Clock and disk

    private var clock: [Diagnosis.Finding] {
        let future = status.mailboxes.filter { line in line.lastGood.map { $0 > status.now + .seconds(60) } ?? false }
        if let line = future.first {
            return [
                Finding(
                    .clock, .ill,
                    "The clock was set back: \(line.name) was last well at \(line.lastGood ?? status.now).",
                    remedy: "Set the clock by a time service: systemctl enable --now systemd-timesyncd")
            ]
        }
        switch machine.isClockKept {
        case true?: return [Finding(.clock, .well, "A time service keeps the clock.")]
        case false?:
            return [
                Finding(
                    .clock, .doubtful, "No time service keeps the clock: certificates and links are judged by it.",
                    remedy: "Run one: systemctl enable --now systemd-timesyncd, or chrony.")
            ]
        case nil:
            return [
                Finding(
                    .clock, .unknown, "It is not known from here whether a time service keeps the clock.",
                    remedy: "See: timedatectl")
            ]
        }
    }

    private var disk: [Diagnosis.Finding] { [room, files, fileSystem].compactMap { $0 } }

    private var room: Diagnosis.Finding {
        guard let free = host.freeOctets, let whole = host.diskOctets, whole > 0, let reserve = host.diskReserve else {
            return Finding(.disk, .unknown, "It is not known how much room the disk of the state has.")
        }
        let text = "The disk of the state has \(free >> 20) MiB left of \(whole >> 20)"
        if free < reserve {
            return Finding(
                .disk, .ill, "\(text): no mail is taken below \(reserve >> 20) MiB.",
                remedy: "Make room, or set limits.disk-reserve lower in malote.yaml. Fetching goes on by itself.")
        }
        let need = max(reserve * 2, host.databaseOctets ?? 0)
        if free < need {
            return Finding(
                .disk, .doubtful, "\(text), less than twice the reserve or one more copy of the database needs.",
                remedy: "Make room: backups and cleaning up need as much again as the database.")
        }
        let file = host.databaseOctets.map { "; the database has \($0 >> 20)" } ?? ""
        return Finding(.disk, .well, "\(text)\(file).")
    }

    private var files: Diagnosis.Finding? {
        guard let free = machine.freeFiles, let most = machine.mostFiles, most > 0, free < most / 20 else { return nil }
        return Finding(
            .disk, .doubtful, "The file system of the state can hold only \(free) more files (of \(most)).",
            remedy: "Remove files that nobody needs; df -i shows where they are.")
    }

    private var fileSystem: Diagnosis.Finding? {
        switch machine.fileSystem {
        case "tmpfs"?, "ramfs"?:
            Finding(
                .disk, .ill, "The state lies in memory (\(machine.fileSystem ?? "")): it is gone at the next reboot.",
                remedy: "Move `state` in malote.yaml to a disk.")
        case "nfs"?, "cifs"?, "smb2"?, "9p"?, "fuse"?:
            Finding(
                .disk, .doubtful,
                "The state lies on \(machine.fileSystem ?? ""): what is synced there may not be on a disk.",
                remedy: "Move `state` in malote.yaml to a disk of this machine.")
        default: nil
        }
    }

    // MARK: - Limits

    private var process: [Diagnosis.Finding] {
        var found: [Diagnosis.Finding] = []
        if let descriptors = host.descriptorLimit, descriptors < Int64(limits.total) + 200 {
            found.append(
                Finding(
                    .limits, .doubtful,
                    "\(descriptors) files may be open, and limits.connections is \(limits.total).",
                    remedy: "Raise LimitNOFILE in maloted's unit, or lower limits.connections."))
        }
        let used = status.mailboxes.filter { ![.unused, .resting].contains($0.state) }
        if used.count > limits.total {
            found.append(
                Finding(
                    .limits, .doubtful, "\(used.count) mailboxes share \(limits.total) connections: some wait.",
                    remedy: "Raise limits.connections in malote.yaml."))
        }
        for (server, count) in crowded(used).prefix(10) {
            found.append(
                Finding(
                    .limits, .doubtful,
                    "\(count) mailboxes are on \(server), which is given \(limits.perHost) connections: some wait.",
                    remedy: "Raise limits.per-host in malote.yaml, if the server bears it."))
        }
        if let memory = machine.memoryLimit, memory < 256 << 20 {
            found.append(
                Finding(
                    .limits, .doubtful, "maloted may use only \(memory >> 20) MiB of memory.",
                    remedy: "Raise MemoryMax in its unit to 256M or more."))
        }
        if machine.isRoot == true {
            found.append(
                Finding(
                    .limits, .doubtful, "maloted runs as root, and needs no right of root's.",
                    remedy: "Start it by its unit: systemctl start maloted"))
        }
        if machine.writesCores == true {
            found.append(
                Finding(
                    .limits, .doubtful, "A crash would write the memory, and with it passwords, to a core file.",
                    remedy: "Set LimitCORE=0 in maloted's unit."))
        }
        guard found.isEmpty else { return found }
        return [Finding(.limits, .well, "\(limits.total) connections, \(limits.perHost) to one server: enough.")]
    }

    private func crowded(_ lines: [StatusReport.MailboxLine]) -> [(key: String, value: Int)] {
        Dictionary(grouping: lines) { $0.server.lowercased() }.mapValues(\.count)
            .filter { $0.value > limits.perHost * 4 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    // MARK: - Names and certificates

    private var lookups: [Diagnosis.Finding] {
        let failed = names.sorted { $0.key < $1.key }.compactMap { name, result -> Diagnosis.Finding? in
            guard case .failure(let failure) = result else { return nil }
            return Finding(
                .names, failure.kind == .operatorNeeded ? .ill : .doubtful, "\(name): \(failure.detail)",
                remedy: failure.remedy)
        }
        return failed + [Finding(.names, .well, "All \(names.count) names of servers lead to addresses.")]
    }

    private var trust: [Diagnosis.Finding] {
        var found: [Diagnosis.Finding] = []
        switch machine.authorities {
        case nil, 0?:
            found.append(
                Finding(
                    .certificates, .ill, "The file of certificate authorities (tls.ca) holds none, or cannot be read.",
                    remedy: "Install the package ca-certificates, or set tls.ca in malote.yaml to a PEM file."))
        case let count?:
            found.append(
                Finding(
                    .certificates, .well,
                    "\(count) authorities; \(certificates.count) certificates of servers were seen, none ends soon."))
        }
        for (server, end) in certificates.sorted(by: { $0.key < $1.key }) where end < status.now + .seconds(14 * 86_400)
        {
            let isOver = end <= status.now
            found.append(
                Finding(
                    .certificates, isOver ? .ill : .doubtful,
                    "The certificate of \(server) \(isOver ? "ended" : "ends") at \(end).",
                    remedy: "Whoever runs the server must renew it."))
        }
        let bare = registry.mailboxes.filter { $0.security == .none && registry.isUsed($0) }.map(\.name.text)
        if !bare.isEmpty {
            found.append(
                Finding(
                    .certificates, .doubtful,
                    "No TLS protects \(bare.listed(atMost: 5)): everybody on the way can read and change what passes.",
                    remedy: "Set tls: starttls or implicit, or let the server stand on this machine."))
        }
        return found
    }

    // MARK: - Secrets

    private var kept: [Diagnosis.Finding] {
        var found = secrets.compactMap { secret -> Diagnosis.Finding? in
            if let failure = secret.failure {
                return Finding(.secrets, .ill, "\(secret.owner): \(failure.detail)", remedy: failure.remedy)
            }
            return secret.openFile.map { path in
                Finding(
                    .secrets, .doubtful, "\(secret.owner): everybody on this machine may read \(path).",
                    remedy: "chmod o= \(path), or give it to maloted as a credential (LoadCredential=).")
            }
        }
        for line in status.mailboxes where line.token?.failure != nil || line.token?.isAuthorized == false {
            let failure = line.token?.failure
            found.append(
                Finding(
                    .secrets, .ill, "\(line.name): \(failure?.detail ?? "nobody has authorized it yet.")",
                    remedy: failure?.remedy ?? "Run: malotectl mailbox authorize \(line.name)"))
        }
        return found + [Finding(.secrets, .well, "All \(secrets.count) secrets that are in use can be read.")]
    }

    // MARK: - Mailboxes and people

    private var mailboxes: [Diagnosis.Finding] {
        let failing = status.mailboxes.compactMap { line -> Diagnosis.Finding? in
            guard [.failing, .needsAttention].contains(line.state), let failure = line.failure else { return nil }
            return Finding(
                .mailboxes, line.state == .failing ? .doubtful : .ill, "\(line.name): \(failure.detail)",
                remedy: failure.remedy.isEmpty ? "Try it: malotectl mailbox test \(line.name)" : failure.remedy)
        }
        guard status.mailboxes.isEmpty else {
            return failing + [Finding(.mailboxes, .well, "All \(status.mailboxes.count) mailboxes are well.")]
        }
        return [
            Finding(
                .mailboxes, .doubtful, "No mailbox is registered.",
                remedy: "Register one: malotectl mailbox add, or malotectl apply -f FILE")
        ]
    }

    private var people: [Diagnosis.Finding] {
        var found: [Diagnosis.Finding] = []
        if registry.systemOutbox == nil {
            found.append(
                Finding(
                    .people, .doubtful, "There is no system outbox: alerts cannot leave.",
                    remedy: "Set one: malotectl system set --outbox NAME"))
        }
        if registry.alerts.isEmpty {
            found.append(
                Finding(
                    .people, .doubtful, "Nobody hears of alerts.",
                    remedy: "Name somebody: malotectl system set --alerts ADDRESS"))
        }
        guard found.isEmpty else { return found }
        return [Finding(.people, .well, "Alerts go to \(registry.alerts.map(\.address).listed(atMost: 5)).")]
    }
}
