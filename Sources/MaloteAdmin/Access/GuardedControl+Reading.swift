// Guards of what people look through: a contract's own is its own.

import MaloteCore

extension GuardedControl {
    package func tickets(_ query: TicketQuery) async throws(Problem) -> [TicketEntry] {
        var query = query
        query.contract = try narrowed(query.contract)
        return try await inner.tickets(query)
    }

    package func reading(_ reference: String, contract: String?) async throws(Problem) -> MessageReading {
        try await inner.reading(reference, contract: try narrowed(contract))
    }

    package func images(of reference: String, contract: String?) async throws(Problem) -> [MessageFile] {
        try await inner.images(of: reference, contract: try narrowed(contract))
    }

    package func file(of reference: String, contract: String?, place: Int) async throws(Problem) -> MessageFile {
        try await inner.file(of: reference, contract: try narrowed(contract), place: place)
    }

    package func eventLog(_ query: EventLogQuery) async throws(Problem) -> [TicketEvent] {
        var query = query
        query.contract = try narrowed(query.contract)
        return try await inner.eventLog(query)
    }

    package func event(_ id: String, contract: String?) async throws(Problem) -> TicketEvent {
        try await inner.event(id, contract: try narrowed(contract))
    }

    package func queueCount(_ action: QueueAction, _ query: QueueQuery) async throws(Problem) -> Int {
        var query = query
        query.contract = try narrowed(query.contract)
        return try await inner.queueCount(action, query)
    }
}
