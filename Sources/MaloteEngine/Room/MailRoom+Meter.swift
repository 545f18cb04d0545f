// The mail room's numbers: as they are now, and over the last days.

import MaloteCore

extension MailRoom {
    /// Contracts of one course.
    private static let mostLines = 100

    package func metrics() async throws(Problem) -> [MetricFamily] {
        let report = try await status()
        let totals: Totals
        do { totals = try await lookout.growth() } catch { throw Problem(error) }
        let (quarantine, alerts) = try await read { (try $0.quarantine(), try $0.alerts()) }
        return MetricReport(
            status: report, registry: parts.board.current, totals: totals, meter: parts.intake.meter.reading,
            host: parts.host.facts(), quarantine: quarantine, endpoints: try await endpoints(contract: nil),
            alerts: alerts, certificates: parts.certificates.ends
        ).families
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

    /// Looks round every minute until asked to stop or cancelled.
    package func keepLookout() async {
        // What there is already is no growth. Nobody is told of a fault before there was time to try.
        _ = try? await lookout.growth()
        while !parts.stop.isSet, !Task.isCancelled {
            await parts.stop.bell.wait(after: 0, for: Self.lookInterval, time: parts.time)
            guard !parts.stop.isSet, !Task.isCancelled else { break }
            await lookRound()
        }
        _ = try? await lookout.growth()
        await lookout.end()
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
