// A house whose contracts have endpoints, and events for them.

import MaloteCore
import MaloteTestKit

@testable import MaloteEngine

func receiverURL(_ number: Int64) -> String { "https://desk-\(number).example/hooks" }

func endpoint(_ number: Int64) -> Contract.EventEndpoint {
    .init(url: receiverURL(number), secret: .literal(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")))
}

/// Contract n has the receiver n.
func deliveringHouse(
    _ numbers: ClosedRange<Int64> = 1...1, change: (inout Registry) -> Void = { _ in }
) -> House {
    House(
        deskRegistry(numbers) { registry in
            for place in registry.contracts.indices {
                registry.contracts[place].events = endpoint(registry.contracts[place].id.rawValue)
            }
            change(&registry)
        })
}

extension House {
    func receiver(_ number: Int64 = 1) -> FakeReceiver { receivers[receiverURL(number)] }

    func endpointState(_ contract: Int64 = 1) -> EndpointState? {
        store.state.endpoints[ContractID(rawValue: contract)]
    }

    /// Commits events of the contract; nobody is told of them.
    func happen(_ ids: String..., contract: Int64 = 1, ticket: String = "C1-1") throws {
        let (store, now) = (store, now)
        let events = ids.map { id in
            TicketEvent(
                id: EventID(rawValue: id), contract: ContractID(rawValue: contract), kind: .ticketOpened,
                subject: ticket, time: now,
                json: "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"data\":{\"ticket\":{\"key\":\"\(ticket)\"}}}")
        }
        try stage.run { try await store.write { store in for event in events { try store.append(event) } } }
    }
}

extension Run {
    /// The log has grown.
    func tell() {
        eventBell.ring()
        house.stage.settle()
    }
}
