// status, poll and backfill: how mailboxes, lanes and endpoints are doing, and having mail fetched.

import Foundation
import MaloteCore

enum StatusCommands {
    static let all = [
        Command(
            words: ["status"], summary: "Show how every mailbox and lane is doing, and what needs a person", run: status
        ),
        Command(words: ["poll"], positional: ["MAILBOX"], summary: "Poll an inbox now", run: poll),
        Command(
            words: ["mailbox", "backfill"], positional: ["NAME"],
            options: [
                .init(name: "--since", value: "DATE", help: "what the server received on this day or later (IMAP)"),
                .init(name: "--all", help: "whatever is in the folder"),
                .init(name: "--dry-run", help: "only tell how many messages would be fetched"),
            ],
            summary: "Fetch older mail that was passed over when the inbox was first polled",
            details: "The server is asked what it has; what is not known here is fetched by the next polls, after "
                + "whatever is new. A message that a contract has already, by Message-ID and digest, becomes no second "
                + "event. What becomes of the messages on the server says after:, as for all others.",
            run: backfill),
    ]

    /// The daemon gives the listing ten minutes.
    private static let patience = 630

    private static func backfill(_ session: Session) throws {
        let (arguments, name) = (session.arguments, session.arguments.positional[0])
        let since = arguments.value("--since")
        guard arguments.has("--all") == (since == nil) else { throw Stop.usage("Say --since DATE, or --all.") }
        let data = try session.ask(
            "POST", ["mailboxes", name, "backfill"],
            query: [
                ("since", since), ("all", since == nil ? "true" : nil),
                ("dry-run", arguments.has("--dry-run") ? "true" : nil),
            ], seconds: patience)
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(BackfillReport.self, from: data)
        let what = report.dryRun ? "would be fetched" : "will be fetched, after what is new"
        print("inbox \(name): \(report.wanted) of \(report.listed) messages \(what)")
    }

    private static func poll(_ session: Session) throws {
        let name = session.arguments.positional[0]
        let data = try session.ask("POST", ["mailboxes", name, "poll"])
        if session.isJSON { session.printJSON(data) } else { print("inbox \(name) is being polled") }
    }

    private static func status(_ session: Session) throws {
        let data = try session.ask("GET", ["status"])
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(StatusReport.self, from: data)
        print("maloted \(report.version), up for \(Ago.size((report.now - report.started).milliseconds))\n")
        mailboxes(report).print(empty: "No mailbox is registered. Start with: malotectl mailbox add")
        if !report.lanes.isEmpty { print("") }
        lanes(report).print(empty: "")
        if !report.endpoints.isEmpty { print("") }
        EndpointCommands.table(report.endpoints, now: report.now).print(empty: "")
        delays(report)
        tokens(report)
        faults(report)
    }

    /// What contracts cost each other: silence is good.
    private static func delays(_ report: StatusReport) {
        let worst = report.contracts.filter { $0.worstDelay >= 1000 }.sorted { $0.worstDelay > $1.worstDelay }
        if !worst.isEmpty { print("") }
        for line in worst {
            let ago = Ago.past(line.worstDelayAt, now: report.now)
            print("\(line.contract) was delayed by others: \(Ago.size(line.worstDelay)) at worst, \(ago)")
        }
    }

    private static func tokens(_ report: StatusReport) {
        let known = report.mailboxes.compactMap { mailbox in mailbox.token.map { (mailbox.name, $0) } }
        if !known.isEmpty { print("") }
        for (name, token) in known { print("\(name): \(TokenWords.long(token, now: report.now))") }
    }

    private static func mailboxes(_ report: StatusReport) -> Table {
        var table = Table("MAILBOX", "TYPE", "SERVER", "CONTRACTS", "STATE", "LAST GOOD", "CURRENT", "NEXT", "MESSAGES")
        for mailbox in report.mailboxes {
            table.add(
                mailbox.name, mailbox.type, mailbox.server, mailbox.contracts.joined(separator: ", "),
                state(mailbox),
                Ago.past(mailbox.lastGood, now: report.now),
                mailbox.type == "inbox" ? Ago.past(mailbox.current, now: report.now) : "-",
                mailbox.state == .unused || mailbox.state == .resting
                    ? "-" : Ago.ahead(mailbox.nextTry, now: report.now), messages(mailbox))
        }
        return table
    }

    private static func state(_ mailbox: StatusReport.MailboxLine) -> String {
        let word = mailbox.state.rawValue + (mailbox.node.map { " on \($0.printable)" } ?? "")
        return mailbox.failure.map { "\(word): \($0.cause.rawValue)" } ?? (mailbox.idling ? "\(word), idling" : word)
    }

    private static func messages(_ mailbox: StatusReport.MailboxLine) -> String {
        let order = LedgerEntry.State.allCases.map(\.rawValue)
        return order.compactMap { state in
            mailbox.messages[state].flatMap { $0 > 0 ? "\($0) \(state)" : nil }
        }.joined(separator: ", ")
    }

    private static func lanes(_ report: StatusReport) -> Table {
        var table = Table(
            "CONTRACT", "OUTBOX", "QUEUED", "SENDING", "SENT", "FAILED", "UNKNOWN", "HELD", "OLDEST", "NEXT")
        for lane in report.lanes {
            table.add(
                lane.contract, lane.outbox, "\(lane.queued)", "\(lane.sending)", "\(lane.sent)", "\(lane.failed)",
                "\(lane.unknown)", "\(lane.held)",
                lane.oldestQueued == nil ? "-" : Ago.past(lane.oldestQueued, now: report.now),
                lane.heldSince.map { "on hold for " + Ago.size((report.now - $0).milliseconds) }
                    ?? Ago.ahead(lane.nextAttempt, now: report.now))
        }
        return table
    }

    private static func faults(_ report: StatusReport) {
        for mailbox in report.mailboxes {
            if let reason = mailbox.reason { print("\n\(mailbox.name) is not polled: \(reason.printable)") }
            guard let failure = mailbox.failure else { continue }
            let since = Ago.past(mailbox.failingSince, now: report.now)
            print("\n\(mailbox.name) has been failing since \(since) (\(failure.cause.rawValue)):")
            print("  \(failure.detail.printable)")
            if !failure.remedy.isEmpty { print("  \(failure.remedy.printable)") }
        }
        for endpoint in report.endpoints {
            guard [.waiting, .disabled].contains(endpoint.state), let reason = endpoint.reason else { continue }
            let since = Ago.past(endpoint.disabledSince ?? endpoint.failingSince, now: report.now)
            let what = endpoint.state == .disabled ? "disabled" : "waiting"
            print("\nThe endpoint of contract \(endpoint.contract) has been \(what) since \(since):")
            print("  \(reason.printable)")
        }
    }
}
