// quarantine: what waits for a person, and filing it again.

import Foundation
import MaloteCore

enum QuarantineCommands {
    private static let filters: [Command.Option] = [
        .init(name: "--contract", value: "NAME", help: "only this contract's"),
        .init(name: "--inbox", value: "MAILBOX", help: "only from this inbox"),
        .init(name: "--since", value: "DATE", help: "since this day (YYYY-MM-DD, or with a time in UTC)"),
        .init(name: "--search", value: "TEXT", help: "somewhere in sender, subject or reason"),
        .init(name: "--limit", value: "NUMBER", help: "at most so many (1000)"),
    ]

    static let all = [
        Command(
            words: ["quarantine", "list"], options: filters, summary: "List what waits for a person, latest first",
            run: list),
        Command(
            words: ["quarantine", "show"], positional: ["ID"],
            summary: "Show what is known of one of them, and why it is there", run: show),
        Command(
            words: ["quarantine", "replay"], positional: ["[ID]"],
            options: [
                .init(name: "--all", help: "everything that the filters choose"),
                .init(name: "--dry-run", help: "change nothing; print the events and notifications that would be"),
                .init(name: "--pass-rules", help: "rules that say ignore or quarantine do not count"),
            ] + filters,
            summary: "Put a message through the present rules again",
            details: "A message becomes the event that it should have been, once, however often it is replayed. What "
                + "could not be fetched (u...) is asked for again. What the present rules or the same fault keep stays "
                + "where it is, and the exit status is 1.", run: replay),
    ]

    private static func query(_ session: Session) -> [(String, String?)] {
        filters.map { (String($0.name.dropFirst(2)), session.arguments.value($0.name)) }
    }

    private static func list(_ session: Session) throws {
        let items = try session.list(QuarantineLine.self, ["quarantine"], query: query(session))
        guard !session.isJSON else { return try session.printJSON(items) }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var table = Table("ID", "INBOX", "CONTRACT", "SIZE", "AGE", "TRIES", "FROM", "SUBJECT", "REASON")
        for line in items {
            table.add(
                line.id, line.inbox, line.contracts.joined(separator: ", "),
                line.message.map { "\($0.size)" } ?? "-", line.time.map { Ago.size((now - $0).milliseconds) } ?? "-",
                "\(line.attempts)", line.message?.from ?? "-", String(line.message?.subject.prefix(40) ?? "-"),
                String(line.reason.prefix(100)))
        }
        table.print(empty: "Nothing is in quarantine.")
    }

    private static func show(_ session: Session) throws {
        let data = try session.ask("GET", ["quarantine", session.arguments.positional[0]])
        guard !session.isJSON else { return session.printJSON(data) }
        for line in try JSONDecoder().decode([QuarantineLine].self, from: data) {
            print("\(line.id) from inbox \(line.inbox), for \(line.contracts.joined(separator: ", "))".printable)
            print("why: \(line.reason.printable)")
            if let time = line.time { print("since: \(time)") }
            if let uid = line.uid { print("on the server: \(uid.printable), fetches that failed: \(line.attempts)") }
            guard let message = line.message else {
                print("Nothing of it is stored here. quarantine replay \(line.id) asks the server for it again.")
                continue
            }
            print("from: \(message.from.printable)\nsubject: \(message.subject.printable)")
            print("size: \(message.size) octets, sha256 \(message.sha256)")
            print("Message-ID: \((message.messageID ?? "-").printable)")
            print("See also: malotectl message show \(message.id), message raw \(message.id)")
        }
    }

    // MARK: - Replay

    private static func replay(_ session: Session) throws {
        let (arguments, id) = (session.arguments, session.arguments.positional.first)
        guard (id == nil) == arguments.has("--all") else { throw Stop.usage("Name one by its ID, or say --all.") }
        let flags = ["--dry-run", "--pass-rules"].map {
            (String($0.dropFirst(2)), arguments.has($0) ? "true" : nil)
        }
        let data = try session.ask(
            "POST", ["quarantine", "replay"], query: query(session) + flags + [("id", id)], seconds: 3600)
        let results = try JSONDecoder().decode([ReplayResult].self, from: data)
        if session.isJSON {
            session.printJSON(data)
        } else {
            for result in results { tell(result) }
            summarise(results, isDry: arguments.has("--dry-run"))
        }
        let kept = results.count { $0.outcome == .kept }
        guard kept == 0 else { throw Stop.refused("\(kept) of \(results.count) stay in quarantine.") }
    }

    private static func tell(_ result: ReplayResult) {
        let what = [result.fate?.rawValue, result.ticket].compactMap { $0 }.joined(separator: " ")
        let outcome = what.isEmpty ? result.outcome.rawValue : what
        print("\(result.id): \(outcome). \(result.reason)".printable)
        for event in result.events { print("  event \(event)") }
        for mail in result.notifications {
            print("  mail through \(mail.outbox) to \(mail.to.joined(separator: ", ")): \(mail.subject)".printable)
        }
    }

    private static func summarise(_ results: [ReplayResult], isDry: Bool) {
        guard results.count != 1 else { return }
        let counts = ReplayResult.Outcome.allCases.map { outcome in
            "\(results.count { $0.outcome == outcome }) \(outcome.rawValue)"
        }
        print("\(results.count) = \(counts.joined(separator: " + "))" + (isDry ? "; nothing was changed" : ""))
    }
}
