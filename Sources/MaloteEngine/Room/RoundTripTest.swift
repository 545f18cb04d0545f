// One real message out by an outbox and in by an inbox, the way every other goes; decides nothing about mail.

import MaloteCore
import MaloteDesk

extension MailRoom {
    /// - Throws: a `Problem` when the two cannot make a round trip as they are registered.
    func travel(_ mailbox: Mailbox, _ roundTrip: RoundTrip) throws(Problem) -> RoundTripTest {
        let partner = try self.mailbox(named: roundTrip.partner)
        let pair = mailbox.inbox == nil ? (outbox: mailbox, inbox: partner) : (outbox: partner, inbox: mailbox)
        guard pair.inbox.inbox != nil, pair.outbox.outbox != nil else {
            throw Problem.invalid(
                field: "round-trip", "\(partner.name) is also an \(partner.kind).",
                remedy: "Name an \(mailbox.inbox == nil ? "inbox" : "outbox").")
        }
        guard let contract = parts.board.current.contracts(fedBy: pair.inbox.name).first else {
            throw Problem(
                status: 409, title: "Not polled",
                detail:
                    "Inbox \(pair.inbox.name) is linked to no contract. Link it first, with: malotectl contract edit.")
        }
        let user = pair.inbox.login?.user ?? ""
        guard let address = MailAddress(operatorText: roundTrip.to ?? user) else {
            throw Problem.invalid(
                field: "to", "\"\((roundTrip.to ?? user).onOneLine)\" is not a mail address.",
                remedy: "Name the address that leads to inbox \(pair.inbox.name).")
        }
        return RoundTripTest(
            room: self, contract: contract, outbox: pair.outbox, inbox: pair.inbox, address: address.address)
    }
}

extension Mailbox {
    fileprivate var kind: String { inbox == nil ? "outbox" : "inbox" }
}

/// The message is queued, sent, polled and filed like any other. It carries a Message-ID of our own, so it opens no
/// ticket and is not answered.
struct RoundTripTest: Sendable {
    private static let pause = Duration.seconds(1)
    /// How long the queue may take, and then the way from server to server.
    private static let sendingPatience = Duration.seconds(60)
    private static let arrivalPatience = Duration.seconds(120)

    let room: MailRoom
    let contract: Contract
    let outbox: Mailbox
    let inbox: Mailbox
    let address: String

    func steps(each: @Sendable (ProbeStep) -> Void) async -> [ProbeStep] {
        do {
            let sent = try await room.send(request, autoSubmitted: "auto-generated")
            let sending = try await departure(of: sent.receipt.notification)
            each(sending)
            guard sending.failure == nil else { return [sending] }
            let arrival = try await arrival(of: sent.messageID)
            each(arrival)
            return [sending, arrival]
        } catch {
            // A cancelled wait: whoever asked has gone.
            let step = ProbeStep(.sending, failure: (error as? Problem)?.failure ?? .calledOff)
            each(step)
            return [step]
        }
    }

    private var request: SendRequest {
        SendRequest(
            contract: contract.name.text, to: [address], outbox: outbox.name.text, subject: "Malote test message",
            text: "This message tests the way from \(outbox.name) to \(inbox.name). Nothing needs to be done.\n")
    }

    // MARK: - Out

    private func departure(of notification: NotificationID) async throws -> ProbeStep {
        let began = room.parts.time.now()
        while let delivery = try await delivery(of: notification) {
            if delivery.state == .sent {
                let reply = delivery.reply.map { ["\($0.code)", $0.status, $0.text] } ?? ["accepted"]
                let words = reply.filter { !$0.isEmpty }.joined(separator: " ")
                return ProbeStep(.sending, found: "to \(address) by \(outbox.name) after \(since(began)): \(words)")
            }
            let isOver = [.failed, .unknown, .held, .cancelled].contains(delivery.state)
            guard !isOver, room.parts.time.now() - began < Self.sendingPatience else {
                return try await undelivered(delivery)
            }
            try await room.parts.time.sleep(for: Self.pause)
        }
        return ProbeStep(.sending, failure: .calledOff)
    }

    private func delivery(of notification: NotificationID) async throws -> Delivery? {
        try await room.read { try $0.deliveries(DeliveryFilter(notification: notification, limit: 1)) }.first
    }

    /// What still waits is taken back: nobody expects a test message hours later.
    private func undelivered(_ delivery: Delivery) async throws -> ProbeStep {
        _ = try await room.write { try $0.park([delivery.id], as: .cancelled) }
        return ProbeStep(
            .sending,
            failure: delivery.failure
                ?? Failure(
                    .transient, .silentPeer,
                    "The message was \(delivery.state.rawValue) when the test ended; it is not sent any more.",
                    remedy: "See what the lane waits for, with: malotectl status."))
    }

    // MARK: - In

    private func arrival(of messageID: String) async throws -> ProbeStep {
        let began = room.parts.time.now()
        while room.parts.time.now() - began < Self.arrivalPatience {
            _ = try await room.pollSoon(inbox.id)
            try await room.parts.time.sleep(for: Self.pause)
            let id = contract.id
            guard let message = try await room.read({ try $0.message(contract: id, messageID: messageID) }) else {
                continue
            }
            return ProbeStep(
                .arrival,
                found: "in \(inbox.name) after \(since(began)); known for our own, so it is \(message.fate.rawValue)")
        }
        return ProbeStep(
            .arrival,
            failure: Failure(
                .operatorNeeded, .mailboxMissing,
                "The message has not arrived in \(inbox.name) within \(Self.arrivalPatience.components.seconds) seconds.",
                remedy:
                    "Make sure that \(address) leads to that inbox and folder (option --to), and look into its spam "
                    + "folder and filters."))
    }

    private func since(_ began: Timestamp) -> String {
        let tenths = (room.parts.time.now() - began).milliseconds / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Problem {
    fileprivate var failure: Failure { Failure(.operatorNeeded, .registry, detail) }
}

extension Failure {
    fileprivate static var calledOff: Failure { Failure(.transient, .shuttingDown, "The test was called off.") }
}
