// A report is tied to a notification only by what we signed, and to the recipient that it names.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct NoticeTieTests {
    static let ids = SignedIDs.contract(1)
    static let foreign = SignedIDs.contract(2)
    static let base = MailAddress(address: "help@acme.example")
    static let seven = NotificationID(rawValue: 7)

    private func bounce(_ recipients: NoticedRecipient..., change: (inout MessageView) -> Void = { _ in })
        -> MessageView
    {
        edited(MessageView()) {
            $0.notice = DeliveryNotice(kind: .bounce, evidence: "Test.", recipients: recipients)
            change(&$0)
        }
    }

    private static func failed(_ address: String, hard: Bool = true) -> NoticedRecipient {
        NoticedRecipient(
            address: address, status: "5.1.1", action: .failed, cause: .unknownUser, isHard: hard,
            words: "550 5.1.1 no such user")
    }

    private func delivery(_ id: Int64, _ recipient: String) -> Delivery {
        Delivery(
            id: DeliveryID(rawValue: id), notification: Self.seven,
            lane: Lane(contract: ContractID(rawValue: 1), outbox: MailboxID(rawValue: 2)), recipient: recipient,
            state: .sent, nextAttempt: Timestamp(seconds: 0), created: Timestamp(seconds: 0))
    }

    private func leads(_ change: (inout MessageView) -> Void) -> [NoticeTie.Lead]? {
        NoticeTie(bounce(change: change), ids: Self.ids)?.leads
    }

    // MARK: - Whose notification

    @Test func whatIsNoReportHasNoTie() { #expect(NoticeTie(MessageView(), ids: Self.ids) == nil) }

    @Test func theEnvelopeIDComesFirstThenTheMessageIDThenTheAddress() throws {
        let messageID = Self.ids.make("ACME-42", domain: "acme.example")
        let back = try #require(Self.ids.address(for: NotificationID(rawValue: 9), at: Self.base))
        let found = leads {
            $0.notice?.envelopeID = Self.ids.envid(Self.seven)
            $0.enclosedHeaders = [.init(name: "Message-Id", value: " \(messageID) ")]
            $0.to = [MailAddress(address: back.address.uppercased())]
        }
        #expect(
            found == [
                .notification(Self.seven, evidence: .envelopeID), .messageID(messageID),
                .notification(NotificationID(rawValue: 9), evidence: .address),
            ])
    }

    @Test func referencesOfTheReportCountToo() {
        let messageID = Self.ids.make("mail", domain: "acme.example")
        #expect(leads { $0.inReplyTo = ["<x@y>", messageID] } == [.messageID(messageID)])
        #expect(leads { $0.references = [messageID] } == [.messageID(messageID)])
    }

    @Test func forgedAndForeignMarksAreNoLead() throws {
        let foreign = try #require(Self.foreign.address(for: Self.seven, at: Self.base))
        let ticket = try #require(Self.ids.address(for: "ACME-42", at: Self.base))
        let forged = try #require(Self.ids.address(for: Self.seven, at: Self.base)).address
        let found = leads {
            $0.notice?.envelopeID = Self.foreign.envid(Self.seven)
            $0.enclosedHeaders = [.init(name: "Message-ID", value: Self.foreign.make("ACME-42", domain: "d"))]
            $0.to = [foreign, ticket, MailAddress(address: forged.replacing("n7.", with: "n8."))]
        }
        #expect(found == [])
    }

    // MARK: - Whose delivery

    @Test func eachNamedRecipientIsFoundOnceWithoutCase() throws {
        let tie = try #require(
            NoticeTie(bounce(Self.failed("BOB@else.example"), Self.failed("ana@else.example")), ids: Self.ids))
        let deliveries = [delivery(1, "ana@else.example"), delivery(2, "bob@else.example"), delivery(3, "c@x.example")]
        #expect(tie.findings(deliveries).map(\.delivery?.id.rawValue) == [2, 1])
    }

    @Test func aForwardedAddressIsOurOnlyRecipient() throws {
        let tie = try #require(NoticeTie(bounce(Self.failed("ana.private@else.example")), ids: Self.ids))
        #expect(tie.findings([delivery(1, "ana@else.example")]).map(\.delivery?.id.rawValue) == [1])
        let two = [delivery(1, "ana@else.example"), delivery(2, "bob@else.example")]
        #expect(tie.findings(two).map(\.delivery) == [nil], "nobody can tell who forwards")
    }

    @Test func aReportThatNamesNobodyIsAboutTheOnlyRecipient() throws {
        let tie = try #require(NoticeTie(bounce(), ids: Self.ids))
        let one = tie.findings([delivery(1, "ana@else.example")])
        #expect(one.map(\.delivery?.id.rawValue) == [1] && one.first?.recipient.action == .failed)
        #expect(tie.findings([delivery(1, "a@x.example"), delivery(2, "b@x.example")]).isEmpty)
    }

    @Test func onlyAFailureChangesTheDelivery() throws {
        let actions: [(NoticedRecipient.Action, TicketEvent.Kind?, Bool)] = [
            (.failed, .notificationBounced, true), (.complained, .notificationBounced, false),
            (.delayed, .notificationDelayed, false), (.delivered, nil, false), (.relayed, nil, false),
            (.expanded, nil, false),
        ]
        for (action, kind, changes) in actions {
            let finding = NoticeTie.Finding(
                delivery: nil, recipient: edited(Self.failed("a@x.example")) { $0.action = action })
            #expect(finding.event == kind && (finding.failure != nil) == changes, "\(action)")
        }
        let failure = try #require(NoticeTie.Finding(delivery: nil, recipient: Self.failed("a@x.example")).failure)
        #expect(failure.cause == .bounced && failure.kind == .permanent && failure.reply?.status == "5.1.1")
        #expect(failure.detail.contains("unknown-user (5.1.1)") && failure.detail.contains("no such user"))
    }
}
