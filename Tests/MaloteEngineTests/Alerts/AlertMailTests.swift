// Alerts on their way: through the system outbox only, in a lane of their own, once, over restarts, and as events.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct AlertMailTests {
    /// Contract 1 as usual; outbox 2 is the system outbox of nobody else.
    private func house(alerts: [String] = ["ops@house.example"], hasOutbox: Bool = true) -> House {
        House(
            deskRegistry { registry in
                registry.mailboxes.append(sampleOutbox(2))
                registry.mailboxes.sort { $0.name < $1.name }
                registry.systemOutbox = hasOutbox ? sampleOutbox(2).name : nil
                registry.alerts = alerts.map { MailAddress(address: $0) }
            })
    }

    private func start(_ house: House) -> Run {
        let run = Run(house).startPolling().startSending()
        let room = run.room()
        run.follow(house.stage.start { await room.keepLookout() })
        return run
    }

    private func mails(_ house: House) -> [String] {
        house.store.state.notifications.map { String(decoding: $0.content, as: UTF8.self) }
    }

    @Test func aRefusedLoginIsToldOnceAndItsEndAfterwards() throws {
        let house = house()
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        _ = start(house)
        house.stage.advance(by: .seconds(3600))
        let told = house.store.state.notifications
        #expect(told.count == 1)
        let mail = try #require(told.first)
        #expect(mail.lane == Lane(contract: MailRoom.alertContract, outbox: sampleOutbox(2).id))
        #expect(mail.recipients == ["ops@house.example"])
        #expect(mails(house)[0].contains("Auto-Submitted: auto-generated"))
        #expect(mails(house)[0].contains("failure of mailbox"))
        #expect(house.states == [.sent: 1])
        house.inbox(1).change { $0.faults.open = nil }
        // Its own clock is slow after refused logins.
        house.stage.advance(by: .seconds(4 * 3600))
        #expect(mails(house).count == 2 && mails(house)[1].contains("Over: "))
        #expect(house.store.state.alerts.isEmpty)
    }

    @Test func aRestartTellsNothingAgain() throws {
        let house = house()
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        for _ in 0..<3 {
            let run = start(house)
            house.stage.advance(by: .seconds(600))
            run.crash()
        }
        #expect(house.store.state.notifications.count == 1)
        #expect(house.store.state.alerts.count == 1)
    }

    @Test func aDeadSystemOutboxHoldsNobodyUpAndIsNotWorkedRound() throws {
        let house = house()
        house.outbox(2).change { $0.faults.open = sampleFailure(.connect) }
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        _ = start(house)
        try house.enqueue()
        house.stage.advance(by: .seconds(3600))
        let states = Dictionary(grouping: house.store.state.deliveries, by: \.lane).mapValues { $0.map(\.state) }
        #expect(states[lane(1, 1)] == [.sent])
        // The outbox that fails is told as well, and both wait for it.
        #expect(states[Lane(contract: MailRoom.alertContract, outbox: sampleOutbox(2).id)] == [.queued, .queued])
    }

    @Test func anAddressThatDoesNotExistIsTriedAgainNextTime() throws {
        let house = house()
        let failure = Failure(
            .permanent, .rejected, "No such user.",
            reply: ProtocolReply(code: 550, status: "5.1.1", text: "No such user", command: "RCPT"))
        house.outbox(2).change { $0.faults.refusals = ["ops@house.example": failure] }
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        _ = start(house)
        house.stage.advance(by: .seconds(2 * 86_400 + 3600))
        // Daily, though each fails: no suppression, no event, no alert about alerts.
        #expect(house.store.state.deliveries.map(\.state) == [.failed, .failed, .failed])
        #expect(house.store.state.suppressions.isEmpty)
        #expect(house.store.state.events(.notificationFailed).isEmpty)
    }

    @Test(arguments: [([], true), (["ops@house.example"], false)] as [([String], Bool)])
    func withoutAddressOrOutboxAlertsAreKeptAndNotSent(_ alerts: [String], hasOutbox: Bool) throws {
        let house = house(alerts: alerts, hasOutbox: hasOutbox)
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        let room = start(house).room()
        house.stage.advance(by: .seconds(3600))
        #expect(house.store.state.notifications.isEmpty)
        #expect(house.store.state.alerts.map(\.kind) == [.mailboxFailing])
        #expect(throws: Problem.self) { try house.stage.run { try await room.testAlert() } }
        let report = try house.stage.run { try await room.alerts() }
        #expect(report.alerts.count == 1 && report.addresses == alerts)
    }

    @Test func manyAtOnceAreOneMail() throws {
        let house = House(
            deskRegistry(1...30) { registry in
                registry.systemOutbox = sampleOutbox(1).name
                registry.alerts = [MailAddress(address: "ops@house.example")]
            })
        for number in 1...30 as ClosedRange<Int64> {
            house.inbox(number).change { $0.faults.open = sampleFailure(.authRefused) }
        }
        _ = start(house)
        house.stage.advance(by: .seconds(1800))
        let told = house.store.state.notifications.filter { $0.lane.contract == MailRoom.alertContract }
        #expect(told.count == 1 && told.first?.subject.contains("and 29 more") == true)
    }

    @Test func anOldQueueAndAnEndingCertificateAreEventsOfTheirContracts() throws {
        let house = House(
            deskRegistry { registry in
                for place in registry.mailboxes.indices { registry.mailboxes[place].security = .implicit }
            })
        house.outbox(1).change { $0.faults.open = sampleFailure(.connect) }
        let run = Run(house).startPolling().startSending()
        var parts = run.room().parts
        parts.certificates = CertificateBook(time: house.stage.clock)
        let mailbox = house.registry.mailboxes[0]
        parts.certificates.note(
            CertificateBook.server(mailbox.server, mailbox.port), end: house.now + .seconds(6 * 86_400))
        let room = MailRoom(parts)
        run.follow(house.stage.start { await room.keepLookout() })
        try house.enqueue()
        house.stage.advance(by: .seconds(3 * 3600))
        let aging = house.store.state.events(.queueAging)
        let expiring = house.store.state.events(.mailboxExpiring)
        #expect(aging.count == 1 && expiring.count == 1)
        #expect(aging.first?.json.contains("\"outbox\":\"\(sampleOutbox(1).name)\"") == true)
        #expect(expiring.first?.json.contains("\"what\":\"certificate\"") == true)
    }

    @Test func aTestLeavesAtOnceThroughTheSystemOutbox() throws {
        let house = house()
        let room = Run(house).startSending().room()
        let receipt = try house.stage.run { try await room.testAlert() }
        house.stage.advance(by: .seconds(5))
        #expect(receipt.outbox == sampleOutbox(2).name.text && house.states == [.sent: 1])
        let status = try house.stage.run { try await room.status() }
        #expect(status.lanes.map(\.contract) == ["(alerts)"])
    }

    @Test func aStoreThatIsFullTellsLater() throws {
        let house = house()
        house.inbox(1).change { $0.faults.open = sampleFailure(.authRefused) }
        house.store.object { _, after in
            after.alerts.isEmpty ? nil : Failure(.transient, .diskFull, "The disk is full.")
        }
        _ = start(house)
        house.stage.advance(by: .seconds(600))
        #expect(house.store.state.notifications.isEmpty)
        house.store.object(nil)
        house.stage.advance(by: .seconds(120))
        #expect(house.store.state.notifications.count == 1)
    }
}
