// Looks round the mail room every minute: what passed, how everybody stands, and whether people must be told; decides
// nothing itself.

import MaloteCore

/// Holds what is remembered from one look to the next.
actor Lookout {
    /// Samples that wait for a store that can be written to again.
    private static let mostUnsaved = 10_000

    private let store: any Store
    private let time: any TimeSource
    private let log: Log
    private var mark: Growth.Mark?
    private var totals = Totals()
    private var course: CoursePlanner
    private var unsaved: [CourseSample] = []
    private var alerts: AlertPlanner?
    /// Mails with alerts that were given up; `nil` before the first look.
    private var failed: Int?

    init(store: any Store, time: any TimeSource, log: Log) {
        self.store = store
        self.time = time
        self.log = log
        course = CoursePlanner(now: time.now())
    }

    /// Begins anew: until now another node may have done it.
    func begin() {
        course = CoursePlanner(now: time.now())
        (alerts, failed) = (nil, nil)
    }

    // MARK: - Growth

    /// What has come since the start, up to now.
    /// - Parameter isOwn: false while another node counts: what comes meanwhile is in its numbers.
    @discardableResult
    func growth(isOwn: Bool = true) async throws -> Totals {
        guard isOwn else {
            mark = nil
            return totals
        }
        let before = mark
        let growth = try await store.read { try $0.growth(after: before) }
        // Somebody else may have looked meanwhile: then it is counted.
        guard mark == before else { return totals }
        mark = growth.mark
        totals.add(growth)
        course.note(growth)
        return totals
    }

    // MARK: - Course

    func note(_ report: StatusReport, _ registry: Registry) async {
        let standings = Standing.all(report)
        for contract in registry.contracts {
            if let standing = standings[contract.name.text] { course.note(contract.id, standing) }
        }
        unsaved += course.turn(now: time.now())
        await save()
    }

    /// What was gathered so far is kept before the daemon ends, or another node goes on.
    func end() async {
        mark = nil
        unsaved += course.end()
        await save()
    }

    private func save() async {
        guard !unsaved.isEmpty else { return }
        let samples = Array(unsaved.suffix(Self.mostUnsaved))
        unsaved = []
        let oldest = CourseSample.slot(of: time.now()) - CourseSample.keptSlots
        do { try await store.write { try $0.add(samples, forgettingBefore: oldest) } } catch {
            unsaved = samples
            log(.warning, "the contracts' course could not be stored: \(Failure(storing: error))")
        }
    }

    // MARK: - Alerts

    /// What there is to tell now. To be given back to `keep` once it is told.
    func news(_ findings: [Alert], undecided: (Alert) -> Bool) async throws -> (AlertPlanner, [AlertNews]) {
        var planner: AlertPlanner
        if let alerts { planner = alerts } else { planner = AlertPlanner(try await store.read { try $0.alerts() }) }
        alerts = planner
        let news = planner.look(findings, undecided: undecided, now: time.now())
        return (planner, news)
    }

    /// - Parameter count: of all so far.
    /// - Returns: how many there are that there were not at the last look.
    func failedAlerts(_ count: Int) -> Int {
        defer { failed = count }
        return failed.map { max(0, count - $0) } ?? 0
    }

    func keep(_ planner: AlertPlanner) { alerts = planner }
}
