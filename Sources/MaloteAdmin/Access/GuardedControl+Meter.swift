// Guards of numbers and alerts: those of all contracts together are for who may see all.

import MaloteCore

extension GuardedControl {
    package func metrics() async throws(Problem) -> [MetricFamily] {
        try seeAll()
        return try await inner.metrics()
    }

    package func course(contract: String?, hours: Int) async throws(Problem) -> Course {
        try await inner.course(contract: try narrowed(contract), hours: hours)
    }

    package func alerts() async throws(Problem) -> AlertReport {
        try seeAll()
        return try await inner.alerts()
    }

    package func examine() async throws(Problem) -> Diagnosis {
        try seeAll()
        return try await inner.examine()
    }

    package func testAlert() async throws(Problem) -> AlertReceipt {
        try await administer("alert.test") { () async throws(Problem) in try await inner.testAlert() }
    }
}
