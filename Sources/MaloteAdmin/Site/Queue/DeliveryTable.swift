// Deliveries in a table, wherever they are shown; changes nothing.

import MaloteCore

struct DeliveryTable {
    private let visit: Visit
    private let words: QueueWords

    init(_ visit: Visit) {
        self.visit = visit
        words = visit.words(QueueWords.self)
    }

    /// - Parameter showsLane: whether contract and outbox are told, too.
    func html(_ deliveries: [DeliveryView], showsLane: Bool) -> HTMLText {
        var columns: [Table.Column] = [
            .init(words.recipient), .init(words.subject), .init(words.state), .init(words.attempts, isNumber: true),
            .init(words.created), .init(words.nextAttempt), .init(words.why),
        ]
        if showsLane { columns.insert(contentsOf: [.init(words.contract), .init(words.outbox)], at: 2) }
        let rows = deliveries.map { delivery -> [HTMLText] in
            var cells: [HTMLText] = [
                "\(delivery.recipient)",
                "<a class=\"wide\" href=\"/queue?notification=\(delivery.notification.description)\">\(subject(delivery))</a>",
                words.pill(delivery.state), "\(String(delivery.attempts))", visit.stamp(delivery.created),
                visit.stamp(delivery.nextAttempt), why(delivery),
            ]
            if showsLane { cells.insert(contentsOf: ["\(delivery.contract)", "\(delivery.outbox)"], at: 2) }
            return cells
        }
        return Table(caption: words.deliveries, columns: columns, rows: rows, empty: words.noDeliveries).html
    }

    private func subject(_ delivery: DeliveryView) -> String {
        delivery.subject.trimmed.isEmpty ? "\(words.notification) \(delivery.notification)" : delivery.subject
    }

    private func why(_ delivery: DeliveryView) -> HTMLText {
        guard let failure = delivery.failure else { return said(delivery.reply) }
        let remedy: HTMLText = failure.remedy.isEmpty ? "" : " <span class=\"soft\">\(failure.remedy)</span>"
        let reply = delivery.reply == nil || delivery.reply == failure.reply ? HTMLText("") : said(delivery.reply)
        return "<span class=\"wide\" lang=\"en\">\(failure.detail)\(remedy)</span> \(reply)"
    }

    private func said(_ reply: ProtocolReply?) -> HTMLText {
        guard let reply else { return "" }
        let code = reply.code > 0 ? "\(reply.code) " : ""
        let status = reply.status.isEmpty ? "" : "\(reply.status) "
        return "<code class=\"wide\">\(code)\(status)\(reply.text)</code>"
    }
}
