// Steps that wait for their time: carried out once, over restarts, as things are then; or called off.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct PlannedStepTests {
    /// A contract whose opened tickets are confirmed two hours later, unless they are closed.
    private func house(_ change: (inout Registry) -> Void = { _ in }) throws -> House {
        let house = House(
            deskRegistry { registry in
                let step = EmailStep(
                    outbox: .contract, to: [.requester, .cc], content: .template(name("receipt")), attachments: true,
                    delaySeconds: 7200, unless: [StepCondition("ticket.state", [.init(.is, "closed")])])
                registry.flows = [
                    Flow(name: name("remind"), contract: name("c-1"), trigger: "ticket.opened", steps: [.email(step)]),
                    Flow(name: name("nudge"), contract: name("c-1"), trigger: "nudge", steps: [.email(step)]),
                ]
                registry.templates[0].text = "{{message.text}}{{data.text}}"
                change(&registry)
            })
        house.inbox(1).receive(
            mail(
                "one",
                headers: [
                    "To": "help@x-1.example, eva@customer.example", "Cc": "bob@else.example", "X-File": "a.txt Secret",
                ]))
        try house.poll()
        return house
    }

    private func planned(_ house: House) -> [PlannedStep] { house.store.state.plannedSteps }
    private func sent(_ house: House) -> [Notification] { house.store.state.notifications }

    private func history(_ house: House) -> [String] {
        house.store.state.messages[0].history.decisions.filter { [.flow, .planned, .notification].contains($0.step) }
            .map(\.reason)
    }

    /// Runs the daemon for so long, and stops it.
    private func live(_ house: House, for duration: Duration) {
        let run = Run(house).startPlannedSteps()
        house.stage.advance(by: duration)
        run.askToStop()
        #expect(run.isOver)
    }

    @Test func aStepIsCarriedOutOnceWhenItsTimeComesOverRestarts() throws {
        let house = try house()
        #expect(planned(house).count == 1 && sent(house).isEmpty)
        #expect(history(house).first?.hasPrefix("Step 1 of flow remind is planned for ") == true)
        live(house, for: .seconds(3600))
        #expect(sent(house).isEmpty)
        live(house, for: .seconds(3599))
        #expect(sent(house).isEmpty)
        live(house, for: .seconds(1))
        let notification = try #require(sent(house).first)
        #expect(
            notification.recipients == ["ana@customer.example", "eva@customer.example", "bob@else.example"]
                || notification.recipients.contains("bob@else.example"))
        let text = String(decoding: notification.content, as: UTF8.self)
        #expect(text.contains("My printer burns.") && text.contains("a.txt: Secret"))
        #expect(text.contains("In-Reply-To: <one@customer.example>"))
        #expect(planned(house).isEmpty)
        #expect(history(house).last?.hasPrefix("Step 1 of flow remind writes to ana@customer.example") == true)
        live(house, for: .seconds(90_000))
        #expect(sent(house).count == 1)
    }

    @Test func whatIsLateIsCarriedOutAtTheNextStart() throws {
        let house = try house()
        house.stage.advance(by: .seconds(90_000))
        live(house, for: .zero)
        #expect(sent(house).count == 1 && planned(house).isEmpty)
    }

    @Test func aRunningDaemonHearsOfNewPlans() throws {
        let house = try house()
        let run = Run(house).startPlannedSteps()
        let room = run.room()
        house.stage.advance(by: .seconds(10))
        let receipt = try house.stage.run {
            try await room.trigger(
                TriggerRequest(
                    contract: "c-1", on: "nudge", ticket: "C1-1", data: .object(["text": .text("Hello")]),
                    files: [.init(name: "b.txt", type: "text/plain", base64: "aGk=")]))
        }
        #expect(receipt.decisions.map(\.step) == [.triggered, .planned])
        #expect(receipt.decisions.last?.reference == planned(house).last?.id.description)
        house.stage.advance(by: .seconds(7200))
        let text = String(decoding: try #require(sent(house).last).content, as: UTF8.self)
        #expect(sent(house).count == 2 && text.contains("Hello") && text.contains("b.txt: hi"))
        let told = house.store.state.occasions.last?.history.decisions.map(\.step)
        #expect(told == [.triggered, .planned, .notification])
        run.askToStop()
    }

    static let changes: [(@Sendable (House) throws -> Void, String)] = [
        (
            { house in
                let room = Run(house).room()
                _ = try house.stage.run {
                    try await room.turn(ticket: "C1-1", contract: nil, TicketTurn(isClosed: true, isQuiet: true))
                }
            }, "Step 1 of flow remind sends nothing: It is not for this case: ticket.state is \"closed\"."
        ),
        (
            { house in
                _ = try house.stage.run { [store = house.store] in
                    try await store.write { try $0.apply([.deleteFlow(name("remind"))]) }
                }
            }, "Step 1 of flow remind sends nothing: There is no such flow any more."
        ),
    ]

    @Test(arguments: changes.indices)
    func aStepSeesThingsAsTheyAre(_ index: Int) throws {
        let house = try house()
        try Self.changes[index].0(house)
        live(house, for: .seconds(7200))
        #expect(sent(house).isEmpty && planned(house).isEmpty)
        #expect(history(house).last == Self.changes[index].1)
    }

    @Test func aStepCanBeLookedAtAndCalledOff() throws {
        let house = try house()
        let room = Run(house).room()
        let views = try house.stage.run { try await room.plannedSteps(contract: "c-1", flow: "remind", ticket: "C1-1") }
        let view = try #require(views.first)
        #expect(view.flow == "remind" && view.ticket == "C1-1" && view.trigger == "ticket.opened" && view.step == 1)
        #expect(view.due == planned(house)[0].due && view.waits == nil)
        #expect(try house.stage.run { try await room.plannedSteps(contract: nil, flow: "nudge", ticket: nil) }.isEmpty)
        #expect(try house.stage.run { try await room.ticket("C1-1", contract: nil) }.planned == views)
        #expect(try house.stage.run { try await room.cancel(plannedStep: view.id.rawValue) } == view)
        #expect(history(house).last?.hasSuffix("was called off.") == true)
        #expect(throws: Problem.self) { try house.stage.run { try await room.cancel(plannedStep: view.id.rawValue) } }
        live(house, for: .seconds(7200))
        #expect(sent(house).isEmpty)
    }

    @Test func aStepOfAPausedContractWaits() throws {
        let house = try house()
        _ = try house.stage.run { [store = house.store] in
            try await store.write { store in
                var contract = try store.registry().contracts[0]
                contract.status = .paused
                try store.apply([.putContract(contract)])
            }
        }
        live(house, for: .seconds(9000))
        #expect(sent(house).isEmpty && planned(house).count == 1)
        let room = Run(house).room()
        let waits = try house.stage.run { try await room.plannedSteps(contract: nil, flow: nil, ticket: nil) }.map(
            \.waits)
        #expect(waits == ["Contract c-1 is paused."])
        let fields = DocumentNode(
            .mapping([.init(key: "status", value: DocumentNode(.scalar("active", isPlain: true)))]))
        let run = Run(house).startPlannedSteps()
        let desk = run.room(["resume": fields])
        _ = try house.stage.run {
            try await desk.apply(.edit(.contracts, name: "c-1", fields: Array("resume".utf8)), dryRun: false)
        }
        house.stage.settle()
        #expect(sent(house).count == 1 && planned(house).isEmpty)
        run.askToStop()
    }

    @Test func aStepWithoutAContractIsDropped() throws {
        let house = try house()
        _ = try house.stage.run { [store = house.store] in
            try await store.write {
                try $0.apply([
                    .deleteFlow(name("remind")), .deleteFlow(name("nudge")), .deleteContract(name("c-1")),
                ])
            }
        }
        live(house, for: .seconds(7200))
        #expect(planned(house).isEmpty && sent(house).isEmpty)
    }

    /// Whatever the moment of the kill, it is carried out once.
    @Test(arguments: 0..<12)
    func aKillLosesNothingAndDoesNothingTwice(_ steps: Int) throws {
        let house = try house()
        house.stage.advance(by: .seconds(7200))
        house.life.cut(after: steps)
        let first = Run(house).startPlannedSteps()
        first.cancel()
        house.life.restore()
        live(house, for: .seconds(60))
        #expect(sent(house).count == 1 && planned(house).isEmpty)
    }
}
