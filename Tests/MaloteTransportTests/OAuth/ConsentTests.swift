// A person's consent, and tokens handed in: pace, refusals, what is kept.

import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteTransport

@Suite struct ConsentTests {
    @Test func aCodeIsShownAndTheTokenKept() async throws {
        let house = try TokenHouse(.deviceCode)
        let begun = try await house.keeper.beginConsent(house.mailbox)
        #expect(begun.userCode == "WDJB-MJHT" && begun.verificationURL == "https://provider.example/device")
        #expect(begun.state == .waiting && begun.expires == TokenHouse.start + .seconds(900))
        house.wait(1)
        #expect(try await house.keeper.consent(house.mailbox, waitingAtMost: .zero).state == .waiting)
        // Asked a moment ago: not again before the interval is over.
        #expect(try await house.keeper.consent(house.mailbox, waitingAtMost: .zero).state == .waiting)
        #expect(house.provider.count("urn:ietf:params:oauth:grant-type:device_code") == 1)
        house.provider.approve()
        house.wait(1)
        #expect(try await house.keeper.consent(house.mailbox, waitingAtMost: .zero).state == .granted)
        #expect(house.store.kept(house.mailbox.id) == "canary-refresh-1")
        #expect(try await house.token() == "canary-access-1")
        house.wait(3600)
        #expect(try await house.token() == "canary-access-2")
        let forecast = try #require(await house.keeper.forecast(house.mailbox))
        #expect(forecast.isAuthorized && forecast.refreshTokenSince == house.clock.now())
    }

    @Test func theServerSetsThePace() async throws {
        let house = try TokenHouse(.deviceCode)
        _ = try await house.keeper.beginConsent(house.mailbox)
        house.provider.fail(with: .error("slow_down"), .error("authorization_pending"), .error("slow_down"))
        var asked: [Int] = []
        for second in 1...60 {
            house.wait(1)
            let before = house.server.reached
            _ = try await house.keeper.consent(house.mailbox, waitingAtMost: .zero)
            if house.server.reached > before { asked.append(second) }
        }
        #expect(asked == [1, 7, 13, 24, 35, 46, 57])
    }

    @Test func aServerThatIsGoneIsAskedLessAndLess() async throws {
        let house = try TokenHouse(.deviceCode)
        _ = try await house.keeper.beginConsent(house.mailbox)
        let gone = Failure(.transient, .connect, "Gone.")
        house.server.fail(with: gone, gone, gone)
        var asked: [Int] = []
        for second in 1...20 {
            house.wait(1)
            let before = house.server.reached
            _ = try await house.keeper.consent(house.mailbox, waitingAtMost: .zero)
            if house.server.reached > before { asked.append(second) }
        }
        #expect(asked == [1, 3, 7, 15])
    }

    @Test(arguments: [
        "access_denied", "authorization_declined", "expired_token", "invalid_client", "unauthorized_client",
    ])
    func aRefusalEndsIt(_ word: String) async throws {
        let house = try TokenHouse(.deviceCode)
        _ = try await house.keeper.beginConsent(house.mailbox)
        house.provider.fail(with: .error(word))
        house.wait(1)
        let failed = await failure { _ = try await house.keeper.consent(house.mailbox, waitingAtMost: .zero) }
        #expect(failed?.kind == .operatorNeeded && failed?.remedy.isEmpty == false)
        let over = await failure { _ = try await house.keeper.consent(house.mailbox, waitingAtMost: .zero) }
        #expect(over?.cause == .rejected)
        #expect(house.store.kept(house.mailbox.id) == nil)
    }

    @Test func aCodeExpires() async throws {
        let house = try TokenHouse(.deviceCode)
        _ = try await house.keeper.beginConsent(house.mailbox)
        house.wait(900)
        let failed = await failure { _ = try await house.keeper.consent(house.mailbox, waitingAtMost: .zero) }
        #expect(failed?.detail.contains("expired") == true)
        #expect(house.server.reached == 1)
    }

    @Test func consentThatCannotBeKeptIsNoConsent() async throws {
        let house = try TokenHouse(.deviceCode)
        _ = try await house.keeper.beginConsent(house.mailbox)
        house.provider.approve()
        house.store.refuse(TokenHouse.full)
        house.wait(1)
        let failed = await failure { _ = try await house.keeper.consent(house.mailbox, waitingAtMost: .zero) }
        #expect(failed?.cause == .diskFull)
    }

    // MARK: - Handing in

    @Test func aTokenThatIsHandedInIsTriedAndKept() async throws {
        let house = try TokenHouse(.refreshToken) { $0.refreshToken = nil }
        let slip = await failure { _ = try await house.keeper.accept(Secret("canary-slip"), for: house.mailbox) }
        #expect(slip?.cause == .authRefused && house.store.kept(house.mailbox.id) == nil)
        let forecast = try await house.keeper.accept(Secret("canary-refresh-0"), for: house.mailbox)
        #expect(forecast.isAuthorized && forecast.accessExpires == TokenHouse.start + .seconds(3600))
        #expect(house.store.kept(house.mailbox.id) == "canary-refresh-1")
        #expect(try await house.token(by: house.restarted()) == "canary-access-2")
    }

    @Test func aTokenThatIsNotReplacedIsKeptAsItIs() async throws {
        let house = try TokenHouse(.refreshToken) { $0.refreshToken = nil }
        house.provider.setRotates(false)
        _ = try await house.keeper.accept(Secret("canary-refresh-0"), for: house.mailbox)
        #expect(house.store.kept(house.mailbox.id) == "canary-refresh-0")
    }

    @Test(arguments: [OAuthGrant.Flow.clientCredentials, .serviceAccount])
    func whatNeedsNobodyCannotBeAuthorized(_ flow: OAuthGrant.Flow) async throws {
        let house = try TokenHouse(flow)
        #expect(await failure { _ = try await house.keeper.beginConsent(house.mailbox) }?.cause == .rejected)
        #expect(
            await failure { _ = try await house.keeper.accept(Secret("x"), for: house.mailbox) }?.cause == .rejected)
    }
}
