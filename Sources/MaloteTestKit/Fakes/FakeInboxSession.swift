// One connection to a fake inbox server, IMAP or POP3 by the inbox's access; decides nothing about messages.

import MaloteCore
import Synchronization

final class FakeInboxSession: InboxSession {
    let folder: OpenFolder
    private let server: FakeInboxServer
    private let inbox: Inbox
    private let limits: InboxLimits
    private let life: Lifeline
    /// POP3: what QUIT will delete.
    private let deletions = Mutex<Set<UInt32>>([])
    private let isBroken = Mutex(false)
    private let isClosed = Mutex(false)
    let canIdle: Bool
    let accountConnections: Int?
    /// The next message's number as this connection has seen it.
    private let knownNumber: Mutex<UInt32>
    private let drops: Int
    private let came = Mutex(0)
    var bodyOctets: Int { came.withLock { $0 } }
    /// Since when a poll has been using it.
    private let since: Mutex<Timestamp>

    init(_ server: FakeInboxServer, _ inbox: Inbox, _ limits: InboxLimits, since: Timestamp, life: Lifeline) {
        let folder = server.folder
        let isPOP3 = inbox.access == .pop3
        self.folder = OpenFolder(
            validity: isPOP3 ? 0 : folder.validity,
            nextUID: isPOP3 || folder.faults.hidesNextUID ? nil : folder.nextNumber, messages: folder.messages.count,
            isReadOnly: false)
        self.server = server
        self.inbox = inbox
        self.limits = limits
        self.life = life
        knownNumber = Mutex(folder.nextNumber)
        canIdle = !isPOP3 && folder.faults.tellsNews
        accountConnections = folder.faults.accountConnections
        drops = folder.drops
        self.since = Mutex(since)
    }

    func list(_ selection: InboxSelection) async throws(Failure) -> [RemoteMessage] {
        try life.step()
        try await drip()
        let messages = server.folder.messages
        let last = messages.map(\.number).max()
        return messages.filter { message in
            guard inbox.access == .imap else { return true }
            switch selection {
            case .all: return true
            case .unseen: return !message.isSeen
            // `n:*` always names the last message (RFC 9051 §9).
            case .after(let number): return message.number > number || message.number == last
            case .since(let day): return message.received.milliseconds >= day.daysSinceEpoch * 86_400_000
            }
        }.map { RemoteMessage(uid: uid($0.number), size: $0.raw.count) }
    }

    /// The UIDL is as plain as some servers write it, so that it could be taken for a UID.
    private func uid(_ number: UInt32) -> String { String(number) }

    func fetch(
        _ uids: [String], deliver: @Sendable (FetchedMessage) async throws(Failure) -> Void
    ) async throws(Failure) {
        let wanted = Set(uids)
        let faults = server.folder.faults
        for message in faults.noise { try await deliver(message) }
        for message in server.folder.messages where wanted.contains(uid(message.number)) {
            try life.step()
            server.change { $0.fetched.append(uid(message.number)) }
            if faults.omitted.contains(message.number) { continue }
            if let slowness = faults.slowness { try await server.pause(slowness) }
            try await drip()
            try await send(message.raw.count, faults.octetsPerSecond)
            try breakIfTold(message.number)
            try await deliver(FetchedMessage(uid: uid(message.number), content: content(message, faults)))
        }
    }

    private func drip() async throws(Failure) {
        if let drip = server.folder.faults.drip { try await server.pause(drip) }
    }

    /// The octets of a body, at a pace.
    private func send(_ octets: Int, _ perSecond: Int?) async throws(Failure) {
        var left = octets
        while let perSecond, left > 0 {
            try await server.pause(.seconds(10))
            came.withLock { $0 += min(left, perSecond * 10) }
            left -= perSecond * 10
        }
        came.withLock { $0 += max(0, left) }
    }

    private func breakIfTold(_ number: UInt32) throws(Failure) {
        let breaks = server.change { folder in
            guard let left = folder.faults.diesIn else { return folder.faults.poison.contains(number) }
            folder.faults.diesIn = left > 1 ? left - 1 : nil
            return left <= 1 || folder.faults.poison.contains(number)
        }
        guard breaks else { return }
        isBroken.withLock { $0 = true }
        throw Failure(.transient, .disconnected, "The server closed the connection in a message.")
    }

