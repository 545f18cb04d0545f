// A customer's submission server in memory, with scripted faults; knows no SMTP but its order of things.

import MaloteCore
import Synchronization

/// What it took shows in `desk`.
package final class FakeOutboxServer: Sendable {
    /// One recipient of one message that the server has taken.
    package struct Acceptance: Sendable, Hashable {
        package var messageID: String
        /// The reverse-path.
        package var from: String
        package var recipient: String
        package var content: [UInt8]
        /// Whether the answer reached the daemon.
        package var isAnswered: Bool
        package var time: Timestamp
    }

    /// One recipient of one message that the server has not taken.
    package struct Refusal: Sendable, Hashable {
        package var messageID: String
        package var recipient: String
        package var failure: Failure
    }

    package struct Faults: Sendable {
        /// Refuses the connection or the login.
        package var open: Failure?
        /// Says nothing to a new connection for so long that the connector gives up.
        package var silence: Duration?
        /// Says nothing to a message for so long that the connector gives up.
        package var silenceInMessage: Duration?
        /// The connection breaks in a message that holds this text.
        package var poison: String?
        /// The connection breaks in so many messages from now, before their final dot.
        package var deaths = 0
        /// The answer to the final dot is lost so many times from now; the message is taken.
        package var lostAnswers = 0
        /// So many messages are taken on one connection; then it is closed without a word.
        package var perSession: Int?
        /// Says goodbye together with every answer.
        package var saysGoodbye = false
        package var refusals: [String: Failure] = [:]
        /// For every recipient.
        package var refusal: Failure?
        /// Takes the message, and then says nothing for so long that the connector gives up.
        package var silenceAfterDot: Duration?
        /// Takes so long for each connection and each message.
        package var slowness: Duration?

        package init() {}
    }

    package struct Desk: Sendable {
        package var accepted: [Acceptance] = []
        package var refused: [Refusal] = []
        package var faults = Faults()
        /// Connections so far, refused ones included.
        package var connections = 0
        /// When each of them was asked for.
        package var knocks: [Timestamp] = []
        package var openNow = 0
        /// Connections that are being opened.
        package var opening = 0
        package var openAtMost = 0
    }

    private let state = Mutex(Desk())
    /// Looks at the world right before a message is begun, and right after it was taken.
    private let witness = Mutex<(@Sendable (_ moment: String, Envelope) -> Void)?>(nil)
    let life: Lifeline
    let clock: FakeClock

    package init(life: Lifeline, clock: FakeClock) {
        self.life = life
        self.clock = clock
    }

    package var desk: Desk { state.withLock { $0 } }

    @discardableResult
    package func change<T: Sendable>(_ body: (inout Desk) -> T) -> T { state.withLock { body(&$0) } }

    package func watch(_ witness: @escaping @Sendable (_ moment: String, Envelope) -> Void) {
        self.witness.withLock { $0 = witness }
    }

    func tell(_ moment: String, _ envelope: Envelope) { witness.withLock { $0 }?(moment, envelope) }

    func open() async throws(Failure) -> any OutboxSession {
        try life.step()
        change { $0.opening += 1 }
        defer { change { $0.opening -= 1 } }
        let faults = change { desk in
            desk.connections += 1
            desk.knocks.append(clock.now())
            return desk.faults
        }
        if let slowness = faults.slowness { try await pause(slowness) }
        if let silence = faults.silence { try await keepSilent(silence) }
        if let failure = faults.open { throw failure }
        change { desk in
            desk.openNow += 1
            desk.openAtMost = max(desk.openAtMost, desk.openNow)
        }
        return FakeOutboxSession(self)
    }

    func pause(_ duration: Duration) async throws(Failure) {
        do { try await clock.sleep(for: duration) } catch {
            throw Failure(.transient, .shuttingDown, "The connection was cancelled.")
        }
    }

    func keepSilent(_ duration: Duration) async throws(Failure) {
        try await pause(duration)
        throw Failure(.transient, .silentPeer, "The server says nothing.")
    }
}

