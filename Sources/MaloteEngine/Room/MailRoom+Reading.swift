// What people look through: tickets and events latest first, one mail as it reads, its files; changes nothing.

import MaloteCore

extension MailRoom {
    // MARK: - Lists

    package func tickets(_ query: TicketQuery) async throws(Problem) -> [TicketEntry] {
        let registry = parts.board.current
        var filter = TicketFilter(isClosed: query.isClosed, limit: min(max(query.limit, 1), 1000))
        if let text = query.contract { filter.contract = try contract(named: text).id }
        filter.search = String((query.search ?? "").prefix(200))
        filter.before = query.before.map(TicketID.init(rawValue:))
        let selection = filter
        return try await read { store in
            try store.tickets(selection).map { ticket in
                let latest = try store.messages(MessageFilter(ticket: ticket.id, limit: 1)).first?.received
                return TicketEntry(ticket, contract: registry.name(of: ticket.contract), latest: latest)
            }
        }
    }

    package func eventLog(_ query: EventLogQuery) async throws(Problem) -> [TicketEvent] {
        var filter = EventFilter(limit: min(max(query.limit, 1), 1000))
        if let text = query.contract { filter.contract = try contract(named: text).id }
        if let text = query.kind {
            guard let kind = TicketEvent.Kind(rawValue: text) else {
                let known = TicketEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid(
                    field: "kind", "there is no event \"\(text.onOneLine)\".", remedy: "Use one of: \(known).")
            }
            filter.kind = kind
        }
        filter.before = query.before.map(EventID.init(rawValue:))
        let selection = filter
        return try await read { try $0.events(selection) }
    }

    package func event(_ id: String, contract: String?) async throws(Problem) -> TicketEvent {
        let wanted = try contract.map { text throws(Problem) in try self.contract(named: text).id }
        let found = try await read { try $0.event(EventID(rawValue: id)) }
        guard let found, wanted == nil || found.contract == wanted else {
            throw Problem(status: 404, title: "Not found", detail: "There is no event \(id.onOneLine).")
        }
        return found
    }

    // MARK: - One mail

    package func reading(_ reference: String, contract: String?) async throws(Problem) -> MessageReading {
        let message = try await find(reference, contract: contract)
        let view = try await arrival(of: message).view
        return MessageReading(report: try await report(message, view), headers: view.headers, html: view.html)
    }

    package func images(of reference: String, contract: String?) async throws(Problem) -> [MessageFile] {
        let message = try await find(reference, contract: contract)
        let arrival = try await arrival(of: message)
        guard arrival.view.attachments.contains(where: \.isShownImage) else { return [] }
        let contents = try await files(arrival.raw, limit: MessageFile.imageLimit)
        return zip(arrival.view.attachments, contents).compactMap { attachment, file in
            guard attachment.isShownImage, let file else { return nil }
            return MessageFile(
                name: attachment.name, type: attachment.type, contentID: attachment.contentID, content: file.content)
        }
    }

    package func file(of reference: String, contract: String?, place: Int) async throws(Problem) -> MessageFile {
        let message = try await find(reference, contract: contract)
        let arrival = try await arrival(of: message)
        guard (1...max(1, arrival.view.attachments.count)).contains(place),
            let attachment = arrival.view.attachments.dropFirst(place - 1).first
        else {
            throw Problem(
                status: 404, title: "Not found", detail: "Message \(message.id) has no attachment \(place).")
        }
        let contents = try await files(arrival.raw, limit: MessageFile.limit, only: attachment.sha256)
        guard let found = contents.dropFirst(place - 1).first ?? nil else {
            throw Problem(
                status: 422, title: "Not taken out",
                detail:
                    "Attachment \(place) is larger than \(MessageFile.limit / 1_000_000) MB, or lies inside another "
                    + "file: only the whole message can be downloaded.")
        }
        return MessageFile(
            name: attachment.name, type: attachment.type, contentID: attachment.contentID, content: found.content)
    }

    private func arrival(of message: StoredMessage) async throws(Problem) -> Arrival {
        try await arrival(of: message, try await read { try $0.ledger(of: message.id) })
    }

    private func files(
        _ raw: RawMessage, limit: Int, only: Digest? = nil
    ) async throws(Problem) -> [OutgoingMessage.Attachment?] {
        do { return try await parts.intake.files(raw, limit: limit, only: only) } catch { throw Problem(error) }
    }
}

extension MessageView.Attachment {
    /// Types that only hold pixels: no SVG, which is a document.
    fileprivate var isShownImage: Bool {
        contentID != nil && ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(type)
    }
}
