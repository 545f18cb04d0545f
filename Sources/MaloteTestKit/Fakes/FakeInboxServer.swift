// A customer's mail server in memory, with one folder and scripted faults; knows no protocol but its rules.

import MaloteCore
import Synchronization

/// What it was told shows in `folder`: nothing is marked or gone but by its own sessions or the test.
package final class FakeInboxServer: Sendable {
    package struct Message: Sendable {
        package var number: UInt32
        package var raw: [UInt8]
        package var isSeen = false
        package var received: Timestamp
    }

    package struct Faults: Sendable {
        /// Refuses the connection or the login.
        package var open: Failure?
        /// Says nothing for so long that the connector gives up.
        package var silence: Duration?
        package var hidesNextUID = false
        /// Messages that a FETCH does not answer for.
        package var omitted: Set<UInt32> = []
        /// Messages before which the connection breaks.
        package var poison: Set<UInt32> = []
        /// The connection breaks before the n-th body from now, once.
        package var diesIn: Int?
        /// Bodies sent without being asked for, before the others.
        package var noise: [FetchedMessage] = []
        /// Refuses to mark anything.
        package var settle: Failure?
        /// Messages that it will neither delete nor mark.
        package var undeletable: Set<UInt32> = []
        /// POP3: QUIT is not answered, and so nothing is deleted.
        package var losesQuit = false
        /// Takes so long for each connection and each message.
        package var slowness: Duration?
        /// Lets each answer drip for so long: to a connection, a listing, a message, a mark.
        package var drip: Duration?
        /// Octets of a body that come in a second, ten seconds' worth at a time.
        package var octetsPerSecond: Int?
        /// Gives no header of a message that is too large.
        package var hidesHeaders = false
        /// Tells of new messages by itself.
        package var tellsNews = false
        /// Ends every wait for news at once.
        package var refusesIdle = false
        /// Connections of one account that it says it bears.
        package var accountConnections: Int?

        package init() {}
    }

    package struct Folder: Sendable {
        package var validity: UInt32 = 1
        package var nextNumber: UInt32 = 1
        package var messages: [Message] = []
        package var moved: [[UInt8]] = []
        package var deleted: [[UInt8]] = []
        package var faults = Faults()
        /// Connections so far.
        package var sessions = 0
        /// When each of them was asked for.
        package var knocks: [Timestamp] = []
        package var openNow = 0
        /// Connections that are being opened.
        package var opening = 0
        package var openAtMost = 0
        /// The longest time that a connection was held by one poll.
        package var heldAtMost = Duration.zero
        /// POP3: how often QUIT was said.
        package var goodbyes = 0
        /// Bodies asked for so far.
        package var fetched: [String] = []
        /// Connections that wait for news.
        package var idlers: [Int: CheckedContinuation<Void, Never>] = [:]
        package var nextIdler = 0
        /// How often all waiting connections were closed.
        package var drops = 0
    }

    private let state = Mutex(Folder())
    /// Looks at the world right before messages are marked, moved or deleted.
    private let witness = Mutex<(@Sendable ([Message]) -> Void)?>(nil)
    private let life: Lifeline
    private let clock: FakeClock

    package init(life: Lifeline, clock: FakeClock) {
        self.life = life
        self.clock = clock
    }

    package var folder: Folder { state.withLock { $0 } }

    @discardableResult
    package func change<T: Sendable>(_ body: (inout Folder) -> T) -> T { state.withLock { body(&$0) } }

    package func watch(_ witness: @escaping @Sendable (_ marked: [Message]) -> Void) {
        self.witness.withLock { $0 = witness }
    }

    func mark(_ numbers: Set<UInt32>, _ after: Inbox.After) {
        witness.withLock { $0 }?(folder.messages.filter { numbers.contains($0.number) })
        change { $0.mark(numbers, after) }
    }

    /// New mail.
    /// - Parameter isSilent: connections that wait for news are not told.
    @discardableResult
    package func receive(
        _ raw: [UInt8], isSeen: Bool = false, at received: Timestamp? = nil, isSilent: Bool = false
    ) -> UInt32 {
        let received = received ?? clock.now()
        defer { if !isSilent { wakeIdlers() } }
        return change { folder in
            defer { folder.nextNumber += 1 }
            folder.messages.append(
                Message(number: folder.nextNumber, raw: raw, isSeen: isSeen, received: received))
            return folder.nextNumber
        }
    }

    /// Ends every wait: there is news, or the connection is lost.
    package func wakeIdlers() {
        let idlers = change { folder in
            defer { folder.idlers = [:] }
            return Array(folder.idlers.values)
        }
        for idler in idlers { idler.resume() }
    }

    /// Closes all connections that wait.
    package func dropIdlers() {
        change { $0.drops += 1 }
        wakeIdlers()
    }

    /// Another UIDVALIDITY, and the messages numbered from 1.
    package func renumber() {
        change { folder in
            folder.validity += 1
            for place in folder.messages.indices { folder.messages[place].number = UInt32(place + 1) }
            folder.nextNumber = UInt32(folder.messages.count + 1)
        }
    }

    var now: Timestamp { clock.now() }

    /// Waits until somebody wakes all idlers, the time is over, or the task is cancelled.
    func news(for limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wakening() }
            group.addTask { [clock] in try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wakening() async {
        let number = change { folder in
            folder.nextIdler += 1
            return folder.nextIdler
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = change { folder in
                    if !Task.isCancelled { folder.idlers[number] = continuation }
                    return Task.isCancelled
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            change { $0.idlers.removeValue(forKey: number) }?.resume()
        }
    }

    func open(_ inbox: Inbox, _ limits: InboxLimits) async throws(Failure) -> any InboxSession {
        let began = now
        change { $0.opening += 1 }
        defer { change { $0.opening -= 1 } }
        do throws(Failure) { return try await open(inbox, limits, since: began) } catch {
            noteHold(since: began)
            throw error
        }
    }

    /// A poll has had a connection since then.
    func noteHold(since began: Timestamp) {
        let held = now - began
        change { $0.heldAtMost = max($0.heldAtMost, held) }
    }

    private func open(
        _ inbox: Inbox, _ limits: InboxLimits, since began: Timestamp
    ) async throws(Failure) -> any InboxSession {
        try life.step()
        let faults = change { folder in
            folder.sessions += 1
            folder.knocks.append(clock.now())
            return folder.faults
        }
        if let slowness = faults.slowness { try await pause(slowness) }
        if let drip = faults.drip { try await pause(drip) }
        if let silence = faults.silence {
            try await pause(silence)
            throw Failure(.transient, .silentPeer, "The server says nothing.")
        }
        if let failure = faults.open { throw failure }
        change { folder in
            folder.openNow += 1
            folder.openAtMost = max(folder.openAtMost, folder.openNow)
        }
        return FakeInboxSession(self, inbox, limits, since: began, life: life)
    }

    func pause(_ duration: Duration) async throws(Failure) {
        do { try await clock.sleep(for: duration) } catch {
            throw Failure(.transient, .shuttingDown, "The poll was cancelled.")
        }
    }
}

/// Finds the server of a mailbox by its host name; hosts come into being when they are first named.
package final class FakeInboxes: InboxConnector {
    private let hosts: FakeHosts<FakeInboxServer>

    package init(life: Lifeline, clock: FakeClock) { hosts = FakeHosts { FakeInboxServer(life: life, clock: clock) } }

    package subscript(host: String) -> FakeInboxServer { hosts[host] }

    package func open(
        _ mailbox: Mailbox, inbox: Inbox, limits: InboxLimits
    ) async throws(Failure) -> any InboxSession {
        try await self[mailbox.server].open(inbox, limits)
    }
}
