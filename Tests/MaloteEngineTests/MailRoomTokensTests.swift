// What the mail room does about tokens: it shows forecasts, waits for people, and goes on at once when they agree.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteEngine

/// A person agrees after so many questions.
final class FakeTokenDesk: TokenDesk {
    private let questions = Mutex(0)
    private let agreesAfter: Int
    private let clock: (any TimeSource)?

    init(agreesAfter: Int = 3, clock: (any TimeSource)? = nil) {
        self.agreesAfter = agreesAfter
        self.clock = clock
    }

    /// Whose failures were forgotten; `nil` for everybody's.
    let forgotten = Mutex<[MailboxID?]>([])
    var asked: Int { questions.withLock { $0 } }

    private func consent(_ state: Consent.State) -> Consent {
        Consent(state: state, verificationURL: "https://x.example/", userCode: "CODE", expires: Timestamp(seconds: 1))
    }

    func forecast(_ mailbox: Mailbox) async -> TokenForecast? { TokenForecast(isAuthorized: true, scope: "mail") }

    func beginConsent(_ mailbox: Mailbox) async throws(Failure) -> Consent { consent(.waiting) }

    func consent(_ mailbox: Mailbox, waitingAtMost limit: Duration) async throws(Failure) -> Consent {
        let number = questions.withLock { questions in
            questions += 1
            return questions
        }
        if number >= agreesAfter { return consent(.granted) }
        try? await clock?.sleep(for: limit)
        return consent(.waiting)
    }

    func accept(_ refreshToken: Secret, for mailbox: Mailbox) async throws(Failure) -> TokenForecast {
        guard refreshToken == Secret("good") else {
            throw Failure(
                .operatorNeeded, .authRefused, "The token server gave no token.", remedy: "Authorize it anew.")
        }
        return TokenForecast(isAuthorized: true)
    }

    func forgetFailures(of mailbox: MailboxID?) async { forgotten.withLock { $0.append(mailbox) } }
}

@Suite struct MailRoomTokensTests {
    private func house() -> House {
        House(
            deskRegistry(1...2) { registry in
                let grant = OAuthGrant(provider: .microsoft, flow: .deviceCode, tenant: "x", clientID: "y")
                registry.mailboxes[0].login = .init(user: "help", proof: .oauth(grant))
            })
    }

    @Test func statusForeseesOnlyForLoginsByOAuth() throws {
        let house = house()
        let room = Run(house).room()
        let report = try house.stage.run { try await room.status() }
        #expect(report.mailboxes.filter { $0.token != nil }.map(\.name) == ["in-1"])
        #expect(try house.stage.run { await room.tokens() }.count == 1)
    }

    @Test func whoWaitsHearsOfThePersonsDecision() throws {
        let house = house()
        let desk = FakeTokenDesk(agreesAfter: 3, clock: house.stage.clock)
        let room = Run(house).room(tokens: desk)
        let asking = house.stage.start { try await room.consent("in-1", waitSeconds: 20) }
        house.stage.advance(by: .seconds(10))
        #expect(try asking.value().state == .granted && desk.asked == 3)
        let patient = FakeTokenDesk(agreesAfter: 100, clock: house.stage.clock)
        let late = Run(house).room(tokens: patient)
        let waiting = house.stage.start { try await late.consent("in-1", waitSeconds: 5) }
        house.stage.advance(by: .seconds(10))
        #expect(try waiting.value().state == .waiting && (5...6).contains(patient.asked))
    }

    /// What an operator wants tried at once does not wait for a token server's clock.
    @Test func tryingAtOnceForgetsWhatFailed() throws {
        let house = house()
        let desk = FakeTokenDesk()
        let run = Run(house).startPolling()
        let room = run.room(tokens: desk)
        try house.stage.run { try await room.poll("in-1") }
        try house.enqueue()
        _ = try house.stage.run { try await room.changeQueue(.retry, QueueQuery(contract: "c-1")) }
        try house.stage.run { await room.retryFailing() }
        #expect(desk.forgotten.withLock { $0 } == [sampleInbox(1).id, sampleOutbox(1).id, nil])
        run.askToStop()
    }

    @Test func aRefusalIsAProblemWithItsRemedy() throws {
        let house = house()
        let room = Run(house).room()
        #expect(try house.stage.run { try await room.authorize("in-1", refreshToken: Secret("good")) }.isAuthorized)
        let problem = #expect(throws: Problem.self) {
            try house.stage.run { try await room.authorize("in-1", refreshToken: Secret("bad")) }
        }
        #expect(problem?.detail.contains("Authorize it anew.") == true)
        let missing = #expect(throws: Problem.self) { try house.stage.run { try await room.authorize("nowhere") } }
        #expect(missing?.status == 404)
    }
}
