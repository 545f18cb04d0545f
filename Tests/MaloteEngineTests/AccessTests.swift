// Access tokens, the audit log and requests with keys, in the mail room over fakes.

import MaloteCore
import MaloteDesk
import MaloteTestKit
import Testing

@testable import MaloteEngine

@Suite struct AccessTests {
    private let house = House()

    private func ask<T: Sendable>(_ body: @escaping @Sendable (MailRoom) async throws -> T) throws -> T {
        let room = Run(house).room()
        return try house.stage.run { try await body(room) }
    }

    private static func wish(_ role: String, contract: String? = nil, expires: String? = nil) -> AccessTokenWish {
        AccessTokenWish(name: "ci", role: role, contract: contract, expires: expires)
    }

    // MARK: - Tokens

    @Test func aTokenStandsForItsCallerAfterARestartAndUntilItIsRevoked() throws {
        let name = house.registry.contracts[0].name
        let issued = try ask { try await $0.issue(Self.wish("contract", contract: name.text)) }
        #expect(issued.token.reveal { String(decoding: $0, as: UTF8.self) }.hasPrefix("malote_"))
        // Only its digest is kept.
        #expect(!"\(house.store.state)".contains(issued.token.reveal { String(decoding: $0, as: UTF8.self) }))
        let found = try ask { try await $0.caller(presenting: issued.token) }
        #expect(found == Caller(name: "ci", role: .contract(name)))
        #expect(try ask { try await $0.caller(presenting: Secret("malote_x")) } == nil)
        let room = Run(house).room()
        let after = try house.stage.run { () async throws -> Caller? in
            _ = try await room.caller(presenting: issued.token)
            try await room.revoke(accessToken: "ci")
            return try await room.caller(presenting: issued.token)
        }
        #expect(after == nil)
    }

    @Test func aWrongTokenCostsNoDiskAndARightOneIsNotedOnceAnHour() throws {
        let issued = try ask { try await $0.issue(Self.wish("admin")) }
        let (room, store) = (Run(house).room(), house.store)
        _ = try house.stage.run { try await room.caller(presenting: issued.token) }
        let commits = store.commits
        _ = try house.stage.run { () async throws -> Bool in
            for _ in 0..<50 {
                _ = try await room.caller(presenting: issued.token)
                _ = try await room.caller(presenting: Secret("malote_wrong"))
            }
            return true
        }
        #expect(store.commits == commits)
        #expect(store.state.accessTokens.first?.lastUsed != nil)
    }

    @Test func aTokenEndsWithItsTime() throws {
        let soon = house.now + .seconds(60)
        let issued = try ask { try await $0.issue(Self.wish("read-only", expires: soon.description)) }
        #expect(try ask { try await $0.caller(presenting: issued.token) }?.role == .reader(nil))
        house.stage.advance(by: .seconds(61))
        #expect(try ask { try await $0.caller(presenting: issued.token) } == nil)
        #expect(try ask { try await $0.accessTokens() }.map(\.isValid) == [false])
    }

    /// Another contract of the same name is another one.
    @Test func aTokenEndsWithItsContract() throws {
        let contract = house.registry.contracts[0]
        let issued = try ask { try await $0.issue(Self.wish("contract", contract: contract.name.text)) }
        let store = house.store
        try house.stage.run {
            try await store.write { store in
                try store.apply([.deleteContract(contract.name), .putContract(contract)])
            }
        }
        // The fake gives the number again if it was the last: a new one is what a store gives.
        if house.registry.contract(contract.name)?.id != contract.id {
            #expect(try ask { try await $0.caller(presenting: issued.token) } == nil)
        }
    }

    @Test(arguments: [
        (AccessTokenWish(name: "A B", role: "admin"), "name"), (wish("owner"), "role"), (wish("contract"), "contract"),
        (wish("admin", contract: "contract-1"), "contract"), (wish("admin", expires: "2020-01-01"), "expires"),
        (wish("admin", expires: "tomorrow"), "expires"),
    ])
    func aWishThatIsNotClearIsRefused(_ wish: AccessTokenWish, _ field: String) throws {
        let wish =
            wish.contract == nil
            ? wish
            : AccessTokenWish(name: wish.name, role: wish.role, contract: house.registry.contracts[0].name.text)
        let problem = try #require(throws: Problem.self) { try ask { try await $0.issue(wish) } }
        #expect(problem.errors.map(\.field) == [field])
        #expect(house.store.state.accessTokens.isEmpty)
    }

    @Test func aNameIsGivenOnce() throws {
        _ = try ask { try await $0.issue(Self.wish("admin")) }
        let problem = try #require(throws: Problem.self) { try ask { try await $0.issue(Self.wish("admin")) } }
        #expect(problem.status == 409)
    }

    // MARK: - Audit log

    private static let ana = Caller(name: "ana", role: .admin, place: "192.0.2.7")

