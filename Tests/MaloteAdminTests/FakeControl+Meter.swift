// The numbers and alerts of the mail room that only answers with samples.

import MaloteCore
import Synchronization

@testable import MaloteAdmin

extension FakeControl {
    func metrics() async throws(Problem) -> [MetricFamily] {
        try note("metrics")
        return [
            MetricFamily(
                "malote_polls", .counter, help: "Polls.", samples: [.init([.init("contract", "acme")], .number(3))])
        ]
    }

    func course(contract: String?, hours: Int) async throws(Problem) -> Course {
        try note("course \(contract ?? "-") \(hours)")
        if let course = content.withLock({ $0.course }) { return course }
        let points = (0..<3).map { slot in
            let sample = CourseSample(
                contract: CourseSample.daemon, slot: 0, received: slot, events: slot + 1, sent: 2, failed: 1, lag: 61,
                queueAge: 5)
            return Course.Point(sample, time: Sample.now + .seconds(300 * (slot - 3)))
        }
        return Course(
            from: Sample.now + .seconds(-900), until: Sample.now, step: 300,
            lines: [.init(contract: contract ?? "acme", points: points)])
    }

    func alerts() async throws(Problem) -> AlertReport {
        try note("alerts")
        let alert = Alert(
            .mailboxFailing, "acme-in", contracts: ["acme"], mailboxes: ["acme-in"],
            detail: "Inbox acme-in is failing.",
            remedy: "Mend it.", since: Sample.now, told: Sample.now)
        return AlertReport(now: Sample.now, addresses: ["ops@house.example"], outbox: "house-out", alerts: [alert])
    }

    func testAlert() async throws(Problem) -> AlertReceipt {
        try note("test alert")
        return AlertReceipt(
            notification: NotificationID(rawValue: 9), outbox: "house-out", addresses: ["ops@house.example"])
    }
}

extension FakeControl {
    func examine() async throws(Problem) -> Diagnosis {
        try note("examine")
        return Diagnosis(
            version: "test", now: Sample.now,
            findings: [.init(.clock, .doubtful, "No time service keeps the clock.", remedy: "Run one.")])
    }
}
