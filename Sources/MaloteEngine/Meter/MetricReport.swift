// What is scraped: one moment's numbers as metric families; pure.

import MaloteCore

/// Labels are few: contracts (the first 500 by name, the others as `other`), states, causes and kinds. No mailbox, address or
/// subject is one.
package struct MetricReport: Sendable {
    static let mostContracts = 500

    let status: StatusReport
    let totals: Totals
    let meter: Meter.Reading
    let host: HostFacts
    let quarantine: QuarantineSummary
    let endpoints: [EndpointView]
    let alerts: [Alert]
    let certificates: [String: Timestamp]
    let registry: Registry
    /// Whether it tells of what belongs to no mailbox and no endpoint.
    private let hasChores: Bool
    let standings: [String: Standing]
    private let shown: Set<String>
    private let names: [ContractID: String]

    /// - Parameter part: the node's; the report is cut down to it.
    package init(
        status: StatusReport, registry: Registry, totals: Totals = Totals(), meter: Meter.Reading = .init(),
        host: HostFacts = HostFacts(), quarantine: QuarantineSummary = QuarantineSummary(),
        endpoints: [EndpointView] = [], alerts: [Alert] = [],
        certificates: [String: Timestamp] = [:], part: MetricPart = .whole
    ) {
        let status = part.of(status, registry)
        self.status = status
        self.registry = registry
        self.totals = totals
        self.meter = meter
        self.host = host
        self.quarantine = quarantine
        self.endpoints = part.of(endpoints, registry)
        hasChores = part.has(.chores)
        self.alerts = alerts
        self.certificates = certificates
        standings = Standing.all(status)
        shown = Set(registry.contracts.map(\.name.text).sorted().prefix(Self.mostContracts))
        names = Dictionary(
            registry.contracts.map { ($0.id, $0.name.text) }, uniquingKeysWith: { first, _ in first })
    }

    /// In a fixed order; a family without samples is there, too.
    package var families: [MetricFamily] { mail + sending + contracts + receivers + house + machine }

    // MARK: - Labels

    func label(_ contract: String) -> String { shown.contains(contract) ? contract : "other" }
    private func label(_ contract: ContractID) -> String { names[contract].map(label) ?? "other" }

    private typealias Label = MetricFamily.Label

    /// One sample for each set of labels; values of contracts that share one are put together.
    func samples(
        _ values: [(labels: [MetricFamily.Label], value: Double)], _ together: (Double, Double) -> Double = { $0 + $1 }
    ) -> [MetricFamily.Sample] {
        var sums: [[MetricFamily.Label]: Double] = [:]
        for (labels, value) in values { sums[labels] = sums[labels].map { together($0, value) } ?? value }
        return sums.map { MetricFamily.Sample($0.key, .number($0.value)) }
            .sorted { $0.labels.map(\.value).lexicographicallyPrecedes($1.labels.map(\.value)) }
    }

    private static func causes(_ counts: [Failure.Cause: UInt64]) -> [MetricFamily.Sample] {
        counts.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { .init([Label("cause", $0.key.rawValue)], .number(Double($0.value))) }
    }

    // MARK: - Mail

    private var mail: [MetricFamily] {
        [
            MetricFamily(
                "malote_messages_received", .counter, help: "Messages filed, by what became of each.",
                samples: samples(
                    totals.messages.map {
                        (
                            [Label("contract", label($0.key.contract)), Label("fate", $0.key.fate.rawValue)],
                            Double($0.value)
                        )
                    })),
            MetricFamily(
                "malote_messages_received_bytes", .counter, unit: "bytes", help: "Octets of messages filed.",
                samples: samples(totals.octets.map { ([Label("contract", label($0.key))], Double($0.value)) })),
            MetricFamily(
                "malote_events", .counter, help: "Events appended to contracts' logs.",
                samples: samples(
                    totals.events.map {
                        (
                            [Label("contract", label($0.key.contract)), Label("kind", $0.key.kind.rawValue)],
                            Double($0.value)
                        )
                    })),
            MetricFamily(
                "malote_polls", .counter, help: "Polls of inboxes that ended, well or not.",
                samples: [.init([], .number(Double(meter.polls)))]),
            MetricFamily(
                "malote_poll_failures", .counter, help: "Polls of inboxes that failed, by the class of the fault.",
                samples: Self.causes(meter.pollFailures)),
            MetricFamily(
                "malote_poll_duration_seconds", .histogram, unit: "seconds",
                help: "How long a poll took, from its connection or its server's news to its end.",
                samples: [.init([], .histogram(meter.pollSeconds))]),
            MetricFamily(
                "malote_start_delay_seconds", .histogram, unit: "seconds",
                help: "How late a poll or a lane's work was begun although its own server could be used.",
                samples: [.init([], .histogram(meter.startDelaySeconds))]),
        ]
    }

    private var sending: [MetricFamily] {
        let attempts = meter.attempts.map { key, count in
            ([Label("outcome", key.outcome), Label("cause", key.cause?.rawValue ?? "none")], Double(count))
        }
        return [
            MetricFamily(
                "malote_attempts", .counter, help: "Attempts at deliveries, by how each ended.",
                samples: samples(attempts)),
            MetricFamily(
                "malote_lane_failures", .counter, help: "Connections of lanes that failed, by the class of the fault.",
                samples: Self.causes(meter.laneFailures)),
            MetricFamily(
                "malote_delivery_latency_seconds", .histogram, unit: "seconds",
                help: "From a delivery's queueing to its being taken by a server.",
                samples: [.init([], .histogram(meter.deliverySeconds))]),
        ]
    }

    // MARK: - Contracts

    private var contracts: [MetricFamily] {
        let standings = standings.map { (label($0.key), $0.value) }
        func gauge(
            _ name: String, unit: String = "", _ help: String, worst: Bool = true, _ value: (Standing) -> Int?
        ) -> MetricFamily {
            let values = standings.compactMap { contract, standing in
                value(standing).map { ([Label("contract", contract)], Double($0)) }
            }
            return MetricFamily(
                name, .gauge, unit: unit, help: help,
                samples: samples(values, worst ? { max($0, $1) } : { $0 + $1 }))
        }
        return [
            gauge("malote_contract_lag_seconds", unit: "seconds", "How far its inboxes are behind, at worst.") {
                $0.lag
            },
            gauge(
                "malote_contract_queue_age_seconds", unit: "seconds", "How long its oldest queued delivery has waited."
            ) { $0.queueAge },
            gauge(
                "malote_contract_mailboxes_unwell", "Mailboxes it uses that fail or need a person.", worst: false
            ) { $0.unwell },
            deliveries(standings), worstDelay, expiry("certificate", certificateEnds), expiry("token", tokenEnds),
        ]
    }

    private func deliveries(_ standings: [(String, Standing)]) -> MetricFamily {
        let values = standings.flatMap { contract, standing in
            [
                ("queued", standing.queued), ("sending", standing.sending), ("held", standing.held),
                ("unknown", standing.unknown),
            ].map { ([Label("contract", contract), Label("state", $0.0)], Double($0.1)) }
        }
        return MetricFamily(
            "malote_contract_deliveries", .gauge, help: "Deliveries that are not settled.", samples: samples(values))
    }

    private var worstDelay: MetricFamily {
        MetricFamily(
            "malote_contract_worst_delay_seconds", .gauge, unit: "seconds",
            help: "What other contracts cost this one at worst within the last hour.",
            samples: samples(
                status.contracts.map { ([Label("contract", label($0.contract))], Double($0.worstDelay) / 1000) }, max))
    }

    private func expiry(_ what: String, _ ends: [(contract: String, end: Timestamp)]) -> MetricFamily {
        MetricFamily(
            "malote_contract_\(what)_expiry_timestamp_seconds", .gauge, unit: "seconds",
            help: what == "token"
                ? "When the first refresh token of its mailboxes ends."
                : "When the first certificate of its mailboxes' servers ends.",
            samples: samples(
                ends.map { ([Label("contract", label($0.contract))], Double($0.end.milliseconds / 1000)) }, min))
    }

    private var certificateEnds: [(contract: String, end: Timestamp)] {
        status.mailboxes.flatMap { line -> [(contract: String, end: Timestamp)] in
            guard let mailbox = registry.mailbox(line.id), mailbox.security != .none, mailbox.trust.pin == nil,
                let end = certificates[CertificateBook.server(mailbox.server, mailbox.port)]
            else { return [] }
            return line.contracts.map { ($0, end) }
        }
    }

    private var tokenEnds: [(contract: String, end: Timestamp)] {
        status.mailboxes.flatMap { line in
            line.token?.refreshTokenExpires.map { end in line.contracts.map { ($0, end) } } ?? []
        }
    }

    // MARK: - Endpoints

    private var receivers: [MetricFamily] {
        func each(_ value: (EndpointView) -> Int?) -> [(labels: [MetricFamily.Label], value: Double)] {
            endpoints.compactMap { view in value(view).map { ([Label("contract", label(view.contract))], Double($0)) } }
        }
        let states = endpoints.map { ([Label("state", $0.state.rawValue)], 1.0) }
        return [
            MetricFamily("malote_endpoints", .gauge, help: "Endpoints in each state.", samples: samples(states)),
            MetricFamily(
                "malote_endpoint_waiting_events", .gauge, help: "Events that wait for their endpoint.",
                samples: samples(each { $0.waiting })),
            MetricFamily(
                "malote_endpoint_waiting_age_seconds", .gauge, unit: "seconds",
                help: "How long the oldest of them has waited.",
                samples: samples(
                    each { view in
                        view.waitingSince.map { Int(clamping: max(0, (status.now - $0).milliseconds / 1000)) } ?? 0
                    }, max)),
            MetricFamily(
                "malote_endpoint_dead_events", .gauge, help: "Events that were refused for good.",
                samples: samples(each { $0.dead })),
        ]
    }

    // MARK: - The house

    private var house: [MetricFamily] {
        let mailboxes = status.mailboxes.map { ([Label("type", $0.type), Label("state", $0.state.rawValue)], 1.0) }
        let firing = alerts.filter { $0.clear == nil }.map { ([Label("kind", $0.kind.rawValue)], 1.0) }
        func ofAll(_ samples: [MetricFamily.Sample]) -> [MetricFamily.Sample] { hasChores ? samples : [] }
        return [
            MetricFamily("malote_mailboxes", .gauge, help: "Mailboxes in each state.", samples: samples(mailboxes)),
            MetricFamily(
                "malote_contracts", .gauge, help: "Registered contracts.",
                samples: ofAll([.init([], .number(Double(registry.contracts.count)))])),
            MetricFamily(
                "malote_quarantined_messages", .gauge, help: "Messages in quarantine.",
                samples: ofAll([.init([], .number(Double(quarantine.count)))])),
            MetricFamily(
                "malote_alerts", .gauge, help: "Alerts that people were told and that are not over.",
                samples: ofAll(samples(Alert.Kind.allCases.map { ([Label("kind", $0.rawValue)], 0) } + firing))),
            MetricFamily(
                "malote_build_info", .gauge, help: "1, with the version that runs.",
                samples: [.init([Label("version", status.version)], .number(1))]),
            MetricFamily(
                "malote_http_requests", .counter, help: "HTTP requests answered, by door and class of status.",
                samples: samples(
                    meter.answers.map {
                        ([Label("door", $0.key.door), Label("status", $0.key.status)], Double($0.value))
                    })),
        ]
    }

    private var machine: [MetricFamily] {
        func one(_ value: Double?) -> [MetricFamily.Sample] { value.map { [.init([], .number($0))] } ?? [] }
        func one(_ value: Int64?) -> [MetricFamily.Sample] { one(value.map(Double.init)) }
        func bytes(_ name: String, _ help: String, _ value: Int64?) -> MetricFamily {
            MetricFamily(name, .gauge, unit: "bytes", help: help, samples: one(value))
        }
        return [
            bytes("malote_database_bytes", "The database with its log.", host.databaseOctets),
            bytes("malote_disk_free_bytes", "What is left of the file system of the state.", host.freeOctets),
            bytes("malote_disk_size_bytes", "The file system of the state.", host.diskOctets),
            MetricFamily(
                "malote_store_commits", .counter, help: "Transactions of the store; several writes may share one.",
                samples: one(host.commits)),
            MetricFamily(
                "malote_store_waiting_writes", .gauge, help: "Writes that wait for their transaction.",
                samples: one(host.waitingWrites)),
            MetricFamily(
                "process_cpu_seconds", .counter, unit: "seconds", help: "Processor time of all threads.",
                samples: one(host.cpuSeconds)),
            bytes("process_resident_memory_bytes", "Resident memory.", host.residentOctets),
            MetricFamily(
                "process_open_fds", .gauge, help: "Open file descriptors.", samples: one(host.openDescriptors)),
            MetricFamily(
                "process_max_fds", .gauge, help: "File descriptors that may be open.",
                samples: one(host.descriptorLimit)),
            MetricFamily(
                "process_start_time_seconds", .gauge, unit: "seconds", help: "When the daemon started.",
                samples: one(Double(status.started.milliseconds) / 1000)),
        ]
    }
}
