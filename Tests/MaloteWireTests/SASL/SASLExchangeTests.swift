// What every login dialogue has in common: who says what, when it is over, and which one is chosen.

import MaloteCore
import MaloteTransport
import MaloteWire
import Testing

@Suite struct SASLExchangeTests {
    private let plain = Array("\0ana\0p\u{e9} \"x\"".utf8)

    @Test func plainSaysAllAtOnce() throws {
        var exchange = try login(.plain)
        #expect(exchange.takeInitialResponse() == plain)
        #expect(throws: WireError.self) { try exchange.respond(to: []) }
    }

    @Test func plainWaitsForTheEmptyChallenge() throws {
        var exchange = try login(.plain)
        #expect(try exchange.respond(to: []) == plain)
        #expect(throws: WireError.self) { try exchange.respond(to: []) }
    }

    /// The order is fixed, whatever the prompts say.
    @Test(arguments: [
        ["Username:", "Password:"], ["", ""], ["Password:", "Username:"], ["User Name\0", "Password\0"],
    ])
    func loginSaysUserThenPassword(_ prompts: [String]) throws {
        var exchange = try login(.login)
        #expect(exchange.takeInitialResponse() == nil)
        let answers = try prompts.map { try exchange.respond(to: Array($0.utf8)) }
        #expect(answers == [Array("ana".utf8), Array("p\u{e9} \"x\"".utf8)])
        #expect(throws: WireError.self) { try exchange.respond(to: []) }
    }

    @Test(arguments: [SASLMechanism.plain, .scramSHA1, .scramSHA256, .xoauth2, .oauthBearer])
    func whatDoesNotFitTheCommandAnswersTheFirstChallenge(_ mechanism: SASLMechanism) throws {
        var whole = try login(mechanism, password: "secret")
        let taken = whole.takeInitialResponse()
        let initial = try #require(taken)
        let encoded = Base64.encode(initial).count
        var tight = try login(mechanism, password: "secret")
        #expect(tight.takeInitialResponse(upTo: encoded - 1) == nil)
        #expect(try tight.respond(to: []) == initial)
        var fitting = try login(mechanism, password: "secret")
        #expect(fitting.takeInitialResponse(upTo: encoded) == initial)
    }

    @Test(arguments: SASLMechanism.allCases)
    func noNUL(_ mechanism: SASLMechanism) {
        for (user, password) in [("a\0b", "p"), ("a", "p\0q"), ("\0", ""), ("a", "\0")] {
            #expect {
                try login(mechanism, user: user, password: password)
            } throws: { ($0 as? WireError)?.kind == .argument }
        }
    }

    /// Neither before the dialogue nor in the middle of it.
    @Test(arguments: SASLMechanism.allCases)
    func noTextShowsThePassword(_ mechanism: SASLMechanism) throws {
        var exchange = try login(mechanism, password: "canary")
        let octets = Array("canary".utf8).description.dropFirst().dropLast()
        for _ in 0..<2 {
            var dumped = ""
            dump(exchange, to: &dumped)
            for text in ["\(exchange)", String(describing: exchange), String(reflecting: exchange), dumped] {
                #expect(!text.contains("canary") && !text.contains(octets))
            }
            _ = try? exchange.respond(to: Array("x".utf8))
        }
    }

    // MARK: - Choosing

    private static let all = ["CRAM-MD5", "LOGIN", "OAUTHBEARER", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2"]
    private static let offers: [([String], overTLS: SASLMechanism?, inClear: SASLMechanism?)] = [
        (all, .scramSHA256, .scramSHA256),
        (all.filter { $0 != "SCRAM-SHA-256" }, .scramSHA1, .scramSHA1),
        (["CRAM-MD5", "LOGIN", "PLAIN"], .plain, .cramMD5), (["LOGIN", "PLAIN"], .plain, .plain),
        (["login"], .login, .login), (["plain", "XOAUTH2"], .plain, .plain),
        (["Scram-Sha-256"], .scramSHA256, .scramSHA256),
        (["CRAM-MD5"], nil, .cramMD5), ([], nil, nil),
        (["XOAUTH2", "OAUTHBEARER", "PLAIN-CLIENTTOKEN", "SCRAM-SHA-256-PLUS", "DIGEST-MD5"], nil, nil),
    ]

    @Test(arguments: offers.indices)
    func theBestThatIsOffered(_ index: Int) {
        let (offered, overTLS, inClear) = Self.offers[index]
        #expect(SASLMechanism.choose(from: offered, isEncrypted: true) == overTLS)
        #expect(SASLMechanism.choose(from: offered, isEncrypted: false) == inClear)
    }

    @Test(arguments: SASLMechanism.allCases, [true, false])
    func aPinIsTakenOrNothing(_ pin: SASLMechanism, isEncrypted: Bool) {
        #expect(SASLMechanism.choose(from: Self.all, pinned: pin, isEncrypted: isEncrypted) == pin)
        let others = Self.all.filter { $0 != pin.name }
        #expect(SASLMechanism.choose(from: others, pinned: pin, isEncrypted: isEncrypted) == nil)
    }
}

/// A login of ana, with the digests that the daemon uses.
func login(
    _ mechanism: SASLMechanism, user: String = "ana", password: String = "p\u{e9} \"x\"", nonce: String = "chance",
    host: String = "mail.acme.example", port: Int = 993
) throws -> SASLExchange {
    // A token is visible ASCII.
    let secret = mechanism.takesToken ? password.replacing("p\u{e9} \"x\"", with: "token") : password
    return try SASLExchange(
        mechanism, SASLAccount(user: user, secret: Secret(secret), host: host, port: port), nonce: nonce,
        digests: OpenSSLDigests())
}

extension SASLExchange {
    /// The same in text.
    mutating func answer(_ challenge: String) throws -> String { String(wire: try respond(to: Array(challenge.utf8))) }
}
