// contract export, import and erase: all that is kept of a contract, to take away, to take over or to end.

import Foundation
import MaloteCore

enum ContractCommands {
    static let all = [
        Command(
            words: ["contract", "export"], positional: ["NAME"],
            options: [.init(name: "--to", value: "FOLDER", help: "where its folder NAME is made (here)")],
            summary:
                "Write all that is kept of a contract to files: messages, notifications, tickets, events, registry",
            details: "Run again, it goes on where it stopped: mails that are there whole are not written anew.",
            run: export),
        Command(
            words: ["contract", "import"], positional: ["NAME", "FOLDER"],
            summary: "Take over what another installation exported of a contract: tickets, messages and events",
            details:
                "NAME must be registered here (see registry.yaml there) and paused. Run again, it goes on where it stopped.",
            run: moveIn),
        Command(
            words: ["contract", "erase"], positional: ["NAME"],
            options: [.init(name: "--yes", help: "erase; without it only the counts are shown")],
            summary: "Erase an ended contract and all that is kept of it, and say how much that was",
            details: "There is no way back. Take it away before with: malotectl contract export", run: erase),
    ]

    // MARK: - Export

    private static func export(_ session: Session) throws {
        let name = session.arguments.positional[0]
        let folder = try ExportFolder(session.arguments.value("--to") ?? ".", name)
        try folder.write("registry.yaml", try session.ask("GET", ["contracts", name, "registry"]))
        var report = ExportReport(contract: name, folder: folder.path)
        report.tickets = try tickets(session, name, folder)
        report.events = try events(session, name, folder)
        report.messages = try messages(session, name, folder)
        report.notifications = try notifications(session, name, folder)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(report)
        // Written last: who finds it has everything.
        try folder.write("export.json", data)
        guard !session.isJSON else { return session.printJSON(data) }
        print(
            "contract \(name): \(report.messages) messages, \(report.notifications) notifications, "
                + "\(report.tickets) tickets and \(report.events) events are in \(folder.path)")
    }

    private struct ExportReport: Encodable {
        var contract, folder: String
        var messages = 0
        var notifications = 0
        var tickets = 0
        var events = 0
    }

    private static func tickets(_ session: Session, _ name: String, _ folder: ExportFolder) throws -> Int {
        try pages(folder, "tickets.jsonl", of: TicketLine.self, after: \.number.description) { after in
            try session.ask("GET", ["contracts", name, "tickets"], query: [("after", after), ("limit", "1000")])
        }
    }

    private static func events(_ session: Session, _ name: String, _ folder: ExportFolder) throws -> Int {
        let file = try folder.lines("events.jsonl")
        var after: String?
        var count = 0
        while true {
            let data = try session.ask(
                "GET", ["events"], query: [("contract", name), ("after", after), ("limit", "500")])
            let lines = data.split(separator: UInt8(ascii: "\n"))
            guard let last = lines.last else { return count }
            try file.append(data)
            count += lines.count
            after = try JSONDecoder().decode(Identified.self, from: last).id
        }
    }

    private struct Identified: Decodable { var id: String }

    /// The list comes latest first; the mails lie by their numbers.
    private static func messages(_ session: Session, _ name: String, _ folder: ExportFolder) throws -> Int {
        let file = try folder.lines("messages.jsonl")
        var after: String?
        var count = 0
        while true {
            let data = try session.ask(
                "GET", ["messages"], query: [("contract", name), ("after", after), ("limit", "500")])
            let page = try JSONDecoder().decode([MessageLine].self, from: data)
            guard let last = page.last else { return count }
            for line in page {
                try folder.mail("messages/\(line.id).eml", size: line.size) { sink in
                    try session.download(["messages", "\(line.id)", "raw"], query: [("contract", name)], to: sink)
                }
                try file.append(try line.asLine())
            }
            count += page.count
            after = "\(last.id)"
        }
    }

    private static func notifications(_ session: Session, _ name: String, _ folder: ExportFolder) throws -> Int {
        try pages(folder, "notifications.jsonl", of: NotificationReport.self, after: \.id.description) { after in
            let data = try session.ask("GET", ["contracts", name, "notifications"], query: [("after", after)])
            for report in try JSONDecoder().decode([NotificationReport].self, from: data) {
                try folder.mail("notifications/\(report.id).eml", size: nil) { sink in
                    try session.download(["notifications", "\(report.id)", "raw"], query: [], to: sink)
                }
            }
            return data
        }
    }

