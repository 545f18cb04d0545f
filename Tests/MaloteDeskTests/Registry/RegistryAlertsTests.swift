// Who hears of alerts, in registry documents: read, refused, planned and written.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct RegistryAlertsTests {
    private static let ops = MailAddress(address: "ops@house.example")
    private static let night = MailAddress(name: "Night shift", address: "night@house.example")

    private func plan(_ system: Doc, prune: Bool = false, on current: Registry = Registry()) throws -> RegistryPlan {
        let document: Doc = ["system": system]
        return try RegistryPlanner.plan(.document(document.node, prune: prune), on: current)
    }

    @Test func addressesAreReadOnceEach() throws {
        let plan = try plan(
            ["alerts": ["ops@house.example", "Night shift <night@house.example>", "OPS@house.example"]])
        #expect(plan.changes == [.setAlerts([Self.ops, Self.night])])
        #expect(plan.result.alerts == [Self.ops, Self.night])
        #expect(plan.lines.map { "\($0.action) \($0.kind) \($0.name)" } == ["changed system alerts"])
    }

    @Test(
        arguments: [
            (["outbox": nil], false, [ops]), (["alerts": []], false, []),
            (["alerts": ["ops@house.example"]], false, [ops]),
            (["outbox": nil], true, []), (["alerts": nil], false, []),
        ] as [(Doc, Bool, [MailAddress])])
    func whatIsNotNamedStays(_ system: Doc, prune: Bool, alerts: [MailAddress]) throws {
        let plan = try plan(system, prune: prune, on: Registry(alerts: [Self.ops]))
        #expect(plan.result.alerts == alerts)
        #expect(plan.changes.isEmpty == (alerts == [Self.ops]))
    }

    @Test func whatIsNoAddressIsRefusedByItsPlace() {
        let many = Doc.list((0..<21).map { .text("a\($0)@house.example") })
        for (list, field) in [
            (["ops@house.example", "nobody"], "system.alerts[1]"), (many, "system.alerts"),
            ("ops@house.example", "system.alerts"), (["a@b.example\nBcc: x"], "system.alerts[0]"),
        ] as [(Doc, String)] {
            let error = #expect(throws: DocumentErrors.self) { try plan(["alerts": list]) }
            #expect(error?.errors.map(\.field) == [field])
        }
    }

    @Test func whatIsWrittenReadsBack() throws {
        let registry = Registry(alerts: [Self.ops, Self.night])
        let node = RegistryExport.document(registry)
        let plan = try RegistryPlanner.plan(.document(node, prune: true), on: Registry())
        #expect(plan.result.alerts == registry.alerts && plan.result.systemOutbox == nil)
    }
}