    @Test func aChangeAndItsLineAreOneTransaction() throws {
        let deed = Deed(Self.ana, "token.add", subject: "token ci")
        let (room, store) = (Run(house).room(), house.store)
        let before = store.commits
        _ = try house.stage.run {
            try await Deed.$current.withValue(deed) { try await room.issue(Self.wish("admin")) }
        }
        #expect(store.commits == before + 1)
        #expect(store.state.audit.map(\.who) == ["ana"])
        #expect(store.state.audit.map(\.outcome) == ["done"])
        try house.stage.run { await room.record(deed, refusal: nil) }
        #expect(store.state.audit.count == 1)
    }

    @Test func aRefusedChangeIsToldWithItsReason() throws {
        let deed = Deed(Self.ana, "token.revoke", subject: "token x\ny")
        let (room, store) = (Run(house).room(), house.store)
        let problem = try #require(throws: Problem.self) {
            try house.stage.run {
                try await Deed.$current.withValue(deed) { try await room.revoke(accessToken: "x") }
            }
        }
        #expect(store.state.audit.isEmpty)
        try house.stage.run { await room.record(deed, refusal: problem) }
        #expect(store.state.audit.map(\.outcome) == ["404 Not found"])
        #expect(store.state.audit.map(\.subject) == ["token x y"])
    }

    @Test func whatChangedNothingIsNotTold() throws {
        let (name, room) = (house.registry.contracts[0].name.text, Run(house).room())
        let store = house.store
        func send() throws {
            _ = try house.stage.run {
                let deed = Deed(Self.ana, "notification.send", contract: name)
                let request = SendRequest(
                    contract: name, to: ["x@customer.example"], subject: "S", text: "T", idempotencyKey: "k")
                try await Deed.$current.withValue(deed) { _ = try await room.send(request) }
                await room.record(deed, refusal: nil)
                return true
            }
        }
        try send()
        try send()
        #expect(store.state.audit.map(\.details) == ["notification 1"])
    }

    // MARK: - Requests that are made twice

    @Test func aKeyOfAnotherNotificationIsRefused() throws {
        let name = house.registry.contracts[0].name.text
        func send(_ subject: String) throws -> SendReceipt {
            try ask {
                try await $0.send(
                    SendRequest(
                        contract: name, to: ["x@customer.example"], subject: subject, text: "T", idempotencyKey: "k"))
            }
        }
        let first = try send("A")
        #expect(!first.repeated)
        let again = try send("A")
        #expect(again.repeated && again.notification == first.notification)
        let problem = try #require(throws: Problem.self) { try send("B") }
        #expect(problem.status == 422)
        #expect(house.store.state.notifications.count == 1)
    }

    @Test func aKeyOfAnotherTriggerIsRefused() throws {
        let name = house.registry.contracts[0].name.text
        func trigger(_ number: Int64) throws -> TriggerReceipt {
            try ask {
                try await $0.trigger(
                    TriggerRequest(
                        contract: name, on: "machine.down", data: .object(["n": .integer(number)]),
                        idempotencyKey: "k"))
            }
        }
        #expect(try !trigger(1).repeated)
        #expect(try trigger(1).repeated)
        let problem = try #require(throws: Problem.self) { try trigger(2) }
        #expect(problem.status == 422)
    }

    @Test func aRequestWithAKeyIsCarriedOutOnce() throws {
        let room = Run(house).room()
        let request = KeyedRequest(caller: "ci", key: "k", content: [1])
        let answer = KeptAnswer(status: 201, type: "application/json", body: [2])
        let other = KeyedRequest(caller: "ci", key: "k", content: [9])
        let statuses = try house.stage.run { () async throws -> [Int?] in
            func status(_ body: () async throws -> KeptAnswer?) async -> Int? {
                do { return try await body()?.status } catch { return (error as? Problem)?.status }
            }
            let begun = await status { try await room.begin(request) }
            let meanwhile = await status { try await room.begin(request) }
            await room.end(request, answer)
            let after = await status { try await room.begin(request) }
            let another = await status { try await room.begin(other) }
            return [begun, meanwhile, after, another]
        }
        #expect(statuses == [nil, 409, 201, 422])
        house.stage.advance(by: .seconds(86_401))
        #expect(try house.stage.run { try await room.begin(other) } == nil)
    }

    /// What was refused can be mended and asked for again.
    @Test func aKeyIsFreeAgainAfterARefusal() throws {
        let room = Run(house).room()
        let request = KeyedRequest(caller: "ci", key: "k", content: [1])
        let begun = try house.stage.run { () async throws -> KeptAnswer? in
            _ = try await room.begin(request)
            await room.end(request, nil)
            return try await room.begin(KeyedRequest(caller: "ci", key: "k", content: [2]))
        }
        #expect(begun == nil)
    }
}
