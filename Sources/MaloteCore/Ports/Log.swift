// What a room says about itself: a level, a sentence and named fields; knows not where it is written.

package struct Log: Sendable {
    package enum Level: Int, Sendable, Comparable, CaseIterable {
        // The numbers are syslog priorities (RFC 5424 §6.2.1).
        case error = 3, warning = 4, notice = 5, info = 6, debug = 7
        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// Journal fields. Values are safe to show: never a secret, never mail content.
    package enum Field: String, Sendable {
        case contract = "CONTRACT", mailbox = "MAILBOX", message = "MESSAGE_ID", ticket = "TICKET"
        case notification = "NOTIFICATION", delivery = "DELIVERY", cause = "CAUSE", service = "SERVICE"
    }

    package typealias Sink = @Sendable (Level, String, [Field: String]) -> Void
    private let sink: Sink

    package init(_ sink: @escaping Sink) { self.sink = sink }

    /// Says nothing: for tests.
    package static let silent = Log { _, _, _ in }

    package func callAsFunction(_ level: Level, _ sentence: String, _ fields: [Field: String] = [:]) {
        sink(level, sentence, fields)
    }
}
