// What another installation exported of a contract, taken over as it was; nothing comes of it anew.

import MaloteCore

extension MailRoom {
    package func moveIn(contract name: String, tickets: [MovedTicket]) async throws(Problem) -> Int {
        let contract = try paused(name)
        for moved in tickets { try Self.check(moved.ticket) }
        return try await write { store in
            var added = 0
            for moved in tickets {
                let line = moved.ticket
                let id: TicketID
                if let known = try store.ticket(contract: contract.id, key: line.key) {
                    guard known.number == line.number, known.subject == line.subject else { throw Self.other(line.key) }
                    id = known.id
                } else {
                    let same = try store.tickets(contract: contract.id, after: line.number - 1, limit: 1).first
                    guard same?.number != line.number else { throw Self.other(line.key) }
                    id = try store.insert(line.ticket(of: contract.id))
                    added += 1
                }
                for messageID in moved.threads { try store.thread(messageID, into: id, contract: contract.id) }
                try store.raiseTicketNumber(contract: contract.id, to: line.number)
            }
            return added
        }
    }

    package func moveIn(contract name: String, message: MovedMessage) async throws(Problem) -> Bool {
        let contract = try paused(name)
        let arrival: Arrival
        do {
            let key = LedgerKey(inbox: .unsaved, folder: "", validity: 0, uid: "")
            arrival = try await parts.intake.read(
                LedgerEntry(key: key, state: .stored),
                FetchedMessage(uid: "", content: .raw(RawMessage(message.raw))))
        } catch { throw Problem(error) }
        let now = parts.time.now()
        return try await write { store in
            let messageID = arrival.view.messageID
            guard try store.message(contract: contract.id, messageID: messageID, sha256: arrival.sha256) == nil else {
                return false
            }
            let ticket = try message.ticket.flatMap { try store.ticket(contract: contract.id, key: $0) }
            var stored = StoredMessage(
                contract: contract.id, inbox: .unsaved, messageID: messageID, sha256: arrival.sha256,
                size: arrival.size, from: arrival.view.from?.address ?? "", subject: arrival.view.subject,
                received: message.received, fate: message.fate, ticket: ticket?.id)
            stored.history.add(.moved, at: now, "It came from another installation, filed as \(message.fate.rawValue).")
            try store.insert(stored, raw: arrival.raw, ledger: nil)
            return true
        }
    }

    package func moveIn(contract name: String, events: [MovedEvent]) async throws(Problem) -> Int {
        let contract = try paused(name)
        let read = try events.map { event throws(Problem) in try Self.event(event, of: contract) }
        let added = try await write { store in
            var added = 0
            let endpoint = try store.endpoint(of: contract.id)
            let waiting = try endpoint.map { try store.backlog(of: contract.id, behind: $0.position).count } ?? 0
            for event in read where try store.event(event.id) == nil {
                try store.append(event)
                added += 1
            }
            // The other installation has delivered them.
            if let endpoint, waiting == 0, let last = read.last?.id,
                let place = try store.place(of: last, contract: contract.id)
            {
                try store.moveEndpoint(of: contract.id, from: endpoint.position, to: max(place, endpoint.position))
            }
            return added
        }
        parts.intake.ringEvents()
        return added
    }

    /// Nothing may arrive meanwhile.
    private func paused(_ name: String) throws(Problem) -> Contract {
        let contract = try contract(named: name)
        guard contract.status == .paused else {
            throw Problem(
                status: 409, title: "Contract not paused",
                detail: "Contract \(name) is \(contract.status.rawValue). Pause it while its data is taken over: "
                    + "malotectl contract pause \(name)")
        }
        return contract
    }

    private static func other(_ key: String) -> Problem {
        Problem(
            status: 409, title: "Another ticket",
            detail: "There is a ticket \(key.onOneLine) already, and it is another one. Take the data over before the "
                + "contract gets mail here.")
    }

    /// Far more than there will ever be, and far from what a number can hold: the next one is counted on from it.
    private static let numbers = 1...1_000_000_000_000

    /// What mail gives us is like this; a file may have been changed.
    private static func check(_ line: TicketLine) throws(Problem) {
        let words =
            [line.key, line.subject, line.opening.messageID ?? ""]
            + ([line.requester].compactMap(\.self) + line.opening.cc).map(\.description)
        guard numbers.contains(line.number), line.key.hasSuffix("-\(line.number)"), line.key.utf8.count <= 100,
            !words.contains(where: \.hasControlCharacter)
        else {
            throw Problem.invalid(
                field: "tickets",
                "\(String(line.key.onOneLine.prefix(100))) with number \(line.number) is no ticket of Malote.",
                remedy: "Send the lines of tickets.jsonl as they are.")
        }
    }

    private static func event(_ moved: MovedEvent, of contract: Contract) throws(Problem) -> TicketEvent {
        guard let kind = TicketEvent.Kind.allCases.first(where: { $0.cloudEventType == moved.type }),
            (1...100).contains(moved.id.utf8.count), !moved.id.hasControlCharacter
        else {
            throw Problem.invalid(
                field: "events", "\(moved.id.onOneLine) of type \(moved.type.onOneLine) is no event of Malote.",
                remedy: "Send the lines of events.jsonl as they are.")
        }
        return TicketEvent(
            id: EventID(rawValue: moved.id), contract: contract.id, kind: kind, subject: moved.subject.onOneLine,
            time: moved.time, json: moved.json)
    }
}

extension TicketLine {
    fileprivate func ticket(of contract: ContractID) -> Ticket {
        Ticket(
            contract: contract, number: number, key: key, external: external, requester: requester, subject: subject,
            closed: closed, opening: opening)
    }
}