    /// - Parameter after: what names the last object of a page to the next request.
    private static func pages<Object: Codable>(
        _ folder: ExportFolder, _ name: String, of: Object.Type, after: (Object) -> String,
        _ ask: (String?) throws -> Data
    ) throws -> Int {
        let file = try folder.lines(name)
        var last: String?
        var count = 0
        while true {
            let page = try JSONDecoder().decode([Object].self, from: try ask(last))
            guard let end = page.last else { return count }
            for object in page { try file.append(try object.asLine()) }
            count += page.count
            last = after(end)
        }
    }

    // MARK: - Import

    /// Tickets first: messages belong to them.
    private static func moveIn(_ session: Session) throws {
        let (name, folder) = (session.arguments.positional[0], session.arguments.positional[1])
        guard FileManager.default.fileExists(atPath: folder + "/export.json") else {
            throw Stop.refused(
                "\(folder) is no whole export: there is no export.json in it. See: malotectl contract export")
        }
        let lines = try ["tickets", "messages", "notifications"].map { try JSONLines("\(folder)/\($0).jsonl") }
        let messages: [MessageLine] = try lines[1].decoded()
        let notifications: [NotificationReport] = try lines[2].decoded()
        let threads =
            messages.compactMap { line in line.messageID.map { (line.ticket, $0) } }
            + notifications.map { ($0.ticket, $0.messageID) }
        let byTicket = Dictionary(grouping: threads) { $0.0 ?? "" }.mapValues { $0.map(\.1) }
        var counts = ["tickets": 0, "messages": 0, "events": 0]
        for page in try (lines[0].decoded() as [TicketLine]).pages(of: 500) {
            let moved = page.map { MovedTicket($0, threads: byTicket[$0.key] ?? []) }
            counts["tickets"]? += try send(session, name, [("what", "tickets")], Array(try JSONEncoder().encode(moved)))
        }
        for line in messages.reversed() {
            let query = [
                ("what", "message"), ("received", line.received.description), ("fate", line.fate.rawValue),
                ("ticket", line.ticket),
            ]
            let file = "\(folder)/messages/\(line.id).eml"
            // Its source was too old to be kept.
            guard access(file, F_OK) == 0 else { continue }
            let mail = try Session.read(file)
            counts["messages"]? += try send(session, name, query, mail, type: "message/rfc822")
        }
        for page in try JSONLines("\(folder)/events.jsonl").lines.pages(of: 200) {
            counts["events"]? += try send(
                session, name, [("what", "events")], Array(page.joined(separator: [10])), type: "application/jsonl")
        }
        guard !session.isJSON else { return session.printJSON(try counts.asLine()) }
        let told = ["messages", "tickets", "events"].map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", ")
        print("contract \(name) has taken over \(told). To begin: malotectl contract resume \(name)")
    }

    private static func send(
        _ session: Session, _ name: String, _ query: [(String, String?)], _ body: [UInt8],
        type: String = "application/json"
    ) throws -> Int {
        let data = try session.ask(
            "POST", ["contracts", name, "moved"], query: query, body: body, type: type, seconds: 600)
        return try JSONDecoder().decode([String: Int].self, from: data)["new"] ?? 0
    }

    // MARK: - Erase

    private static func erase(_ session: Session) throws {
        let name = session.arguments.positional[0]
        guard session.arguments.has("--yes") else {
            let data = try session.ask("POST", ["contracts", name, "erase"], query: [("dry-run", "true")])
            guard !session.isJSON else { return session.printJSON(data) }
            let report = try JSONDecoder().decode(EraseReport.self, from: data)
            print("contract \(name) has \(words(report.rows)). Nothing was erased; say --yes to erase it.")
            return
        }
        var rows = ErasedRows()
        while true {
            let data = try session.ask("POST", ["contracts", name, "erase"], seconds: 600)
            var report = try JSONDecoder().decode(EraseReport.self, from: data)
            rows = rows + report.rows
            guard report.isDone else {
                if !session.isJSON { print("erased so far: \(rows.total) rows") }
                continue
            }
            report.rows = rows
            guard !session.isJSON else { return session.printJSON(try report.asLine()) }
            print("contract \(name) is erased: \(words(rows)).")
            for mailbox in report.unused { print("mailbox \(mailbox) is linked to nothing any more.") }
            return
        }
    }

    private static func words(_ rows: ErasedRows) -> String {
        "\(rows.messages) messages, \(rows.tickets) tickets, \(rows.events) events, \(rows.notifications) notifications, "
            + "\(rows.occasions) triggers, \(rows.approvals) approvals and \(rows.suppressions) suppressed addresses"
    }
}

extension Encodable {
    fileprivate func asLine() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + [UInt8(ascii: "\n")]
    }
}
