// Asking for older mail, for an operator; what is listed and wanted is the backfill's.

import MaloteCore

extension MailRoom {
    package func backfill(
        _ mailbox: String, since: String?, dryRun: Bool
    ) async throws(Problem) -> BackfillReport {
        let found = try self.mailbox(named: mailbox)
        guard let inbox = found.inbox, !parts.board.current.contracts(fedBy: found.name).isEmpty else {
            throw Problem(
                status: 409, title: "Not polled",
                detail: found.inbox == nil
                    ? "Mailbox \(mailbox) is an outbox: nothing arrives there."
                    : "Inbox \(mailbox) is linked to no contract. Link it first, with: malotectl contract edit.")
        }
        let selection = try Self.selection(since, inbox)
        let (listed, wanted) = try await list(found, inbox, selection, dryRun: dryRun)
        if !dryRun, wanted > 0 { _ = try await pollSoon(found.id) }
        let what = dryRun ? "would be fetched" : "will be fetched"
        parts.log(
            .info, "inbox \(found.name): an operator asked for older mail: \(wanted) of \(listed) messages \(what)",
            parts.board.current.logFields(found))
        return BackfillReport(mailbox: found.name.text, dryRun: dryRun, listed: listed, wanted: wanted)
    }

    private static func selection(_ since: String?, _ inbox: Inbox) throws(Problem) -> InboxSelection {
        guard let since else { return .all }
        guard inbox.access == .imap else {
            throw Problem.invalid(
                field: "since", "A POP3 server does not tell when it received a message.",
                remedy: "Ask for everything, with: malotectl mailbox backfill --all.")
        }
        guard since.utf8.count == 10, let day = Timestamp(rfc3339: since) else {
            throw Problem.invalid(
                field: "since", "\"\(since.onOneLine)\" is not a date.", remedy: "Write it as YYYY-MM-DD.")
        }
        return .since(CivilDate(daysSinceEpoch: day.milliseconds / 86_400_000))
    }

    /// On a connection of its own, beside the schedule.
    private func list(
        _ mailbox: Mailbox, _ inbox: Inbox, _ selection: InboxSelection, dryRun: Bool
    ) async throws(Problem) -> (listed: Int, wanted: Int) {
        guard parts.gate.enter(mailbox.server) else {
            throw Problem(
                status: 503, title: "Not listed",
                detail: "All connections that \(mailbox.server) may have at one time are in use. "
                    + "Try again in a moment, or raise limits.per-host in malote.yaml.")
        }
        defer { parts.gate.leave(mailbox.server) }
        let backfill = parts.scheduler.backfill(mailbox, inbox, selection)
        let result = await unlessStopped {
            do throws(Failure) { return Result<_, Failure>.success(try await backfill.run(dryRun: dryRun)) } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let counts): return counts
        case .failure(let failure) where failure.cause != .shuttingDown: throw Problem(failure)
        case .failure, nil:
            throw Problem(
                status: 503, title: "Not listed",
                detail: "The list of messages had not come after ten minutes, or maloted is being stopped. "
                    + "What was found until then will be fetched; ask again for the rest.")
        }
    }
}
