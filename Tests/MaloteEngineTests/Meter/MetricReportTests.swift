// Metric families: what they count, and that their labels stay few.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct MetricReportTests {
    private func registry(_ contracts: Int) -> Registry {
        Registry(
            contracts: (1...contracts).map { number in
                let digits = String(number + 10_000)
                return Contract(
                    id: ContractID(rawValue: Int64(number)), name: name("c\(digits)"), prefix: "C\(digits)",
                    inboxes: [], outbox: .standard)
            })
    }

    private func status(_ registry: Registry) -> StatusReport {
        StatusReport(
            version: "1", now: Timestamp(seconds: 1000), started: Timestamp(seconds: 10), mailboxes: [],
            lanes: registry.contracts.map { contract in
                var summary = LaneSummary(lane: Lane(contract: contract.id, outbox: MailboxID(rawValue: 1)))
                (summary.queued, summary.oldestQueued) = (2, Timestamp(seconds: 1000 - contract.id.rawValue))
                return .init(contract: contract.name.text, outbox: "out", summary: summary)
            }, contracts: registry.contracts.map { .init(contract: $0.name.text) })
    }

    private func family(_ name: String, _ report: MetricReport) throws -> MetricFamily {
        try #require(report.families.first { $0.name == name })
    }

    private func number(_ family: MetricFamily, _ labels: [String]) -> Double? {
        for sample in family.samples where sample.labels.map(\.value) == labels {
            if case .number(let number) = sample.value { return number }
        }
        return nil
    }

    @Test func contractsBeyondTheLimitAreTakenTogether() throws {
        let registry = registry(600)
        let report = MetricReport(status: status(registry), registry: registry)
        let deliveries = try family("malote_contract_deliveries", report)
        #expect(Set(deliveries.samples.map { $0.labels[0].value }).count == 501)
        #expect(number(deliveries, ["other", "queued"]) == 200)
        #expect(number(deliveries, ["c10001", "queued"]) == 2)
        // Of what is worst the worst counts, and no sum.
        #expect(number(try family("malote_contract_queue_age_seconds", report), ["other"]) == 600)
    }

    @Test func countersOfDeletedContractsStayWithTheOthers() throws {
        var totals = Totals()
        let growth = Growth(
            mark: .init(event: 0, message: 0),
            messages: [.init(contract: ContractID(rawValue: 77), fate: .opened, count: 3, octets: 30)],
            events: [.init(contract: ContractID(rawValue: 1), kind: .ticketOpened, count: 2)])
        totals.add(growth)
        totals.add(growth)
        let registry = registry(1)
        let report = MetricReport(status: status(registry), registry: registry, totals: totals)
        #expect(number(try family("malote_messages_received", report), ["other", "opened"]) == 6)
        #expect(number(try family("malote_messages_received_bytes", report), ["other"]) == 60)
        #expect(number(try family("malote_events", report), ["c10001", "ticket.opened"]) == 4)
    }

    @Test func pollsAttemptsAndLatenciesAreCountedWhereTheyHappen() throws {
        let house = House(deskRegistry(1...2, answers: true))
        let run = Run(house).startPolling().startSending()
        house.inbox(1).receive(mail("one"))
        house.inbox(2).change { $0.faults.open = sampleFailure(.authRefused) }
        house.stage.advance(by: .seconds(200))
        let room = run.room()
        let families = try house.stage.run { try await room.metrics() }
        let all = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0) })
        let polls = try #require(all["malote_polls"])
        #expect((number(polls, []) ?? 0) >= 3)
        #expect((number(try #require(all["malote_poll_failures"]), ["auth-refused"]) ?? 0) >= 1)
        #expect(number(try #require(all["malote_attempts"]), ["sent", "none"]) == 1)
        guard case .histogram(let latency) = all["malote_delivery_latency_seconds"]?.samples.first?.value else {
            Issue.record("there is no histogram")
            return
        }
        #expect(latency.count == 1)
        #expect(number(try #require(all["malote_contract_mailboxes_unwell"]), ["c-2"]) == 1)
        #expect(number(try #require(all["malote_contract_mailboxes_unwell"]), ["c-1"]) == 0)
        // Nothing that names a person or a mail.
        let labels = Set(families.flatMap { $0.samples.flatMap { $0.labels.map(\.name) } })
        #expect(labels.isSubset(of: ["contract", "fate", "kind", "cause", "outcome", "state", "type", "version"]))
    }

    @Test func growthIsCountedOnceHoweverOftenItIsAskedFor() throws {
        let house = House(deskRegistry())
        let run = Run(house)
        let room = run.room()
        _ = try house.stage.run { try await room.metrics() }
        house.inbox(1).receive(mail("one"))
        try house.poll()
        for _ in 0..<3 {
            let families = try house.stage.run { try await room.metrics() }
            let received = try #require(families.first { $0.name == "malote_messages_received" })
            #expect(number(received, ["c-1", "opened"]) == 1)
        }
    }

    @Test(
        arguments: [
            ([0.5, 1.0], [0.4, 0.5, 0.6, 1, 7], [2, 2, 1], 9.5), ([1.0], [], [0, 0], 0),
        ] as [([Double], [Double], [UInt64], Double)])
    func histogramsCountUpToAndWithTheirBounds(
        _ bounds: [Double], values: [Double], counts: [UInt64], sum: Double
    ) {
        var histogram = MetricFamily.Histogram(bounds: bounds)
        for value in values { histogram.note(value) }
        #expect(histogram.counts == counts && abs(histogram.sum - sum) < 0.001)
        #expect(histogram.count == UInt64(values.count))
    }
}
