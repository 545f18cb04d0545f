// People look through what was filed.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct ReadingTests {
    private func ask<T: Sendable>(
        _ house: House, _ question: @escaping @Sendable (MailRoom) async throws -> T
    ) throws -> T {
        let room = Run(house).room()
        return try house.stage.run { try await question(room) }
    }

    private func status(_ house: House, _ question: @escaping @Sendable (MailRoom) async throws -> Void) -> Int? {
        let problem = #expect(throws: Problem.self) { try ask(house, question) }
        return problem?.status
    }

    private func house() throws -> House {
        let house = House(deskRegistry(answers: true))
        house.inbox(1).receive(mail("one"))
        house.inbox(1).receive(mail("two"))
        try house.poll()
        return house
    }

    @Test func ticketsAreListedLatestFirstWithTheirLatestMail() throws {
        let house = try house()
        let all = try ask(house) { try await $0.tickets(TicketQuery()) }
        #expect(all.map(\.ticket.key) == ["C1-2", "C1-1"] && all.allSatisfy { $0.contract == "c-1" })
        #expect(all[0].latest == house.store.state.messages.last?.received)
        let page = try ask(house) { try await $0.tickets(TicketQuery(before: all[0].id.rawValue)) }
        #expect(page.map(\.ticket.key) == ["C1-1"])
        #expect(status(house) { _ = try await $0.tickets(TicketQuery(contract: "nobody")) } == 404)
    }

    @Test func eventsAreListedLatestFirst() throws {
        let house = try house()
        let all = try ask(house) { try await $0.eventLog(EventLogQuery(contract: "c-1", kind: "ticket.opened")) }
        #expect(all.map(\.subject) == ["C1-2", "C1-1"])
        let one = try ask(house) { try await $0.event(all[0].id.rawValue, contract: "c-1") }
        #expect(one == all[0])
        #expect(status(house) { _ = try await $0.event("x", contract: nil) } == 404)
        #expect(status(house) { _ = try await $0.eventLog(EventLogQuery(kind: "x")) } == 422)
    }

    @Test func aMailIsReadAgainWithItsHeaderAndFiles() throws {
        let house = House(deskRegistry())
        house.inbox(1).receive(mail("files", headers: ["X-File": "a.txt hello", "x-file": "b.txt world"]))
        try house.poll()
        let reading = try ask(house) { try await $0.reading("1", contract: nil) }
        #expect(reading.headers.contains { $0.name == "X-File" } && reading.html == nil)
        #expect(reading.report.attachments.map(\.name) == ["a.txt", "b.txt"])
        let file = try ask(house) { try await $0.file(of: "1", contract: nil, place: 2) }
        #expect(file.name == "b.txt" && file.content == Array("world".utf8))
        for place in [-1, 0, 3, .max] {
            #expect(status(house) { _ = try await $0.file(of: "1", contract: nil, place: place) } == 404)
        }
        #expect(try ask(house) { try await $0.images(of: "1", contract: nil) }.isEmpty)
    }

    @Test func whatAnActionWouldChangeIsCounted() throws {
        let house = House()
        for number in 0..<3 { try house.enqueue("m\(number)") }
        let count = try ask(house) { room in
            var counts: [Int] = []
            for action in QueueAction.allCases {
                counts.append(try await room.queueCount(action, QueueQuery(contract: "c-1")))
            }
            // All that are selected, but those that are sent cannot be taken back.
            counts.append(try await room.queueCount(.cancel, QueueQuery(states: ["sent", "queued"])))
            return counts
        }
        let expected = QueueAction.allCases.map { $0 == .release ? 0 : 3 }
        #expect(count == expected + [3])
    }
}
