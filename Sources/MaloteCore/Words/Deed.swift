// A change that somebody asks for, and the line of the audit log that tells it; knows no store.

import Synchronization

/// One line of the audit log. Secrets do not appear in it, only the names of the fields that hold them.
package struct AuditEntry: Sendable, Hashable, Codable {
    package var id: AuditID
    package var time: Timestamp
    /// A token's name, or a user of this machine.
    package var who: String
    /// `control socket`, or a client's address.
    package var place: String
    /// What was asked for, such as `queue.retry`.
    package var action: String
    /// What it was about, such as `mailbox acme-in`; may be empty.
    package var subject: String
    /// The contract's name; `nil` if it was about none, or about several.
    package var contract: String?
    /// What came of it, such as the fields that differ; may be empty.
    package var details: String
    /// `done`, or why not.
    package var outcome: String

    package init(
        id: AuditID = .unsaved, time: Timestamp, who: String, place: String, action: String, subject: String,
        contract: String?, details: String = "", outcome: String = AuditEntry.done
    ) {
        self.id = id
        self.time = time
        self.who = who
        self.place = place
        self.action = action
        self.subject = subject
        self.contract = contract
        self.details = details
        self.outcome = outcome
    }

    package static let done = "done"
}

package typealias AuditID = RowID<AuditEntry>

/// A change under way, from the door to its commit: whoever makes it says what came of it, and the first transaction
/// writes the line.
package final class Deed: Sendable {
    private struct Course {
        var contract: String?
        var details: [String] = []
        var isTold = false
        var isVoid = false
    }

    /// Characters of what is told of one deed.
    private static let longest = 1000

    package let caller: Caller
    package let action: String
    private let subject: String
    private let course: Mutex<Course>

    package init(_ caller: Caller, _ action: String, subject: String = "", contract: String? = nil) {
        self.caller = caller
        self.action = action
        self.subject = subject
        course = Mutex(Course(contract: contract))
    }

    /// What this task is doing on somebody's behalf; `nil` for what the daemon does by itself.
    @TaskLocal package static var current: Deed?

    /// Adds to what is told of it.
    package func add(_ details: String) { course.withLock { $0.details.append(details) } }

    /// What it is about turned out to be this contract's.
    package func isAbout(_ contract: String) { course.withLock { $0.contract = $0.contract ?? contract } }

    /// Everything was as it was wanted already: there is nothing to tell.
    package func changedNothing() { course.withLock { $0.isVoid = true } }

    /// Its line is durable.
    package func isTold() { course.withLock { $0.isTold = true } }

    /// The line to write; `nil` if it is written already, or if there is nothing to tell.
    /// - Parameter refusal: why nothing was done.
    package func entry(at time: Timestamp, refusal: Problem? = nil) -> AuditEntry? {
        let course = course.withLock { $0 }
        guard !course.isTold, refusal != nil || !course.isVoid else { return nil }
        return AuditEntry(
            time: time, who: caller.name, place: caller.place, action: action, subject: Self.line(subject),
            contract: course.contract, details: Self.line(course.details.joined(separator: "; ")),
            outcome: refusal.map { "\($0.status) \(Self.line($0.title))" } ?? AuditEntry.done)
    }

    private static func line(_ text: String) -> String { String(text.onOneLine.prefix(longest)) }
}
