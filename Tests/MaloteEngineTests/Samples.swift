// Registries and rows for the engine's tests; knows nothing of the code under test.

import MaloteCore

/// A name that the test wrote itself and that is therefore valid.
func name<Of>(_ text: String) -> Name<Of> {
    guard let name = Name<Of>(text) else { preconditionFailure("a test's own name is not valid: \(text)") }
    return name
}

func sampleInbox(_ number: Int64, poll: Int = 60) -> Mailbox {
    Mailbox(
        id: MailboxID(rawValue: number), name: name("in-\(number)"), server: "imap\(number).example", port: 993,
        security: .implicit, login: .init(user: "u", password: .file(path: "/p")),
        role: .inbox(Inbox(access: .imap, pollSeconds: poll)))
}

func sampleOutbox(_ number: Int64) -> Mailbox {
    Mailbox(
        id: MailboxID(rawValue: 100 + number), name: name("out-\(number)"), server: "smtp\(number).example", port: 587,
        security: .starttls, login: nil, role: .outbox(Outbox(senders: [MailAddress(address: "help@x.example")])))
}

/// One contract for each inbox.
func sampleRegistry(inboxes: [Mailbox]) -> Registry {
    Registry(
        mailboxes: inboxes,
        contracts: inboxes.map {
            Contract(
                id: ContractID(rawValue: $0.id.rawValue), name: name("c-\($0.id)"), prefix: "C\($0.id)",
                inboxes: [$0.name])
        })
}

func sampleDelivery(attempts: Int = 1, created: Timestamp = Timestamp(seconds: 0), failure: Failure? = nil) -> Delivery
{
    Delivery(
        id: DeliveryID(rawValue: 7), notification: NotificationID(rawValue: 3),
        lane: Lane(contract: ContractID(rawValue: 1), outbox: MailboxID(rawValue: 2)), recipient: "ana@x.example",
        state: .sending, attempts: attempts, nextAttempt: created, created: created, failure: failure)
}

func sampleFailure(_ cause: Failure.Cause, _ kind: Failure.Kind = .transient) -> Failure {
    Failure(kind, cause, "It did not work.")
}

func edited<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var value = value
    change(&value)
    return value
}
