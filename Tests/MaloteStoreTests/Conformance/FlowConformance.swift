// What every store promises of occasions, of steps that wait for their time, and of how a ticket began.

import MaloteCore
import Testing

@Suite struct FlowConformance {
    private static func occasion(
        _ key: String? = nil, contract: ContractID = Sample.acme, ticket: TicketID? = nil
    ) -> KeptOccasion {
        var history = History()
        history.add(.triggered, at: Sample.at(1), "By a test.")
        return KeptOccasion(
            contract: contract, idempotencyKey: key,
            occasion: Occasion(
                trigger: "comment.added", time: Sample.at(1), event: EventID(rawValue: "e"), ticket: ticket,
                message: MessageID(rawValue: 4), flow: Sample.name("tell"),
                data: .object([
                    "n": .integer(7), "x": .number(1.5), "y": .flag(true), "z": .null, "t": .text("é \u{1F5A8}"),
                    "l": .list([.text("a"), .object([:])]),
                ]), fields: ["urgency": "high"], files: [.init(name: "a.txt", type: "text/plain", base64: "aGk=")]),
            history: history)
    }

    private static func step(
        _ occasion: OccasionID, contract: ContractID = Sample.acme, ticket: TicketID? = nil, flow: String = "tell",
        due: Int64
    ) -> PlannedStep {
        PlannedStep(
            occasion: occasion, contract: contract, ticket: ticket, flow: Sample.name(flow), step: 2,
            due: Sample.at(due))
    }

    @Test(arguments: StoreKind.withFake)
    func anOccasionIsKeptAsItIsAndAddedTo(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var given = Self.occasion("k", ticket: TicketID(rawValue: 3))
        let unsaved = given
        given.id = try await store.write { try $0.keep(unsaved) }
        let (id, kept) = (given.id, given)
        #expect(try await store.read { try $0.occasion(id) } == kept)
        #expect(try await store.read { try $0.occasion(contract: Sample.acme, idempotencyKey: "k") } == kept)
        #expect(try await store.read { try $0.occasion(contract: Sample.globex, idempotencyKey: "k") } == nil)
        let told = [
            Decision(.flow, at: Sample.at(2), "one\nline"),
            Decision(.notification, at: Sample.at(2), reference: "9", "two"),
        ]
        try await store.write { try $0.note(told, on: id) }
        let reasons = try await store.read { try $0.occasion(id)?.history.decisions.map(\.reason) }
        #expect(reasons == ["By a test.", "one line", "two"])
        await store.expectDefect { try $0.note(told, on: OccasionID(rawValue: 99)) }
        await store.expectDefect { _ = try $0.keep(unsaved) }
    }

    @Test(arguments: StoreKind.withFake)
    func occasionsAreFoundByContractAndTicket(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ticket = TicketID(rawValue: 3)
        let ids = try await store.write { store in
            try [
                Self.occasion(ticket: ticket), Self.occasion(), Self.occasion(contract: Sample.globex),
                Self.occasion(ticket: ticket),
            ].map(store.keep)
        }
        func found(_ contract: ContractID?, _ ticket: TicketID?, _ limit: Int = 9) async throws -> [OccasionID] {
            try await store.read { try $0.occasions(contract: contract, ticket: ticket, limit: limit).map(\.id) }
        }
        #expect(try await found(nil, nil) == ids.reversed())
        #expect(try await found(Sample.acme, nil) == [ids[3], ids[1], ids[0]])
        #expect(try await found(nil, ticket) == [ids[3], ids[0]])
        #expect(try await found(nil, nil, 1) == [ids[3]])
    }

    @Test(arguments: StoreKind.withFake)
    func plannedStepsComeInOrderOfTheirTime(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let ticket = TicketID(rawValue: 3)
        let ids = try await store.write { store in
            let occasion = try store.keep(Self.occasion())
            return try [
                Self.step(occasion, due: 30), Self.step(occasion, ticket: ticket, due: 10),
                Self.step(occasion, contract: Sample.globex, flow: "other", due: 20),
            ].map(store.plan)
        }
        func found(_ filter: PlannedStepFilter) async throws -> [PlannedStepID] {
            try await store.read { try $0.plannedSteps(filter).map(\.id) }
        }
        #expect(try await found(.init()) == [ids[1], ids[2], ids[0]])
        #expect(try await found(.init(limit: 1)) == [ids[1]])
        #expect(try await found(.init(contract: Sample.acme)) == [ids[1], ids[0]])
        #expect(try await found(.init(ticket: ticket)) == [ids[1]])
        #expect(try await found(.init(flow: Sample.name("other"))) == [ids[2]])
        #expect(try await found(.init(exceptContracts: [Sample.acme])) == [ids[2]])
        #expect(try await found(.init(contract: Sample.acme, exceptContracts: [Sample.globex])) == [ids[1], ids[0]])
        let whole = try await store.read { try $0.plannedStep(ids[1]) }
        #expect(whole?.due == Sample.at(10) && whole?.flow == Sample.name("tell") && whole?.step == 2)
        #expect(whole?.ticket == ticket)
    }

    @Test(arguments: StoreKind.withFake)
    func aPlannedStepGoesOnceAndItsNumberNeverComesAgain(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        let (occasion, first) = try await store.write { store in
            let occasion = try store.keep(Self.occasion())
            return (occasion, try store.plan(Self.step(occasion, due: 1)))
        }
        #expect(try await store.write { try $0.unplan(first) })
        #expect(try await store.write { try $0.unplan(first) } == false)
        #expect(try await store.write { try $0.plan(Self.step(occasion, due: 1)) } != first)
        await store.expectDefect { _ = try $0.plan(Self.step(OccasionID(rawValue: 99), due: 1)) }
    }

    @Test(arguments: StoreKind.withFake)
    func aTicketRemembersHowItBegan(_ kind: StoreKind) async throws {
        let store = try await kind.fresh()
        var ticket = Sample.ticket(1)
        ticket.opening = .init(
            messageID: "<1@x>", cc: [MailAddress(name: "Bia", address: "bia@acme.example")], fields: ["a": "b"])
        let given = ticket
        let id = try await store.write { try $0.insert(given) }
        #expect(try await store.read { try $0.ticket(id)?.opening } == given.opening)
    }
}
