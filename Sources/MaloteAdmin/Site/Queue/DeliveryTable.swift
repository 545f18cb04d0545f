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
            .init(words.recipient), .init(words.subject), .init(words.state), .init(words.why),
            .init(words.attempts, isNumber: true), .init(words.nextAttempt), .init(words.created),
        ]
        if showsLane { columns.append(.init(words.lane)) }
        let rows = deliveries.map { delivery -> [HTMLText] in
            let address = "/queue?notification=\(delivery.notification)"
            var cells: [HTMLText] = [
                "\(delivery.recipient)", "<a class=\"wide\" href=\"\(address)\">\(subject(delivery))</a>",
                words.pill(delivery.state), why(delivery), "\(String(delivery.attempts))",
                visit.stamp(delivery.nextAttempt), visit.stamp(delivery.created),
            ]
            if showsLane {
                let lane = words.of.filled(["contract": delivery.contract, "outbox": delivery.outbox])
                cells.append("<span class=\"wide\">\(lane)</span>")
            }
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
