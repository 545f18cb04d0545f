// A store with something of everything, all of it sound; knows no check.

import Foundation
import MaloteCore
import MaloteTestKit

@testable import MaloteStore

/// What the desk of a small house looks like after a day: one row of each kind at least, with every reference kept.
enum WholeDesk {
    static let password = "c4n4ry-Passwort-7d1f"
    static let token = "c4n4ry-refresh-55aa"

    /// Larger than one piece.
    static let large =
        [UInt8]("Subject: Large\r\n\r\n".utf8) + [UInt8](repeating: 0x61, count: 3 * RawMessage.pieceSize)

    static func fill(_ store: any DurableStore) async throws {
        try await store.write { store in
            let secret = SecretSource.literal(Secret(password))
            var contract = RegistrySample.contract("acme")
            contract.events = .init(url: "https://acme.example/", secret: secret, formerSecret: secret)
            try store.apply([
                .putMailbox(RegistrySample.mailbox(login: .init(user: "visible-user", password: secret))),
                .putContract(contract), .putTemplate(RegistrySample.template),
            ])
            try store.keepVersion(
                of: Sample.name("receipt"), language: "pt-BR", RegistrySample.template, at: Sample.at(0))
            try mail(store)
            try queue(store)
        }
        try await store.keep(
            KeptToken(token: Secret(token), origin: Sample.digest(3), since: Sample.at(1)), of: MailboxID(rawValue: 1))
    }

    private static func mail(_ store: any StoreWriting) throws {
        let keys = Sample.keys(1...4, inbox: MailboxID(rawValue: 1))
        try store.want(keys)
        let ticket = try store.insert(Sample.ticket(try store.nextTicketNumber(contract: Sample.acme)))
        try store.thread("<1@acme.example>", into: ticket, contract: Sample.acme)
        let small = [UInt8]("Subject: Hi\r\n\r\nHello\r\n".utf8)
        let ids = try zip(keys, [small, large]).map { key, raw in
            try store.insert(message(raw, ticket), raw: RawMessage(raw), ledger: key)
        }
        // One that was too large: its header only.
        var cut = message(small, nil)
        (cut.size, cut.fate) = (9_000_000, .quarantined)
        try store.insert(cut, raw: RawMessage(small), ledger: keys[2])
        let states: [LedgerEntry.State] = [.stored, .stored, .refused]
        try store.record(zip(keys, states).map { LedgerEntry(key: $0, state: $1) })
        try store.append(event(1, ids[0], small))
        try store.append(event(2, ids[1], large))
        let occasion = try store.keep(
            KeptOccasion(
                contract: Sample.acme,
                occasion: Occasion(
                    trigger: "comment.added", time: Sample.at(1), event: nil, ticket: ticket, message: nil,
                    flow: Sample.name("tell"), data: .object([:]), fields: [:], files: [])))
        _ = try store.plan(
            PlannedStep(
                occasion: occasion, contract: Sample.acme, ticket: ticket, flow: Sample.name("tell"), step: 1,
                due: Sample.at(90)))
        try store.insert(
            Approval(
                id: try store.newApprovalID(), contract: Sample.acme, ticket: ticket, flow: Sample.name("ask"), step: 0,
                nonce: [1], subject: "Buy", summary: "", quorum: 1, created: Sample.at(0), expires: Sample.at(9),
                voters: [.init(MailAddress(address: "ana@acme.example"))]))
        try store.openEndpoint(of: Sample.acme)
    }

    private static func queue(_ store: any StoreWriting) throws {
        for state in Delivery.State.allCases { _ = try store.newDelivery(state) }
        _ = try store.enqueue(Sample.notification(to: ["ana@acme.example", "bia@acme.example"]))
        try store.setHealth(MailboxHealth(mailbox: MailboxID(rawValue: 1)))
    }

    private static func message(_ raw: [UInt8], _ ticket: TicketID?) -> StoredMessage {
        StoredMessage(
            contract: Sample.acme, inbox: MailboxID(rawValue: 1), messageID: "<\(raw.count)@acme.example>",
            sha256: raw.withUnsafeBytes { OpenSSLHashing().sha256($0) }, size: raw.count, from: "ana@acme.example",
            subject: "Hi", received: Sample.at(0), fate: .opened, ticket: ticket)
    }

    private static func event(_ number: Int, _ message: MessageID, _ raw: [UInt8]) -> TicketEvent {
        let sha256 = raw.withUnsafeBytes { OpenSSLHashing().sha256($0) }
        let json = """
            {"specversion":"1.0","id":"event-\(number)","type":"\(TicketEvent.Kind.ticketOpened.cloudEventType)",\
            "data":{"ticket":{"key":"ACME-1"},"message":{"id":"\(message)","raw":{"sha256":"\(sha256)"}}}}
            """
        return TicketEvent(
            id: EventID(rawValue: "event-\(number)"), contract: Sample.acme, kind: .ticketOpened, subject: "ACME-1",
            time: Sample.at(1), json: json)
    }
}
