// Testing one mailbox for an operator: what is registered, and what the probe finds; no part of any schedule.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func test(
        _ mailbox: String, roundTrip: RoundTrip?, each: @escaping @Sendable (ProbeStep) -> Void
    ) async throws(Problem) -> [ProbeStep] {
        let found = try self.mailbox(named: mailbox)
        let travel = try roundTrip.map { roundTrip throws(Problem) in try self.travel(found, roundTrip) }
        var steps = try await probe(found, each: each)
        if let travel, steps.allSatisfy({ $0.failure == nil }) {
            steps += await unlessStopped { await travel.steps(each: each) } ?? []
        }
        tell(found, steps)
        return steps
    }

    /// Connection to rights, on a connection of its own.
    private func probe(
        _ found: Mailbox, each: @escaping @Sendable (ProbeStep) -> Void
    ) async throws(Problem) -> [ProbeStep] {
        // A test is one connection more to a server that may count them.
        guard parts.gate.enter(found.server) else {
            throw Problem(
                status: 503, title: "Not tested",
                detail: "All connections that \(found.server) may have at one time are in use. "
                    + "Try again in a moment, or raise limits.per-host in malote.yaml.")
        }
        defer { parts.gate.leave(found.server) }
        let preset = ProviderPreset.serving(found)
        let (probe, settings) = (parts.probe, Self.settings(found, preset))
        let advice = found.login?.oauth == nil ? preset : nil
        each(settings)
        let steps = await unlessStopped { await probe.probe(found) { each(Self.explained($0, advice)) } } ?? []
        return [settings] + steps.map { Self.explained($0, advice) }
    }

    /// A stop of the daemon does not wait for what an operator tries on a server: it is called off, as after ten minutes.
    /// - Returns: `nil` if it came to no end.
    func unlessStopped<T: Sendable>(_ errand: @escaping @Sendable () async -> T) async -> T? {
        let (bell, time) = (parts.stop.bell, parts.time)
        let seen = parts.stop.isSet ? -1 : bell.generation
        return await withTaskGroup(of: T?.self) { group in
            group.addTask { await errand() }
            group.addTask {
                await bell.wait(after: seen, for: .seconds(600), time: time)
                return nil
            }
            var result: T?
            while let done = await group.next() {
                result = done ?? result
                group.cancelAll()
            }
            return result
        }
    }

    private static func settings(_ mailbox: Mailbox, _ preset: ProviderPreset?) -> ProbeStep {
        let access = mailbox.inbox.map { $0.access == .imap ? "IMAP" : "POP3" } ?? "SMTP"
        let security =
            switch mailbox.security {
            case .none: "unencrypted"
            case .starttls: "STARTTLS"
            case .implicit: "TLS from the start"
            }
        return ProbeStep(
            .settings, found: ["\(access), \(security), port \(mailbox.port).", preset?.limits ?? ""].joined(" "),
            warnings: MailboxWarnings.warnings(mailbox).map { "\($0.field): \($0.message) \($0.remedy)" })
    }

    /// Large providers refuse passwords that are right, by policy; their answers rarely say so.
    private static func explained(_ step: ProbeStep, _ preset: ProviderPreset?) -> ProbeStep {
        guard let preset, step.name == .login, var failure = step.failure,
            [.authRefused, .authUnsupported].contains(failure.cause)
        else { return step }
        var step = step
        failure.remedy = [failure.remedy, preset.login].joined(" ")
        step.failure = failure
        return step
    }

    private func tell(_ mailbox: Mailbox, _ steps: [ProbeStep]) {
        let failed = steps.last { $0.failure != nil }
        let result = failed.map { "failed at \($0.name.rawValue)" } ?? "all is well"
        parts.log(.info, "\(mailbox.name) was tested: \(result).", [.mailbox: mailbox.name.text])
    }
}

extension [String] {
    /// Without the empty ones.
    fileprivate func joined(_ separator: String) -> String { filter { !$0.isEmpty }.joined(separator: separator) }
}
