// The mail room's numbers: as they are now, and over the last days.

import MaloteCore

extension MailRoom {
    /// Contracts of one course.
    private static let mostLines = 100

    package func metrics() async throws(Problem) -> [MetricFamily] {
        let (report, part) = (try await status(), await part())
        let totals: Totals
        do { totals = try await lookout.growth(isOwn: part.has(.chores)) } catch { throw Problem(error) }
        let (quarantine, alerts) = try await read { (try $0.quarantine(), try $0.alerts()) }
        return MetricReport(
            status: report, registry: parts.board.current, totals: totals, meter: parts.intake.meter.reading,
            host: parts.host.facts(), quarantine: quarantine, endpoints: try await endpoints(contract: nil),
            alerts: alerts, certificates: parts.certificates.ends, part: part
        ).families
    }

    private func part() async -> MetricPart {
        guard let keeper = parts.keeper else { return .whole }
        return MetricPart(map: await keeper.map, me: await keeper.me)
    }

    package func course(contract name: String?, hours: Int) async throws(Problem) -> Course {
        let contracts =
            if let name { [try contract(named: name)] } else {
                Array(parts.board.current.contracts.prefix(Self.mostLines))
            }
        let now = parts.time.now()
        let plan = CoursePoints(hours: hours, now: now)
        let lines = try await read { store in
            let worked = Set(try store.course(contract: CourseSample.daemon, from: plan.first).map(\.slot))
            return try contracts.map { contract in
                let samples = try store.course(contract: contract.id, from: plan.first)
                return Course.Line(contract: contract.name.text, points: plan.points(samples, worked: worked))
            }
        }
        return Course(from: plan.from, until: now, step: plan.step, lines: lines)
    }

    // MARK: - Looking round

    private static let lookInterval = Duration.seconds(60)

    /// Looks round every minute until asked to stop or cancelled, as long as it is this node that does it for all.
    package func keepLookout() async {
        while await parts.book.begin(.chores, unless: parts.stop, time: parts.time) {
            // What there is already is no growth. Nobody is told of a fault before there was time to try.
            _ = try? await lookout.growth()
            await lookout.begin()
            while await mayLookRound() { await lookRound() }
            _ = try? await lookout.growth()
            await lookout.end()
            parts.book.end(.chores)
        }
    }

    /// Waits a minute.
    /// - Returns: false if it is over, or another node's, before that.
    private func mayLookRound() async -> Bool {
        let next = parts.time.now() + Self.lookInterval
        while !parts.stop.isSet, !Task.isCancelled {
            let seen = parts.book.changed.generation
            guard parts.book.holds(.chores) else { return false }
            let left = next - parts.time.now()
            // A clock that was set back puts no look off.
            guard left > .zero, left <= Self.lookInterval else { return true }
            await Bell.waitForAny(
                [(parts.book.changed, seen), (parts.stop.bell, 0)], for: left, time: parts.time)
        }
        return false
    }

    func lookRound() async {
        do throws(Problem) {
            let report = try await status()
            do { try await lookout.growth() } catch { throw Problem(error) }
            await lookout.note(report, parts.board.current)
            await tellAlerts(report)
            await logLostAlerts(report)
        } catch {
            parts.log(.error, "the mail room could not look round: \(error.detail)")
        }
    }
}
