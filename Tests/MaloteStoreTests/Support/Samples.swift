// Plain values for the tests of the store: times, keys, mails, notifications; knows no store.

import MaloteCore

enum Sample {
    /// What a body throws that does not want its effects.
    struct Refusal: Error, Equatable {}

    static let acme = ContractID(rawValue: 1)
    static let globex = ContractID(rawValue: 2)
    static let inbox = MailboxID(rawValue: 3)
    static let otherInbox = MailboxID(rawValue: 4)
    static let outbox = MailboxID(rawValue: 5)
    static let lane = Lane(contract: acme, outbox: outbox)
    static let lanes = [
        lane, Lane(contract: acme, outbox: MailboxID(rawValue: 6)), Lane(contract: globex, outbox: outbox),
    ]

    static let accepted = ProtocolReply(code: 250, status: "2.0.0", text: "queued as 4711", command: "DATA")
    static let later = Failure(
        .transient, .greylisted, "The server put the recipient off.",
        reply: ProtocolReply(code: 451, status: "4.7.1", text: "Greylisted", command: "RCPT"), retryAfterSeconds: 300)
    static let never = Failure(
        .permanent, .rejected, "The server refused the recipient.", remedy: "Correct the address.",
        reply: ProtocolReply(code: 550, status: "5.1.1", text: "No such user", command: "RCPT"))
    static let lost = Failure(.transient, .unknownOutcome, "The answer to the whole message was lost.")

    static func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_800_000_000_042 + seconds * 1000) }

    static func name<Of>(_ text: String, _: Name<Of>.Type = Name<Of>.self) -> Name<Of> {
        guard let name = Name<Of>(text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    static func digest(_ number: UInt8) -> Digest {
        guard let digest = Digest(Array(repeating: number, count: 32)) else { preconditionFailure("32 octets") }
        return digest
    }

    static func keys(
        _ uids: ClosedRange<Int>, inbox: MailboxID = inbox, folder: String = "INBOX", validity: UInt32 = 7
    ) -> [LedgerKey] {
        uids.map { LedgerKey(inbox: inbox, folder: folder, validity: validity, uid: String($0)) }
    }

    static func message(
        _ messageID: String? = "<1@acme.example>", contract: ContractID = acme, sha256: Digest = digest(1),
        fate: StoredMessage.Fate = .opened, ticket: TicketID? = nil
    ) -> StoredMessage {
        StoredMessage(
            contract: contract, inbox: inbox, messageID: messageID, sha256: sha256, size: 2048,
            from: "ana@acme.example", subject: "Impressora não imprime \u{1F5A8}", received: at(0), fate: fate,
            ticket: ticket)
    }

    static func ticket(_ number: Int, contract: ContractID = acme, prefix: String = "ACME") -> Ticket {
        Ticket(
            contract: contract, number: number, key: "\(prefix)-\(number)",
            requester: MailAddress(name: "Ana", address: "ana@acme.example"), subject: "Printer")
    }

    static func event(_ number: Int, contract: ContractID = acme) -> TicketEvent {
        TicketEvent(
            id: EventID(rawValue: "event-\(number)"), contract: contract, kind: .ticketOpened,
            subject: "ACME-\(number)", time: at(Int64(number)), json: #"{"specversion":"1.0","n":\#(number)}"#)
    }

    static func notification(
        lane: Lane = lane, to recipients: [String] = ["ana@acme.example"], key: String? = nil,
        at time: Timestamp = at(0)
    ) -> Notification {
        Notification(
            lane: lane, messageID: "<out@desk.example>", envelopeFrom: "desk@desk.example", recipients: recipients,
            subject: "Re: Printer", content: Array("Subject: Re\r\n\r\nHello\r\n".utf8), idempotencyKey: key,
            outboxTrace: ["The contract has no outbox.", "The system outbox is post."], created: time)
    }
}
