// The octets of stored mails, with the memory of a piece however large they are; knows no rule.

import MaloteCore

extension MailRoom {
    package func raw(_ reference: String, contract: String?) async throws(Problem) -> RawCopy {
        let message = try await find(reference, contract: contract)
        let id = message.id
        guard let size = try await read({ try $0.rawSize(of: id) }) else { throw Self.removed(message) }
        return RawCopy(id: id, size: size) { offset throws(Problem) in
            try await self.read { try $0.rawSource(of: id, from: offset) } ?? []
        }
    }

    private static func removed(_ message: StoredMessage) -> Problem {
        Problem(
            status: 410, title: "Removed",
            detail: message.history.last(.removed)?.reason
                ?? "The source of message \(message.id) is not kept any more.")
    }

    /// The mail read and hashed again, as when it came.
    func arrival(of message: StoredMessage, _ row: LedgerRow?) async throws(Problem) -> Arrival {
        let raw = try await source(of: message)
        let key = LedgerKey(inbox: message.inbox, folder: "", validity: 0, uid: "")
        let entry = row?.entry ?? LedgerEntry(key: key, state: .stored)
        do {
            // Of a mail that was too large only the header is here, which fits into memory.
            let content: FetchedMessage.Content =
                raw.size < message.size ? .tooLarge(size: message.size, header: try raw.bytes()) : .raw(raw)
            return try await parts.intake.read(entry, FetchedMessage(uid: entry.key.uid, content: content))
        } catch { throw Problem(error) }
    }

    /// In memory if it is one piece, else in the spool.
    private func source(of message: StoredMessage) async throws(Problem) -> RawMessage {
        let id = message.id
        guard let first = try await read({ try $0.rawSource(of: id, from: 0) }) else { throw Self.removed(message) }
        var next = try await read { try $0.rawSource(of: id, from: first.count) } ?? []
        guard !next.isEmpty else { return RawMessage(first) }
        var offset = first.count
        do {
            let writer = try await parts.spool.open()
            try await writer.append(first)
            while !next.isEmpty {
                try await writer.append(next)
                offset += next.count
                let place = offset
                next = try await read { try $0.rawSource(of: id, from: place) } ?? []
            }
            return try await writer.finish()
        } catch { throw Problem(error) }
    }
}
