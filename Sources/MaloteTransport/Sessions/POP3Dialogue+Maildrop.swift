// Finds out which messages a maildrop holds and what each is called from one session to the next; fetches no mail.

import MaloteCore
import MaloteWire

extension POP3Dialogue {
    /// Commands under way at one time with PIPELINING (RFC 2449).
    static let window = 32
    private static let listingLimit = 32 << 20
    private static let headerLimit = 1 << 20

    /// One message by a name that holds from session to session, while its number does not.
    struct Listed: Sendable, Hashable {
        var uid: String
        var number: Int
        var size: Int?
    }

    /// The messages in the order of their numbers. One that gives neither UID nor header is left out: it stays on the
    /// server, and may give one the next time.
    mutating func messages(_ offer: POP3Offer) async throws(Failure) -> [Listed] {
        let drop = try await maildrop(offer)
        var names = try await headerNames(drop.messages.filter { $0.uid == nil }.map(\.number), offer)
        // Two messages with the same header are a message and its copy: both are kept apart, by their order.
        var seen: [String: Int] = [:]
        for number in names.keys.sorted() {
            guard let name = names[number] else { continue }
            seen[name, default: 0] += 1
            if let count = seen[name], count > 1 { names[number] = "\(name) \(count)" }
        }
        return drop.messages.compactMap { message in
            (message.uid ?? names[message.number]).map { .init(uid: $0, number: message.number, size: message.size) }
        }
    }

    /// UIDL and LIST, in one write where that is allowed.
    mutating func maildrop(_ offer: POP3Offer) async throws(Failure) -> POP3Maildrop {
        let commands = ["UIDL", "LIST"]
        let isPipelined = offer.window(commands.count) > 1
        if isPipelined { try await send(commands, answer: .lines(limit: Self.listingLimit)) }
        var listings: [[UInt8]?] = []
        for command in commands {
            if !isPipelined { try await send([command], answer: .lines(limit: Self.listingLimit)) }
            listings.append(try listing(command, try await reply(), offer))
        }
        return POP3Maildrop(uidl: listings[0], list: listings[1] ?? [])
    }

    /// - Returns: `nil` when the server has no UIDL. A server that has one and cannot use it now must not make every
    ///   message look new.
    private func listing(
        _ command: String, _ reply: POP3Conversation.Reply, _ offer: POP3Offer
    ) throws(Failure) -> [UInt8]? {
        if reply.isPositive {
            guard let content = reply.content else {
                throw Failure(.operatorNeeded, .protocolBroken, "The maildrop is too large to list.")
            }
            return content
        }
        let failure = POP3Verdict.failure(reply, command: command)
        guard command == "UIDL", failure.cause == .rejected, reply.code.isEmpty, !offer.has("UIDL") else {
            throw failure
        }
        return nil
    }

    // MARK: - Messages without UID

    private mutating func headerNames(_ numbers: [Int], _ offer: POP3Offer) async throws(Failure) -> [Int: String] {
        var names: [Int: String] = [:]
        let step = offer.window(Self.window)
        for start in stride(from: 0, to: numbers.count, by: step) {
            let batch = numbers[start..<min(start + step, numbers.count)]
            try await send(batch.map { "TOP \($0) 0" }, answer: .lines(limit: Self.headerLimit))
            for number in batch {
                if let header = try await reply().content { names[number] = try Self.name(header) }
            }
            // Without TOP the message itself must say it.
            for number in batch where names[number] == nil { names[number] = try await nameByWhole(number) }
        }
        return names
    }

    /// Keeps the header alone, however large the message is.
    private mutating func nameByWhole(_ number: Int) async throws(Failure) -> String? {
        try await send(["RETR \(number)"], answer: .lines(limit: .max))
        var start: [UInt8] = []
        let reply = try await reply { lines throws(Failure) in
            start += lines.prefix(Self.headerLimit - start.count)
        }
        guard let rest = reply.content else { return nil }
        return try Self.name(start + rest.prefix(Self.headerLimit - start.count))
    }

    /// No UIDL has a space in it, so none can pass for such a name.
    private static func name(_ message: [UInt8]) throws(Failure) -> String {
        do {
            let digest = try OpenSSLDigests().hash(.sha256, POP3Maildrop.identity(ofHeader: message))
            return "sha256 " + Hexadecimal.encode(digest)
        } catch { throw error.failure }
    }
}