/// Finds the server of a mailbox by its host name; hosts come into being when they are first named.
package final class FakeOutboxes: OutboxConnector {
    private let hosts: FakeHosts<FakeOutboxServer>

    package init(life: Lifeline, clock: FakeClock) { hosts = FakeHosts { FakeOutboxServer(life: life, clock: clock) } }

    package subscript(host: String) -> FakeOutboxServer { hosts[host] }

    package func open(_ mailbox: Mailbox, outbox: Outbox) async throws(Failure) -> any OutboxSession {
        try await self[mailbox.server].open()
    }
}

final class FakeOutboxSession: OutboxSession {
    private let server: FakeOutboxServer
    private let carried = Mutex(0)

    init(_ server: FakeOutboxServer) { self.server = server }

    func submit(
        _ envelope: Envelope, content: [UInt8], beforeFinalDot: @Sendable () -> Bool
    ) async throws(Failure) -> Submission {
        server.tell("begin", envelope)
        try server.life.step()
        let faults = server.desk.faults
        if let slowness = faults.slowness { try await server.pause(slowness) }
        if let silence = faults.silenceInMessage { try await server.keepSilent(silence) }
        try breakIfTold(content, faults)
        let messageID = (try? SimpleCodec().view(RawMessage(content)).messageID) ?? ""
        noteRefusals(envelope, messageID, faults)
        let taken = envelope.recipients.filter { faults.failure(for: $0) == nil }
        guard !taken.isEmpty else { return answer(envelope, isLost: false, faults) }
        guard beforeFinalDot() else {
            throw Failure(.transient, .shuttingDown, "The message was called off before its end.")
        }
        try server.life.step()
        var isLost = server.change { desk in
            guard desk.faults.lostAnswers > 0 else { return false }
            desk.faults.lostAnswers -= 1
            return true
        }
        let time = server.clock.now()
        let rows = taken.map {
            FakeOutboxServer.Acceptance(
                messageID: messageID, from: envelope.from, recipient: $0, content: content, isAnswered: false,
                time: time)
        }
        let first = server.change { desk in
            desk.accepted += rows
            return desk.accepted.count - rows.count
        }
        server.tell("taken", envelope)
        if let silence = faults.silenceAfterDot {
            try? await server.clock.sleep(for: silence)
            isLost = true
        }
        try server.life.step()
        if !isLost {
            server.change { desk in for row in rows.indices { desk.accepted[first + row].isAnswered = true } }
        }
        return answer(envelope, isLost: isLost, faults)
    }

    private func breakIfTold(_ content: [UInt8], _ faults: FakeOutboxServer.Faults) throws(Failure) {
        let before = carried.withLock { carried in
            defer { carried += 1 }
            return carried
        }
        let dies = server.change { desk in
            guard desk.faults.deaths > 0 else { return false }
            desk.faults.deaths -= 1
            return true
        }
        let isPoison = faults.poison.map { String(decoding: content, as: UTF8.self).contains($0) } ?? false
        guard dies || isPoison || faults.perSession.map({ before >= $0 }) ?? false else { return }
        throw Failure(.transient, .disconnected, "The server closed the connection.")
    }

    private func noteRefusals(_ envelope: Envelope, _ messageID: String, _ faults: FakeOutboxServer.Faults) {
        let refused = envelope.recipients.compactMap { recipient in
            faults.failure(for: recipient).map {
                FakeOutboxServer.Refusal(messageID: messageID, recipient: recipient, failure: $0)
            }
        }
        server.change { $0.refused += refused }
    }

    private func answer(_ envelope: Envelope, isLost: Bool, _ faults: FakeOutboxServer.Faults) -> Submission {
        let outcomes = envelope.recipients.map { recipient -> Submission.Outcome in
            if let failure = faults.failure(for: recipient) { return .refused(failure) }
            if isLost { return .refused(Failure(.transient, .unknownOutcome, "The answer was lost.")) }
            return .sent(ProtocolReply(code: 250, status: "2.0.0", text: "Taken", command: "DATA"))
        }
        return Submission(outcomes: outcomes, isReusable: !isLost && !faults.saysGoodbye)
    }

    func close() async { server.change { $0.openNow -= 1 } }
}

extension FakeOutboxServer.Faults {
    fileprivate func failure(for recipient: String) -> Failure? { refusals[recipient] ?? refusal }
}
