// Lists that come page by page; knows no list.

/// Which part of a list to show.
package struct PageWish: Sendable, Hashable {
    package var limit: Int
    /// Where the page before ended: the cursor of its last item. `nil` begins.
    package var after: String?

    package init(limit: Int = 1000, after: String? = nil) {
        self.limit = limit
        self.after = after
    }
}

/// Something that stands in a list.
package protocol Listed {
    /// Names its place in the list: a page that begins behind it goes on.
    var cursor: String { get }
}

// MARK: - What is listed

extension TicketEvent: Listed {
    package var cursor: String { id.rawValue }
}

extension MessageLine: Listed {
    package var cursor: String { id.description }
}

extension QuarantineLine: Listed {
    package var cursor: String { "\(time?.milliseconds ?? 0)-\(id)" }
}

extension DeliveryView: Listed {
    package var cursor: String { id.description }
}

extension SuppressionView: Listed {
    package var cursor: String { "\(since.milliseconds)/\(contract)/\(address)" }
}

extension TicketEntry: Listed {
    package var cursor: String { id.description }
}

extension TicketLine: Listed {
    package var cursor: String { "\(number)" }
}

extension NotificationReport: Listed {
    package var cursor: String { id.description }
}

extension TriggerReceipt: Listed {
    package var cursor: String { id.description }
}

extension PlannedStepView: Listed {
    package var cursor: String { "\(due.milliseconds)-\(id)" }
}

extension ApprovalView: Listed {
    package var cursor: String { id.description }
}

extension AuditEntry: Listed {
    package var cursor: String { id.description }
}

extension LeaseLine: Listed {
    package var cursor: String { share }
}

extension LeaseSpan: Listed {
    package var cursor: String { id.description }
}
