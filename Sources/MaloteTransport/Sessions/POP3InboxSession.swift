// A POP3 maildrop as the engine sees it: list, fetch, settle; decides nothing about messages.

import MaloteCore
import MaloteWire

/// One logged-in POP3 connection (RFC 1939). Deletions count only once QUIT is answered.
actor POP3InboxSession: InboxSession {
    /// RETR commands under way at one time with PIPELINING (RFC 2449).
    private static let window = 16

    nonisolated let folder: OpenFolder
    private var dialogue: POP3Dialogue
    private let limits: InboxLimits
    private let spool: any Spool
    private let meter = OctetMeter()
    nonisolated var bodyOctets: Int { meter.octets }
    private let offer: POP3Offer
    /// As listed last; numbers hold for this session only.
    private var maildrop: [String: POP3Dialogue.Listed] = [:]
    private var hasDeletions = false
    private var isBroken = false

    init(dialogue: POP3Dialogue, offer: POP3Offer, limits: InboxLimits, spool: any Spool) {
        self.dialogue = dialogue
        self.limits = limits
        self.spool = spool
        self.offer = offer
        folder = OpenFolder(validity: 0, nextUID: nil, messages: 0, isReadOnly: false)
    }

    // MARK: - Listing

    func list(_ selection: InboxSelection) async throws(Failure) -> [RemoteMessage] {
        var listed: [POP3Dialogue.Listed] = []
        try await guarding { dialogue throws(Failure) in
            listed = try await dialogue.messages(offer)
            maildrop = Dictionary(listed.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
        }
        return listed.map { RemoteMessage(uid: $0.uid, size: $0.size) }
    }

    // MARK: - Fetching

    func fetch(
        _ uids: [String], deliver: @Sendable (FetchedMessage) async throws(Failure) -> Void
    ) async throws(Failure) {
        let limit = limits.messageOctets
        let wanted = uids.compactMap { uid in maildrop[uid].map { (uid: uid, entry: $0) } }
        let whole = wanted.filter { ($0.entry.size ?? 0) <= limit }
        var headersOnly = wanted.filter { ($0.entry.size ?? 0) > limit }
        let step = offer.window(Self.window)
        try await guarding { dialogue throws(Failure) in
            for start in stride(from: 0, to: whole.count, by: step) {
                let batch = whole[start..<min(start + step, whole.count)]
                try await dialogue.send(batch.map { "RETR \($0.entry.number)" }, answer: .lines(limit: limit))
                for message in batch {
                    var body = IncomingBody(spool, meter)
                    let reply = try await dialogue.reply { lines throws(Failure) in try await body.append(lines) }
                    guard reply.isPositive else { continue }
                    if let rest = reply.content {
                        try await body.append(rest)
                        try await deliver(FetchedMessage(uid: message.uid, content: .raw(body.finish())))
                    } else {
                        // The size was a lie; the header is asked for again, within its own limit.
                        let entry = POP3Dialogue.Listed(
                            uid: message.uid, number: message.entry.number, size: reply.octets)
                        headersOnly.append((uid: message.uid, entry: entry))
                    }
                }
            }
            for message in headersOnly {
                try await dialogue.send(["TOP \(message.entry.number) 0"], answer: .lines(limit: 1 << 20))
                let header = try await dialogue.reply().content ?? []
                let size = message.entry.size ?? 0
                try await deliver(FetchedMessage(uid: message.uid, content: .tooLarge(size: size, header: header)))
            }
        }
    }

    // MARK: - Settling

    /// POP3 has no flags and no folders: only `delete` changes anything.
    func settle(_ uids: [String], after: Inbox.After) async throws(Failure) -> [String: Failure] {
        guard after == .delete else { return [:] }
        let doomed = uids.compactMap { maildrop[$0] }
        let step = offer.window(POP3Dialogue.window)
        var refused: [String: Failure] = [:]
        try await guarding { dialogue throws(Failure) in
            for start in stride(from: 0, to: doomed.count, by: step) {
                hasDeletions = true
                let batch = doomed[start..<min(start + step, doomed.count)]
                try await dialogue.send(batch.map { "DELE \($0.number)" }, answer: .line)
                for message in batch {
                    let reply = try await dialogue.reply()
                    if !reply.isPositive { refused[message.uid] = Self.undeletable(reply) }
                }
            }
        }
        return refused
    }

    private static func undeletable(_ reply: POP3Conversation.Reply) -> Failure {
        var failure = POP3Verdict.failure(reply, command: "DELE")
        if failure.cause == .rejected, failure.kind == .transient {
            failure.remedy = "The message is stored here, and stays on the server until that deletes it."
        }
        return failure
    }

    /// Without QUIT the server forgets what was marked (RFC 1939 §6), and what it does to fetched messages.
    func abandon() async {
        isBroken = true
        await dialogue.stream.close()
    }

    func close() async throws(Failure) {
        let stream = dialogue.stream
        guard !isBroken else {
            await stream.close()
            guard hasDeletions else { return }
            throw Failure(.transient, .disconnected, "The connection was lost before the deletions were confirmed.")
        }
        do throws(Failure) {
            var dialogue = dialogue
            try await dialogue.send(["QUIT"], answer: .line)
            guard hasDeletions else { return await stream.close() }
            let reply = try await dialogue.reply()
            await stream.close()
            if !reply.isPositive { throw POP3Verdict.failure(reply, command: "QUIT") }
        } catch {
            await stream.close()
            if hasDeletions { throw error }
        }
    }

    /// Runs a dialogue; a failure leaves the session fit only for closing.
    private func guarding(
        _ body: (inout POP3Dialogue) async throws(Failure) -> Void
    ) async throws(Failure) {
        var dialogue = dialogue
        isBroken = true
        try await body(&dialogue)
        isBroken = false
        self.dialogue = dialogue
    }
}
