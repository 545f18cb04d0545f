// message: what came in, what became of it and why.

import Foundation
import MaloteCore

enum MessageCommands {
    private static let filters: [Command.Option] = [
        .init(name: "--contract", value: "NAME", help: "only this contract's"),
        .init(name: "--inbox", value: "MAILBOX", help: "only from this inbox"),
        .init(name: "--ticket", value: "KEY", help: "only of this ticket"),
        .init(
            name: "--fate", value: "FATE",
            help: "one of \(StoredMessage.Fate.allCases.map(\.rawValue).joined(separator: ", "))"),
        .init(
            name: "--since", value: "DATE", help: "received on this day or later (YYYY-MM-DD, or with a time in UTC)"),
        .init(name: "--search", value: "TEXT", help: "somewhere in sender, subject or Message-ID"),
        .init(name: "--before", value: "ID", help: "only messages with lower numbers: the page after this one"),
        .init(name: "--limit", value: "NUMBER", help: "at most so many (100)"),
    ]
    private static let whose = Command.Option(
        name: "--contract", value: "NAME", help: "whose message, if several contracts have this Message-ID")
    private static let reference = "A message is named by its number, or by its Message-ID in angle brackets."

    static let all = [
        Command(words: ["message", "list"], options: filters, summary: "List messages, latest first", run: list),
        Command(
            words: ["message", "show"], positional: ["MESSAGE"], options: [whose],
            summary: "Show a message: its header, fate, text and attachments", details: reference, run: show),
        Command(
            words: ["message", "raw"], positional: ["MESSAGE"],
            options: [whose, .init(name: "--output", value: "FILE", help: "write to this file (mode 0600)")],
            summary: "Print the octets of a message as they came", details: reference, run: raw),
        Command(
            words: ["message", "explain"], positional: ["MESSAGE"], options: [whose],
            summary: "Tell every decision about a message and its notifications, with its reason", details: reference,
            run: explain),
    ]

    private static func list(_ session: Session) throws {
        let query = filters.map { option in
            (
                option.name == "--before" ? "after" : String(option.name.dropFirst(2)),
                session.arguments.value(option.name)
            )
        }
        let items = try session.list(MessageLine.self, ["messages"], query: query, atMost: 100)
        guard !session.isJSON else { return try session.printJSON(items) }
        table(items).print(empty: "No message matches.")
    }

    static func table(_ lines: [MessageLine]) -> Table {
        var table = Table("ID", "RECEIVED", "CONTRACT", "INBOX", "FATE", "TICKET", "FROM", "SUBJECT")
        for line in lines {
            table.add(
                "\(line.id)", line.received.description, line.contract, line.inbox, line.fate.rawValue,
                line.ticket ?? "-", line.from, String(line.subject.prefix(60)))
        }
        return table
    }

    private static func get(_ session: Session, _ verb: String? = nil) throws -> Data {
        try session.ask(
            "GET", ["messages", session.arguments.positional[0]] + (verb.map { [$0] } ?? []),
            query: [("contract", session.arguments.value("--contract"))])
    }

    // MARK: - One message

    private static func show(_ session: Session) throws {
        let data = try get(session)
        guard !session.isJSON else { return session.printJSON(data) }
        let report = try JSONDecoder().decode(MessageReport.self, from: data)
        head(report.line)
        let addresses = [("To", report.to), ("Cc", report.cc), ("Reply-To", report.replyTo)]
        say("From", report.from?.description ?? "-")
        for (name, list) in addresses where !list.isEmpty {
            say(name, list.map(\.description).joined(separator: ", "))
        }
        say("Date", report.date?.description ?? "-")
        if !report.inReplyTo.isEmpty { say("In-Reply-To", report.inReplyTo.joined(separator: " ")) }
        if let reason = report.reason { say("why", reason) }
        for defect in report.defects { say("damage", defect) }
        for attachment in report.attachments {
            say(
                "attachment",
                "\(attachment.name) (\(attachment.type), \(attachment.size) octets, sha256 \(attachment.sha256 ?? "-"))"
                    + (attachment.refused.map { " refused: \($0)" } ?? ""))
        }
        print(
            "\n"
                + report.text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { String($0).printable }.joined(separator: "\n"))
    }

    private static func head(_ line: MessageLine) {
        print("message \(line.id) of contract \(line.contract): \(line.subject.printable)")
        say("fate", line.fate.rawValue + (line.ticket.map { ", ticket \($0)" } ?? ""))
        say("received", "\(line.received) from inbox \(line.inbox)")
        say("size", "\(line.size) octets, sha256 \(line.sha256)")
        say("Message-ID", line.messageID ?? "-")
    }

    private static func say(_ name: String, _ text: String) { print("\(name): \(text.printable)") }

    private static func explain(_ session: Session) throws {
        let data = try get(session, "explain")
        guard !session.isJSON else { return session.printJSON(data) }
        let explanation = try JSONDecoder().decode(Explanation.self, from: data)
        head(explanation.line)
        print("")
        var table = Table("TIME", "WHAT", "WHY")
        for decision in explanation.decisions {
            let reference = decision.reference.map { "[\($0)] " } ?? ""
            table.add(decision.time.description, decision.step.rawValue, reference + decision.reason)
        }
        table.print(empty: "Nothing is known: it came before decisions were kept.")
    }

    private static func raw(_ session: Session) throws {
        guard !session.isJSON else { throw Stop.usage("message raw prints octets, not JSON.") }
        let output = try session.arguments.value("--output").map(create) ?? STDOUT_FILENO
        defer { if output != STDOUT_FILENO { close(output) } }
        var failure: Int32 = 0
        fflush(nil)
        do {
            try session.download(
                ["messages", session.arguments.positional[0], "raw"],
                query: [("contract", session.arguments.value("--contract"))]
            ) { octets in
                failure = Octets.write(octets, to: output)
                return failure == 0
            }
        } catch {
            if failure != 0 { throw Stop.refused("It could not be written: \(String(cString: strerror(failure))).") }
            throw error
        }
    }

    /// Mail is nobody else's business.
    private static func create(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Stop.refused("The file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        return descriptor
    }
}
