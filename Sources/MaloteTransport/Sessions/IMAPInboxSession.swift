// An open IMAP folder as the engine sees it: list, fetch, settle; decides nothing about messages.

import MaloteCore
import MaloteWire

/// One logged-in IMAP connection. After a thrown failure only `close` may follow.
actor IMAPInboxSession: InboxSession {
    /// Octets of bodies asked for in one command: what has to come again if the connection breaks.
    private static let batchOctets = 8 << 20

    nonisolated let folder: OpenFolder
    nonisolated let canIdle: Bool
    nonisolated let accountConnections: Int?
    var dialogue: IMAPDialogue
    /// The folder as it was opened last.
    var current: OpenFolder
    let inbox: Inbox
    private let limits: InboxLimits
    private let spool: any Spool
    private let meter = OctetMeter()
    nonisolated var bodyOctets: Int { meter.octets }
    /// Told what the server wants people to read.
    private let alert: @Sendable ([String]) -> Void
    /// Where messages are moved to, once that is known.
    private var target: IMAPCommand.Argument?

    init(
        dialogue: IMAPDialogue, folder: OpenFolder, inbox: Inbox, limits: InboxLimits, spool: any Spool,
        alert: @escaping @Sendable ([String]) -> Void
    ) {
        self.dialogue = dialogue
        self.folder = folder
        current = folder
        self.inbox = inbox
        self.limits = limits
        self.spool = spool
        self.alert = alert
        canIdle = dialogue.has("IDLE")
        accountConnections = dialogue.quirks.accountConnections
    }

    func tellAlerts() {
        let alerts = dialogue.takeAlerts()
        if !alerts.isEmpty { alert(alerts) }
    }

    /// UIDs as this server takes them in one command.
    private func sets(_ uids: [UInt32], _ dialogue: IMAPDialogue) -> [String] {
        dialogue.quirks.batches(uids, limit: dialogue.messageLimit)
    }

    // MARK: - Fetching

    func fetch(
        _ uids: [String], deliver: @Sendable (FetchedMessage) async throws(Failure) -> Void
    ) async throws(Failure) {
        var dialogue = dialogue
        defer { self.dialogue = dialogue }
        let sizes = try await sizes(uids.compactMap { UInt32($0) }, &dialogue)
        var tooLarge = sizes.filter { $0.size > limits.messageOctets }
        for batch in Self.batches(sizes.filter { $0.size <= limits.messageOctets }) {
            for (uid, octets) in try await bodies(batch, &dialogue, deliver) {
                tooLarge.append((uid: uid, size: octets))
            }
        }
        try await headers(tooLarge, &dialogue, deliver)
    }

    /// Sizes first: a body that is too large is never asked for.
    private func sizes(
        _ uids: [UInt32], _ dialogue: inout IMAPDialogue
    ) async throws(Failure) -> [(uid: UInt32, size: Int)] {
        let wanted = Set(uids)
        var sizes: [UInt32: Int] = [:]
        for set in sets(uids, dialogue) {
            try await dialogue.run(IMAPCommand("UID FETCH", [.raw(set), .raw("(UID RFC822.SIZE)")])) { response in
                guard case .fetch(let fetch) = response, let uid = fetch.uid, wanted.contains(uid) else { return }
                // A change of flags that comes in between carries the UID and no size.
                sizes[uid] = max(sizes[uid] ?? 0, fetch.size ?? 0)
            }
        }
        return sizes.sorted { $0.key < $1.key }.map { (uid: $0.key, size: $0.value) }
    }

    private static func batches(_ sizes: [(uid: UInt32, size: Int)]) -> [[UInt32]] {
        var batches: [[UInt32]] = []
        var octets = 0
        for (uid, size) in sizes {
            if batches.isEmpty || octets + size > batchOctets {
                batches.append([])
                octets = 0
            }
            batches[batches.count - 1].append(uid)
            octets += size
        }
        return batches
    }

    /// - Returns: messages that turned out too large, whatever the server had said of their size.
    private func bodies(
        _ uids: [UInt32], _ dialogue: inout IMAPDialogue,
        _ deliver: @Sendable (FetchedMessage) async throws(Failure) -> Void
    ) async throws(Failure) -> [(UInt32, Int)] {
        var tooLarge: [(UInt32, Int)] = []
        var wanted = Set(uids)
        var incoming = IncomingBody(spool, meter)
        for set in sets(uids, dialogue) {
            let command = IMAPCommand("UID FETCH", [.raw(set), .raw("(UID INTERNALDATE BODY.PEEK[])")])
            try await dialogue.run(command) { response throws(Failure) in
                let long = incoming
                incoming = IncomingBody(spool, meter)
                guard case .fetch(let fetch) = response, let uid = fetch.uid, let body = fetch.body else { return }
                // What nobody asked for, or has come already, is not ours to hand over.
                guard wanted.remove(uid) != nil else { return }
                switch body {
                case .bytes(let bytes):
                    meter.add(bytes.count)
                    try await deliver(FetchedMessage(uid: String(uid), content: .raw(RawMessage(bytes))))
                case .streamed:
                    try await deliver(FetchedMessage(uid: String(uid), content: .raw(long.finish())))
                case .omitted(let octets): tooLarge.append((uid, octets))
                // No body is no message: the engine sees that it did not come.
                case .missing: break
                }
            } octets: { octets throws(Failure) in
                try await incoming.append(octets)
            }
        }
        return tooLarge
    }

    private func headers(
        _ messages: [(uid: UInt32, size: Int)], _ dialogue: inout IMAPDialogue,
        _ deliver: @Sendable (FetchedMessage) async throws(Failure) -> Void
    ) async throws(Failure) {
        var sizes = Dictionary(messages.map { ($0.uid, $0.size) }, uniquingKeysWith: max)
        for set in sets(messages.map(\.uid), dialogue) {
            let command = IMAPCommand("UID FETCH", [.raw(set), .raw("(UID BODY.PEEK[HEADER])")])
            try await dialogue.run(command) { response throws(Failure) in
                guard case .fetch(let fetch) = response, let uid = fetch.uid, let came = fetch.header else { return }
                guard came != .missing, let size = sizes.removeValue(forKey: uid) else { return }
                // Even the header may be over the limit: the message is reported without it.
                var header: [UInt8] = []
                if case .bytes(let bytes) = came { header = bytes }
                try await deliver(FetchedMessage(uid: String(uid), content: .tooLarge(size: size, header: header)))
            }
        }
    }

    // MARK: - Settling

    func settle(_ uids: [String], after: Inbox.After) async throws(Failure) -> [String: Failure] {
        guard after != .leave else { return [:] }
        guard !folder.isReadOnly else {
            throw .folderRights("The folder is read-only for this login: messages cannot be marked.")
        }
        var dialogue = dialogue
        defer { self.dialogue = dialogue }
        for set in sets(uids.compactMap { UInt32($0) }, dialogue) {
            switch after {
            case .leave: break
            case .seen: try await store("\\Seen", set, &dialogue)
            case .delete: try await delete(set, &dialogue)
            case .move(let target): try await move(set, to: target, &dialogue)
            }
        }
        return [:]
    }

    private func store(_ flag: String, _ set: String, _ dialogue: inout IMAPDialogue) async throws(Failure) {
        try await dialogue.run(IMAPCommand("UID STORE", [.raw(set), .raw("+FLAGS.SILENT"), .raw("(\(flag))")]))
    }

    /// Without UIDPLUS the messages stay flagged: a plain EXPUNGE would remove other people's deletions too.
    private func delete(_ set: String, _ dialogue: inout IMAPDialogue) async throws(Failure) {
        try await store("\\Deleted", set, &dialogue)
        if dialogue.has("UIDPLUS") { try await dialogue.run(IMAPCommand("UID EXPUNGE", [.raw(set)])) }
    }

    private func move(_ set: String, to target: String, _ dialogue: inout IMAPDialogue) async throws(Failure) {
        if self.target == nil { self.target = try await dialogue.locate(target) }
        let place = self.target ?? .mailbox(target)
        // RFC 6851; else the three steps it replaces. COPYUID in the answer is of no use to us.
        let canMove = dialogue.has("MOVE")
        let command = IMAPCommand(canMove ? "UID MOVE" : "UID COPY", [.raw(set), place])
        let status = try await dialogue.finish(command)
        guard status.kind == .ok else {
            let failure = IMAPVerdict.failure(status, command: command.name)
            guard failure.cause == .mailboxMissing else { throw failure }
            throw await dialogue.folderFailure(
                status, command.name, target, "Messages cannot be moved to the folder \(target).",
                remedy: IMAPDialogue.targetRemedy)
        }
        if !canMove { try await delete(set, &dialogue) }
    }

    // MARK: - Closing

    func close() async throws(Failure) {
        tellAlerts()
        var dialogue = dialogue
        await dialogue.sayGoodbye()
        await dialogue.stream.close()
    }
}

extension Failure {
    /// The login may not do to messages what `after` says.
    static func folderRights(_ detail: String) -> Failure {
        Failure(.operatorNeeded, .rejected, detail, remedy: "Give the login write rights, or set after: leave.")
    }
}
