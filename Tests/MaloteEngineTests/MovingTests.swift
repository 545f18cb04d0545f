// A contract's data from another installation: taken over once, as it was; what a changed file says is refused.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct MovingTests {
    private static func house() -> House {
        House(deskRegistry { $0.contracts[0].status = .paused })
    }

    private static func ticket(
        _ number: Int, key: String? = nil, subject: String = "Printer", requester: String = "ana@customer.example",
        opening: Ticket.Opening = .init(messageID: "<one@customer.example>"), threads: [String] = []
    ) -> MovedTicket {
        let ticket = Ticket(
            contract: .unsaved, number: number, key: key ?? "C1-\(number)", requester: MailAddress(address: requester),
            subject: subject, opening: opening)
        return MovedTicket(TicketLine(ticket), threads: threads)
    }

    private func moveIn(_ house: House, _ tickets: MovedTicket...) throws -> Int {
        try house.stage.run { [room = Run(house).room()] in try await room.moveIn(contract: "c-1", tickets: tickets) }
    }

    private func moveIn(_ house: House, _ events: MovedEvent...) throws -> Int {
        try house.stage.run { [room = Run(house).room()] in try await room.moveIn(contract: "c-1", events: events) }
    }

    private func resume(_ house: House) throws {
        try house.stage.run { [store = house.store] in
            try await store.write { store in
                var contract = try store.registry().contracts[0]
                contract.status = .active
                try store.apply([.putContract(contract)])
            }
        }
    }

    private func expectProblem(_ status: Int, _ house: House, _ body: () throws -> Int) {
        let problem = #expect(throws: Problem.self) { _ = try body() }
        #expect(problem?.status == status)
        #expect(house.store.commits == 0)
    }

    // MARK: - Tickets

    @Test func repliesFindTheirTicketAndNumbersGoOn() throws {
        let house = Self.house()
        let (one, four) = (Self.ticket(1), Self.ticket(4, threads: ["<four@customer.example>"]))
        #expect(try moveIn(house, one, four) == 2)
        #expect(try moveIn(house, one, four) == 0)
        try resume(house)
        house.inbox(1).receive(mail("more", headers: ["In-Reply-To": "<four@customer.example>"]))
        house.inbox(1).receive(mail("new"))
        try house.poll()
        #expect(house.store.state.tickets.map(\.key) == ["C1-1", "C1-4", "C1-5"])
        #expect(house.store.state.messages.map(\.fate) == [.replied, .opened])
        #expect(house.store.state.messages[0].ticket == house.store.state.tickets[1].id)
    }

    @Test(arguments: [
        ticket(0), ticket(-1), ticket(.max), ticket(.min), ticket(7, key: "C1-8"), ticket(7, key: "7"),
        ticket(7, key: "C\r\n1-7"), ticket(7, key: String(repeating: "C", count: 100) + "-7"),
        ticket(7, subject: "a\r\nBcc: b@x.example"), ticket(7, requester: "a@x.example>\r\nDATA"),
        ticket(7, opening: .init(messageID: "<a@x.example>\nX: y")),
        ticket(7, opening: .init(cc: [MailAddress(name: "A\0", address: "a@x.example")])),
    ])
    func whatIsNoTicketIsRefused(_ ticket: MovedTicket) throws {
        let house = Self.house()
        expectProblem(422, house) { try moveIn(house, Self.ticket(1), ticket) }
        try resume(house)
        house.inbox(1).receive(mail("new"))
        try house.poll()
        #expect(house.store.state.tickets.map(\.key) == ["C1-1"])
    }

    @Test(arguments: [ticket(3, subject: "Scanner"), ticket(3, key: "OLD-3")])
    func anotherTicketIsNotTouched(_ ticket: MovedTicket) throws {
        let house = Self.house()
        #expect(try moveIn(house, Self.ticket(3)) == 1)
        let before = house.store.state.tickets
        let problem = #expect(throws: Problem.self) { _ = try moveIn(house, ticket) }
        #expect(problem?.status == 409)
        #expect(house.store.state.tickets == before)
    }

    // MARK: - Messages

    @Test func aMessageIsFiledAsItWasAndOnce() throws {
        let house = Self.house()
        #expect(try moveIn(house, Self.ticket(3)) == 1)
        let then = Timestamp(milliseconds: 1_000_000)
        let moved = MovedMessage(raw: mail("old"), received: then, fate: .replied, ticket: "C1-3")
        for expected in [true, false] {
            let isNew = try house.stage.run { [room = Run(house).room()] in
                try await room.moveIn(contract: "c-1", message: moved)
            }
            #expect(isNew == expected)
        }
        let message = try #require(house.store.state.messages.first)
        #expect(message.fate == .replied && message.received == then)
        #expect(message.ticket == house.store.state.tickets[0].id)
        // Nothing comes of it anew; its like from the server is a duplicate.
        #expect(house.store.state.events.isEmpty && house.store.state.notifications.isEmpty)
        try resume(house)
        house.inbox(1).receive(mail("old"))
        try house.poll()
        #expect(house.store.state.events.isEmpty && house.store.state.tickets.count == 1)
    }

    // MARK: - Events

    private static let type = TicketEvent.Kind.ticketOpened.cloudEventType

    private static func event(_ id: String, type: String = type) -> MovedEvent {
        MovedEvent(id: id, type: type, subject: "C1-1", time: Timestamp(milliseconds: 1), json: "{\"id\":\"\(id)\"}")
    }

    @Test func eventsAreNotDeliveredAgain() throws {
        let house = deliveringHouse { $0.contracts[0].status = .paused }
        try house.stage.run { [store = house.store] in
            try await store.write { try $0.followEndpoints(from: Registry()) }
        }
        #expect(try moveIn(house, Self.event("a"), Self.event("b")) == 2)
        #expect(try moveIn(house, Self.event("b")) == 0)
        #expect(house.store.state.events.map(\.id.rawValue) == ["a", "b"])
        try resume(house)
        try house.happen("c")
        let run = Run(house).startDelivering()
        run.tell()
        #expect(house.receiver().ids == ["c"])
        run.askToStop()
    }

    /// What is still to be delivered here stands before it.
    @Test func eventsBehindOthersThatWaitAreDelivered() throws {
        let house = deliveringHouse { $0.contracts[0].status = .paused }
        try house.stage.run { [store = house.store] in
            try await store.write { try $0.followEndpoints(from: Registry()) }
        }
        try house.happen("own")
        #expect(try moveIn(house, Self.event("a")) == 1)
        try resume(house)
        let run = Run(house).startDelivering()
        run.tell()
        #expect(house.receiver().ids == ["own", "a"])
        run.askToStop()
    }

    @Test(arguments: [
        event("a", type: "com.example.other"), event(""), event("a\nb"),
        event(String(repeating: "a", count: 101)),
    ])
    func whatIsNoEventIsRefused(_ event: MovedEvent) throws {
        let house = Self.house()
        expectProblem(422, house) { try moveIn(house, Self.event("good"), event) }
    }

    @Test func nothingIsTakenOverWhileTheContractRuns() throws {
        let house = House()
        expectProblem(409, house) { try moveIn(house, Self.ticket(1)) }
        expectProblem(409, house) { try moveIn(house, Self.event("a")) }
    }
}