    private func content(_ message: FakeInboxServer.Message, _ faults: FakeInboxServer.Faults) -> FetchedMessage.Content
    {
        guard message.raw.count > limits.messageOctets else { return .raw(RawMessage(message.raw)) }
        if faults.hidesHeaders { return .tooLarge(size: message.raw.count, header: []) }
        let text = String(decoding: message.raw, as: UTF8.self)
        let header = text.split(separator: "\r\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        return .tooLarge(size: message.raw.count, header: Array(header.joined(separator: "\r\n").utf8))
    }

    func settle(_ uids: [String], after: Inbox.After) async throws(Failure) -> [String: Failure] {
        try life.step()
        try await drip()
        let faults = server.folder.faults
        if let failure = faults.settle { throw failure }
        let stubborn = uids.filter { UInt32($0).map(faults.undeletable.contains) ?? false }
        let numbers = Set(uids.compactMap { UInt32($0) }).subtracting(faults.undeletable)
        if inbox.access == .pop3 {
            if after == .delete { deletions.withLock { $0.formUnion(numbers) } }
        } else {
            server.mark(numbers, after)
            try life.step()
        }
        let refusal = Failure(.transient, .rejected, "The server would not delete the message.")
        return Dictionary(stubborn.map { ($0, refusal) }, uniquingKeysWith: { first, _ in first })
    }

    /// POP3 without QUIT: nothing is deleted, and nothing counts as fetched.
    func abandon() async {
        guard inbox.access == .imap else { return leave() }
        try? await close()
    }

    // MARK: - Staying open

    func reopen() async throws(Failure) -> OpenFolder {
        try life.step()
        try stillThere()
        let folder = server.folder
        since.withLock { $0 = server.now }
        knownNumber.withLock { $0 = folder.nextNumber }
        return OpenFolder(
            validity: folder.validity, nextUID: folder.faults.hidesNextUID ? nil : folder.nextNumber,
            messages: folder.messages.count, isReadOnly: false)
    }

    func idle(atMost limit: Duration) async throws(Failure) -> Bool {
        try life.step()
        try stillThere()
        noteHold()
        defer { since.withLock { $0 = server.now } }
        guard !server.folder.faults.refusesIdle else {
            throw Failure(.transient, .rejected, "The server ended the wait.")
        }
        let end = server.now + limit
        while !hasNews, server.now < end {
            await server.news(for: end - server.now)
            guard !Task.isCancelled else { throw Failure(.transient, .shuttingDown, "The wait was called off.") }
            try life.step()
            try stillThere()
        }
        return hasNews
    }

    private var hasNews: Bool { server.folder.nextNumber > knownNumber.withLock { $0 } }

    private func stillThere() throws(Failure) {
        guard server.folder.drops == drops else {
            throw Failure(.transient, .disconnected, "The server closed the connection.")
        }
    }

    // MARK: - Closing

    func close() async throws(Failure) {
        leave()
        try life.step()
        if inbox.access == .pop3 { server.change { $0.goodbyes += 1 } }
        let numbers = deletions.withLock { $0 }
        guard !numbers.isEmpty, !isBroken.withLock({ $0 }) else { return }
        guard !server.folder.faults.losesQuit else {
            throw Failure(.transient, .disconnected, "The server did not answer to QUIT.")
        }
        server.mark(numbers, .delete)
        try life.step()
    }
}

extension FakeInboxSession {
    private func leave() {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        noteHold()
        server.change { $0.openNow -= 1 }
    }

    private func noteHold() { server.noteHold(since: since.withLock { $0 }) }
}

extension FakeInboxServer.Folder {
    mutating func mark(_ numbers: Set<UInt32>, _ after: Inbox.After) {
        let marked = messages.filter { numbers.contains($0.number) }
        switch after {
        case .leave: return
        case .seen:
            for place in messages.indices where numbers.contains(messages[place].number) {
                messages[place].isSeen = true
            }
            return
        case .move: moved += marked.map(\.raw)
        case .delete: deleted += marked.map(\.raw)
        }
        messages.removeAll { numbers.contains($0.number) }
    }
}
