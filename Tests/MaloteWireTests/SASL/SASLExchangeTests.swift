// Login dialogues: who says what, and when it is over.

import MaloteCore
import MaloteWire
import Testing

@Suite struct SASLExchangeTests {
    private func exchange(_ mechanism: SASLExchange.Mechanism) throws -> SASLExchange {
        try SASLExchange(mechanism, user: "ana", password: Secret("p\u{e9} \"x\""))
    }

    private let plain = Array("\0ana\0p\u{e9} \"x\"".utf8)

    @Test func plainSaysAllAtOnce() throws {
        var exchange = try exchange(.plain)
        #expect(exchange.initialResponse == plain)
        #expect(throws: WireError.self) { try exchange.respond(to: [], sentInitial: true) }
    }

    @Test func plainWaitsForTheEmptyChallenge() throws {
        var exchange = try exchange(.plain)
        #expect(try exchange.respond(to: [], sentInitial: false) == plain)
        #expect(throws: WireError.self) { try exchange.respond(to: [], sentInitial: false) }
    }

    /// The order is fixed, whatever the prompts say.
    @Test(arguments: [
        ["Username:", "Password:"], ["", ""], ["Password:", "Username:"], ["User Name\0", "Password\0"],
    ])
    func loginSaysUserThenPassword(_ prompts: [String]) throws {
        var exchange = try exchange(.login)
        #expect(exchange.initialResponse == nil)
        let answers = try prompts.map { try exchange.respond(to: Array($0.utf8), sentInitial: false) }
        #expect(answers == [Array("ana".utf8), Array("p\u{e9} \"x\"".utf8)])
        #expect(throws: WireError.self) { try exchange.respond(to: [], sentInitial: false) }
    }

    @Test(arguments: SASLExchange.Mechanism.allCases)
    func noNUL(_ mechanism: SASLExchange.Mechanism) {
        for (user, password) in [("a\0b", "p"), ("a", "p\0q"), ("\0", ""), ("a", "\0")] {
            #expect {
                try SASLExchange(mechanism, user: user, password: Secret(password))
            } throws: { ($0 as? WireError)?.kind == .argument }
        }
    }

    @Test(
        arguments: [
            (["LOGIN", "PLAIN"], .plain), (["login"], .login), (["plain", "XOAUTH2"], .plain), ([], nil),
            (["CRAM-MD5", "XOAUTH2", "PLAIN-CLIENTTOKEN"], nil),
        ] as [([String], SASLExchange.Mechanism?)])
    func theBestThatIsOffered(_ offered: [String], _ best: SASLExchange.Mechanism?) {
        #expect(SASLExchange.best(of: offered) == best)
    }

    @Test func noTextShowsThePassword() throws {
        let exchange = try exchange(.plain)
        for text in ["\(exchange)", String(describing: exchange), String(reflecting: exchange)] {
            #expect(!text.contains("p\u{e9}"))
        }
    }
}
