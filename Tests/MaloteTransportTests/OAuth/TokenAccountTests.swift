// One account's tokens: rotation, sharing, failed saves, patience; on a provider in this process and a fake clock.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteTransport

private final class Arrivals: Sendable { let count = Atomic<Int>(0) }

@Suite struct TokenAccountTests {
    @Test func aTokenIsUsedUntilShortlyBeforeItsEnd() async throws {
        let house = try TokenHouse(.clientCredentials)
        #expect(try await house.token() == "canary-access-1")
        house.wait(3299)
        #expect(try await house.token() == "canary-access-1")
        house.wait(1)
        #expect(try await house.token() == "canary-access-2")
        #expect(house.provider.asked.allSatisfy { $0.form["scope"] == "mail" && $0.form["client_id"] == "desk" })
    }

    @Test func everyRefreshTokenIsUsedOnceAndKeptBeforeItsAccessTokenIsUsed() async throws {
        let house = try TokenHouse(.refreshToken)
        for number in 1...4 {
            #expect(try await house.token() == "canary-access-\(number)")
            #expect(house.store.kept(house.mailbox.id) == "canary-refresh-\(number)")
            house.wait(3600)
        }
        #expect(house.provider.asked.map { $0.form["refresh_token"] } == (0...3).map { "canary-refresh-\($0)" })
        // A restart goes on where it was; the registered token is long used up.
        #expect(try await house.token(by: house.restarted()) == "canary-access-5")
    }

    @Test func anotherRegistrationBeginsAnew() async throws {
        var house = try TokenHouse(.refreshToken)
        _ = try await house.token()
        // Somebody registers a token that he got for another account: what is kept belongs to the old one.
        house.mailbox = try TokenHouse.mailbox(
            TokenHouse.grant(.refreshToken) { $0.refreshToken = .literal(Secret("canary-refresh-other")) })
        let failure = await failure { _ = try await house.token() }
        #expect(failure?.cause == .authRefused)
        #expect(house.provider.asked.last?.form["refresh_token"] == "canary-refresh-other")
        house.mailbox = try TokenHouse.mailbox(TokenHouse.grant(.refreshToken))
        #expect(try await house.token() == "canary-access-2")
        // A change that leaves the account alone keeps what is kept.
        house.mailbox = try TokenHouse.mailbox(TokenHouse.grant(.refreshToken) { $0.caFile = "/other.pem" })
        #expect(try await house.token() == "canary-access-3")
    }

