// What the fake mail room shows of mails, tickets, events and the queue; knows no rule.

import MaloteCore
import Synchronization

@testable import MaloteAdmin

/// What a test lets the fake mail room hold; empty by itself.
struct FakeContent {
    var tickets: [TicketEntry] = []
    var ticket: TicketReport?
    var lines: [MessageLine] = []
    var reading: MessageReading?
    var images: [MessageFile] = []
    var files: [MessageFile] = []
    var explanation: Explanation?
    var events: [TicketEvent] = []
    var queue: [DeliveryView] = []
    var lanes: [StatusReport.LaneLine] = []
    var suppressions: [SuppressionView] = []
    var quarantine: [QuarantineLine] = []
    var results: [ReplayResult] = []
    var refused: [RefusedEventView] = []
    var course: Course?
}

extension FakeControl {
    convenience init(_ content: FakeContent) {
        self.init()
        self.content.withLock { $0 = content }
    }

    func tickets(_ query: TicketQuery) async throws(Problem) -> [TicketEntry] {
        let closed = query.isClosed.map { $0 ? "closed" : "open" } ?? "-"
        try note(
            "tickets \(query.contract ?? "-") \(closed) \(query.search ?? "-") \(query.before ?? 0) \(query.limit)")
        return content.withLock { Array($0.tickets.prefix(query.limit)) }
    }

    func reading(_ reference: String, contract: String?) async throws(Problem) -> MessageReading {
        try note("reading \(reference) \(contract ?? "-")")
        let report = MessageReport(line: Self.line, view: MessageView(), attachments: [], reason: "Why.")
        return content.withLock { $0.reading } ?? MessageReading(report: report, headers: [], html: nil)
    }

    func images(of reference: String, contract: String?) async throws(Problem) -> [MessageFile] {
        try note("images \(reference) \(contract ?? "-")")
        return content.withLock { $0.images }
    }

    func file(of reference: String, contract: String?, place: Int) async throws(Problem) -> MessageFile {
        try note("file \(reference) \(contract ?? "-") \(place)")
        let found = content.withLock { $0.files.indices.contains(place - 1) ? $0.files[place - 1] : nil }
        guard let found else { throw Problem(status: 404, title: "Not found", detail: "There is no such file.") }
        return found
    }

    func eventLog(_ query: EventLogQuery) async throws(Problem) -> [TicketEvent] {
        try note("log \(query.contract ?? "-") \(query.kind ?? "-") \(query.before ?? "-") \(query.limit)")
        return content.withLock { Array($0.events.prefix(query.limit)) }
    }

    func event(_ id: String, contract: String?) async throws(Problem) -> TicketEvent {
        try note("event \(id) \(contract ?? "-")")
        let found = content.withLock { $0.events.first { $0.id.rawValue == id } }
        guard let found else { throw Problem(status: 404, title: "Not found", detail: "There is no such event.") }
        return found
    }

    func queueCount(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        try note("count \(action) \(text(query))")
        return content.withLock { $0.queue.count }
    }
}
