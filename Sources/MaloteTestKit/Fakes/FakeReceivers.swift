// Receivers of events in memory, with scripted answers; knows neither signatures nor sockets.

import MaloteCore
import Synchronization

/// Finds a receiver by the address it is registered under; each comes into being when it is first named.
package final class FakeReceivers: WebhookClient {
    private let hosts: FakeHosts<FakeReceiver>

    package init(life: Lifeline, clock: FakeClock) { hosts = FakeHosts { FakeReceiver(life: life, clock: clock) } }

    package subscript(url: String) -> FakeReceiver { hosts[url] }

    package func post(_ request: WebhookRequest) async throws(Failure) -> WebhookReply {
        try await self[request.url].take(request)
    }
}

package final class FakeReceiver: Sendable {
    package struct Desk: Sendable {
        /// What came in, answered or not.
        package var requests: [WebhookRequest] = []
        package var times: [Timestamp] = []
        /// For all that is not said otherwise.
        package var answer: Result<WebhookReply, Failure> = .success(WebhookReply(status: 204))
        /// By the event's id.
        package var answers: [String: WebhookReply] = [:]
        /// Takes so long for each request.
        package var slowness: Duration?
        /// So many answers are lost from now on.
        package var lostAnswers = 0
        package var openNow = 0
        package var openAtMost = 0
    }

    private let state = Mutex(Desk())
    private let life: Lifeline
    private let clock: FakeClock

    init(life: Lifeline, clock: FakeClock) {
        self.life = life
        self.clock = clock
    }

    package var desk: Desk { state.withLock { $0 } }
    /// Ids in the order in which they came.
    package var ids: [String] { desk.requests.compactMap { $0.header("webhook-id") } }

    @discardableResult
    package func change<T: Sendable>(_ body: (inout Desk) -> T) -> T { state.withLock { body(&$0) } }

    package func answers(_ status: Int, retryAfter: String? = nil, body: String = "") {
        change {
            $0.answer = .success(WebhookReply(status: status, retryAfter: retryAfter, body: Array(body.utf8)))
        }
    }

    fileprivate func take(_ request: WebhookRequest) async throws(Failure) -> WebhookReply {
        try life.step()
        let now = clock.now()
        let desk = change { desk in
            desk.requests.append(request)
            desk.times.append(now)
            desk.openNow += 1
            desk.openAtMost = max(desk.openAtMost, desk.openNow)
            return desk
        }
        defer { change { $0.openNow -= 1 } }
        if let slowness = desk.slowness {
            do { try await clock.sleep(for: slowness) } catch { throw .init(.transient, .shuttingDown, "Called off.") }
        }
        try life.step()
        let isLost = change { desk in
            defer { desk.lostAnswers = max(0, desk.lostAnswers - 1) }
            return desk.lostAnswers > 0
        }
        if isLost { throw Failure(.transient, .disconnected, "The answer was lost.") }
        if let reply = request.header("webhook-id").flatMap({ self.desk.answers[$0] }) { return reply }
        return try self.desk.answer.get()
    }
}

/// Gives literal secrets as they are, and has no others.
package struct PlainSecrets: SecretReader {
    package init() {}

    package func reveal(_ source: SecretSource) async throws(Failure) -> Secret {
        if case .literal(let secret) = source { return secret }
        throw Failure(.operatorNeeded, .credential, "The secret cannot be read.", remedy: "Write it.")
    }
}