    @Test func ahundredWhoWaitShareOneRequest() async throws {
        let house = try TokenHouse(.refreshToken)
        house.server.hold()
        let arrived = Arrivals()
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    arrived.count.add(1, ordering: .relaxed)
                    return try await house.token()
                }
            }
            while arrived.count.load(ordering: .relaxed) < 100 || house.server.reached == 0 { await Task.yield() }
            for _ in 0..<1000 { await Task.yield() }
            #expect(house.server.reached == 1)
            house.server.letGo()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(tokens == ["canary-access-1"])
        #expect(house.server.reached == 1)
    }

    @Test func ahundredWhoWaitShareOneFailure() async throws {
        let house = try TokenHouse(.refreshToken)
        house.provider.fail(with: .error("temporarily_unavailable", status: 503))
        house.server.hold()
        let causes = await withTaskGroup(of: Failure.Cause?.self) { group in
            for _ in 0..<100 { group.addTask { await failure { _ = try await house.token() }?.cause } }
            while house.server.reached == 0 { await Task.yield() }
            for _ in 0..<1000 { await Task.yield() }
            house.server.letGo()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(causes.count == 100 && Set(causes) == [.authTemporary])
        #expect(house.server.reached == 1)
    }

    /// Whoever decides to wait at the very moment in which the answer comes must not wait for the next one: there may
    /// be none.
    @Test func nobodyMissesTheEndOfAnExchange() async throws {
        for _ in 0..<300 {
            let house = try TokenHouse(.refreshToken)
            house.server.hold()
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 { group.addTask { try await house.token() } }
                while house.server.reached == 0 { await Task.yield() }
                house.server.letGo()
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(tokens == ["canary-access-1"])
        }
    }

    /// The one who asks goes away; what he asked for is kept all the same.
    @Test func aCancelledTaskLosesNoRefreshToken() async throws {
        let house = try TokenHouse(.refreshToken)
        house.server.hold()
        let leader = Task { try await house.token() }
        while house.server.reached == 0 { await Task.yield() }
        let follower = Task { try await house.token() }
        for _ in 0..<1000 { await Task.yield() }
        follower.cancel()
        #expect(await failure { _ = try await follower.value }?.cause == .shuttingDown)
        leader.cancel()
        house.server.letGo()
        _ = try? await leader.value
        #expect(house.store.kept(house.mailbox.id) == "canary-refresh-1")
        #expect(try await house.token() == "canary-access-1")
    }

    @Test func theForecastTellsWhatIsKeptAndSinceWhen() async throws {
        let house = try TokenHouse(.refreshToken)
        let before = try #require(await house.keeper.forecast(house.mailbox))
        #expect(before == TokenForecast(isAuthorized: true))
        _ = try await house.token()
        house.wait(60)
        let after = try #require(await house.keeper.forecast(house.mailbox))
        #expect(after.accessExpires == TokenHouse.start + .seconds(3600) && after.scope == "mail")
        #expect(after.lastRefresh == TokenHouse.start && after.refreshTokenSince == TokenHouse.start)
        // After a restart there is no access token, and the refresh token is as old as before.
        let restarted = try #require(await house.restarted().forecast(house.mailbox))
        #expect(restarted == TokenForecast(isAuthorized: true, refreshTokenSince: TokenHouse.start))
        var other = house
        other.mailbox = try TokenHouse.mailbox(TokenHouse.grant(.refreshToken) { $0.clientID = "other" })
        #expect(await house.restarted().forecast(other.mailbox)?.refreshTokenSince == nil)
    }

    // MARK: - What cannot be saved is not used

    @Test func aTokenThatCannotBeSavedIsNotUsedAndNotLost() async throws {
        let house = try TokenHouse(.refreshToken)
        house.store.refuse(TokenHouse.full)
        #expect(await failure { _ = try await house.token() }?.cause == .diskFull)
        #expect(await house.keeper.forecast(house.mailbox)?.accessExpires == nil)
        house.wait(5)
        #expect(await failure { _ = try await house.token() }?.cause == .diskFull)
        // The provider has used up the first token: asking again with it would cost the account.
        #expect(house.server.reached == 1)
        house.store.refuse(nil)
        house.wait(10)
        #expect(try await house.token() == "canary-access-1")
        #expect(house.store.kept(house.mailbox.id) == "canary-refresh-1")
        house.wait(3600)
        #expect(try await house.token() == "canary-access-2")
    }

    // MARK: - Failures

    @Test func aTokenThatWorksIsUsedWhileNoNewOneCanBeHad() async throws {
        let house = try TokenHouse(.clientCredentials)
        _ = try await house.token()
        house.wait(3400)
        house.provider.fail(with: .error("server_error", status: 500))
        #expect(try await house.token() == "canary-access-1")
        #expect(try await house.token() == "canary-access-1")
        #expect(house.server.reached == 2)
        #expect(await house.keeper.forecast(house.mailbox)?.failure?.cause == .authTemporary)
        house.wait(5)
        #expect(try await house.token() == "canary-access-2")
        #expect(await house.keeper.forecast(house.mailbox)?.failure == nil)
    }

    @Test func theTokenServerIsNeverHammered() async throws {
        let house = try TokenHouse(.clientCredentials)
        house.provider.changeClientSecret("another")
        for _ in 0..<50 { #expect(await failure { _ = try await house.token() }?.cause == .credential) }
        #expect(house.server.reached == 1)
        // A day of polls every 5 seconds.
        for _ in 0..<17_280 {
            house.wait(5)
            _ = await failure { _ = try await house.token() }
        }
        #expect((20...40).contains(house.server.reached), "\(house.server.reached)")
        #expect(house.logged.text.split(separator: "\n").count { $0.contains("gets no access token") } == 1)
        house.provider.changeClientSecret("canary-client")
        await house.keeper.forgetFailures(of: house.mailbox.id)
        #expect(try await house.token() == "canary-access-1")
    }

    @Test func aServerThatAsksForPatienceGetsIt() async throws {
        let house = try TokenHouse(.clientCredentials)
        house.provider.fail(with: .error("slow_down", status: 429, headers: ["Retry-After": "700"]))
        let first = await failure { _ = try await house.token() }
        #expect(first?.kind == .transient && first?.cause == .throttled && first?.retryAfterSeconds == 700)
        house.wait(699)
        let still = await failure { _ = try await house.token() }
        #expect(still?.retryAfterSeconds == 2)
        // Not even a person's wish goes before.
        await house.keeper.forgetFailures(of: nil)
        #expect(await failure { _ = try await house.token(isNew: true) }?.cause == .throttled)
        #expect(house.server.reached == 1)
        house.wait(1)
        #expect(try await house.token() == "canary-access-1")
    }

    @Test func aTestAsksAtOnceAfterAFaultWasMended() async throws {
        let house = try TokenHouse(.clientCredentials)
        house.provider.fail(with: .error("invalid_client", status: 401))
        _ = await failure { _ = try await house.token() }
        #expect(try await house.token(isNew: true) == "canary-access-1")
        #expect(try await house.token(isNew: true) == "canary-access-2")
        // It shows what is wrong although there is a token that still works.
        house.provider.fail(with: .error("invalid_client", status: 401))
        #expect(await failure { _ = try await house.token(isNew: true) }?.cause == .credential)
        #expect(try await house.token() == "canary-access-2")
    }

    @Test func aRefusedTokenIsReplacedOnceInAWhile() async throws {
        let house = try TokenHouse(.clientCredentials)
        let first = try await house.access()
        let second = try #require(try await house.replacement(of: first))
        #expect(second.secret != first.secret)
        // Somebody else has replaced it already.
        #expect(try await house.replacement(of: first)?.secret == second.secret)
        #expect(try await house.replacement(of: second) == nil)
        #expect(house.server.reached == 2)
        house.wait(300)
        #expect(try await house.replacement(of: second) != nil)
    }

    @Test func withoutARefreshTokenThePersonIsToldWhatToDo() async throws {
        let house = try TokenHouse(.deviceCode)
        let failure = await failure { _ = try await house.token() }
        #expect(failure?.kind == .operatorNeeded && failure?.cause == .credential)
        #expect(failure?.remedy == "Run: malotectl mailbox authorize acme-in")
        #expect(await house.keeper.forecast(house.mailbox)?.isAuthorized == false)
        #expect(house.server.reached == 0)
    }

    @Test func noSecretIsLoggedOrTold() async throws {
        let house = try TokenHouse(.refreshToken)
        _ = try await house.token()
        house.provider.fail(with: .error("invalid_grant"), .error("canary-refresh-1", status: 400))
        house.wait(3600)
        let refused = try #require(await failure { _ = try await house.token() })
        house.wait(3600)
        let odd = try #require(await failure { _ = try await house.token() })
        #expect(refused.remedy.contains("malotectl mailbox authorize acme-in"))
        let shown = "\(refused) \(odd) \(house.logged.text) \(house.mailbox)"
        #expect(!shown.contains("canary"), "\(shown)")
    }
}
