// SCRAM: the RFCs' own dialogues, and servers that are not who they say.

import MaloteCore
import MaloteTestKit
import MaloteWire
import Testing

@Suite struct SCRAMTests {
    struct Dialogue: Sendable, CustomTestStringConvertible {
        var mechanism: SASLMechanism
        var nonce: String
        var clientFirst: String
        var serverFirst: String
        var clientFinal: String
        var serverFinal: String
        var testDescription: String { mechanism.name }
    }

    static let dialogues = [
        // RFC 5802 §5
        Dialogue(
            mechanism: .scramSHA1, nonce: "fyko+d2lbbFgONRv9qkxdawL",
            clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            clientFinal: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="),
        // RFC 7677 §3
        Dialogue(
            mechanism: .scramSHA256, nonce: "rOprNGfwEbeRWgbNEkqO", clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
            serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            clientFinal: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
    ]

    private func opened(_ dialogue: Dialogue) throws -> SASLExchange {
        var exchange = try login(dialogue.mechanism, user: "user", password: "pencil", nonce: dialogue.nonce)
        #expect(try exchange.answer("") == dialogue.clientFirst)
        return exchange
    }

    @Test(arguments: dialogues)
    func theDialogueOfTheRFC(_ dialogue: Dialogue) throws {
        var exchange = try opened(dialogue)
        #expect(!exchange.isSettled)
        #expect(try exchange.answer(dialogue.serverFirst) == dialogue.clientFinal)
        #expect(!exchange.isSettled)
        #expect(try exchange.answer(dialogue.serverFinal).isEmpty)
        #expect(exchange.isSettled && exchange.refusal == nil)
        #expect { try exchange.answer("") } throws: { ($0 as? WireError)?.kind == .unexpected }
    }

    @Test(arguments: dialogues)
    func extensionsThatMayBePassedOverAre(_ dialogue: Dialogue) throws {
        var exchange = try opened(dialogue)
        _ = try exchange.answer(dialogue.serverFirst + ",x=any thing")
        // What the server has signed is all that it has said.
        #expect { try exchange.answer(dialogue.serverFinal) } throws: { ($0 as? WireError)?.kind == .untrusted }
        exchange = try opened(dialogue)
        _ = try exchange.answer(dialogue.serverFirst)
        #expect(try exchange.answer(dialogue.serverFinal + ",x=any thing").isEmpty)
        #expect(exchange.isSettled)
    }

    @Test(arguments: dialogues)
    func anotherPasswordHasAnotherProof(_ dialogue: Dialogue) throws {
        var exchange = try login(dialogue.mechanism, user: "user", password: "pencils", nonce: dialogue.nonce)
        _ = try exchange.answer("")
        #expect(try exchange.answer(dialogue.serverFirst) != dialogue.clientFinal)
        #expect { try exchange.answer(dialogue.serverFinal) } throws: { ($0 as? WireError)?.kind == .untrusted }
        #expect(!exchange.isSettled)
    }

    // MARK: - Servers that cannot prove themselves

    @Test(
        arguments: dialogues,
        [
            "", "v=", "v=AAAA", "v=rmF9pqV8S7suAoZWja4dJRkFsKU=", "v=AriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "V=",
            "ok",
            // The right one, cut short.
            "v=rmF9pqV8S7suAoZWja4dJRkF", "v=6rriTRBi23WpRR/w",
        ])
    func aWrongSignatureIsRefused(_ dialogue: Dialogue, final: String) throws {
        var exchange = try opened(dialogue)
        _ = try exchange.answer(dialogue.serverFirst)
        #expect { try exchange.answer(final) } throws: { ($0 as? WireError)?.kind == .untrusted }
        #expect(!exchange.isSettled)
    }

    @Test(arguments: dialogues)
    func theOtherDigestsSignatureIsRefused(_ dialogue: Dialogue) throws {
        for other in Self.dialogues where other.mechanism != dialogue.mechanism {
            var exchange = try opened(dialogue)
            _ = try exchange.answer(dialogue.serverFirst)
            #expect { try exchange.answer(other.serverFinal) } throws: { ($0 as? WireError)?.kind == .untrusted }
        }
    }

    private static let firsts: [(String, WireError.Kind)] = [
        // Nonces that are not ours, or ours with nothing of the server's.
        ("r=other,s=QSXC,i=4096", .untrusted), ("r=chance,s=QSXC,i=4096", .untrusted),
        ("r=Chance1,s=QSXC,i=4096", .untrusted), ("r=,s=QSXC,i=4096", .untrusted),
        ("r=1chance,s=QSXC,i=4096", .untrusted),
        // Iteration counts: too few, too many, no number.
        ("r=chance1,s=QSXC,i=0", .limit), ("r=chance1,s=QSXC,i=1", .limit), ("r=chance1,s=QSXC,i=4095", .limit),
        ("r=chance1,s=QSXC,i=100001", .limit), ("r=chance1,s=QSXC,i=4294967296", .limit),
        ("r=chance1,s=QSXC,i=99999999999999999999999999", .limit), ("r=chance1,s=QSXC,i=-4096", .malformed),
        ("r=chance1,s=QSXC,i=+4096", .malformed), ("r=chance1,s=QSXC,i=", .malformed),
        ("r=chance1,s=QSXC,i=4096x", .malformed), ("r=chance1,s=QSXC,i=4096 ", .malformed),
        // Salt and shape.
        ("r=chance1,s=,i=4096", .malformed), ("r=chance1,s=QSX,i=4096", .malformed), ("r=chance1,i=4096", .malformed),
        ("s=QSXC,r=chance1,i=4096", .malformed), ("r=chance1,s=QSXC", .malformed), ("", .malformed), (",,", .malformed),
        ("e=other-error", .malformed), ("r=chance1,s=QSXC,i=4096\n", .malformed),
        ("r=chance\u{e9},s=QSXC,i=4096", .malformed),
        // A mandatory extension is mandatory.
        ("m=x,r=chance1,s=QSXC,i=4096", .unexpected),
    ]

    @Test(arguments: firsts.indices, [SASLMechanism.scramSHA1, .scramSHA256])
    func aWrongChallengeIsRefused(_ index: Int, _ mechanism: SASLMechanism) throws {
        let (first, kind) = Self.firsts[index]
        var exchange = try login(mechanism)
        _ = try exchange.answer("")
        #expect { try exchange.answer(first) } throws: { ($0 as? WireError)?.kind == kind }
        #expect(!exchange.isSettled)
    }

    @Test(arguments: [4096, 100_000])
    func theLimitsThemselvesAreAccepted(_ iterations: Int) throws {
        var exchange = try login(.scramSHA256)
        _ = try exchange.answer("")
        #expect(try exchange.answer("r=chance1,s=QSXC,i=\(iterations)").hasPrefix("c=biws,r=chance1,p="))
    }

    @Test(arguments: [
        ("e=invalid-proof", "invalid-proof"), ("e=unknown-user,x=y", "unknown-user"), ("e=", "no reason given"),
        ("e=\u{1b}[2J", "no reason given"), ("e=" + String(repeating: "a", count: 65), "no reason given"),
    ])
    func theServersErrorIsKept(_ final: String, _ word: String) throws {
        var exchange = try login(.scramSHA256)
        _ = try exchange.answer("")
        _ = try exchange.answer("r=chance1,s=QSXC,i=4096")
        #expect(try exchange.answer(final).isEmpty)
        #expect(exchange.refusal == word && !exchange.isSettled)
        #expect(throws: WireError.self) { try exchange.answer("v=") }
    }

    /// RFC 5801 §4: comma and equals sign would end the name.
    @Test(arguments: [
        ("a,b=c", "a=2Cb=3Dc"), ("=2C", "=3D2C"), ("jos\u{e9}", "jos\u{e9}"), ("a@b.example", "a@b.example"),
    ])
    func namesAreEscaped(_ user: String, _ written: String) throws {
        var scram = try login(.scramSHA256, user: user)
        #expect(try scram.answer("") == "n,,n=\(written),r=chance")
        var bearer = try login(.oauthBearer, user: user)
        #expect(try bearer.answer("").hasPrefix("n,a=\(written),\u{1}"))
    }
}
