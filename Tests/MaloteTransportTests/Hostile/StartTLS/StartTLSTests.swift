// The fifteen classes of attacks on STARTTLS, through the doors that the daemon uses.

import MaloteCore
import MaloteTestKit
import MaloteTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct StartTLSTests {
    @Test func everyClassIsTriedOrHasAReasonForEveryProtocol() {
        #expect(Attack.classes.count == 15)
        for number in 1...15 {
            for kind in Errands.allCases {
                let isTried = Attack.all.contains { $0.number == number && $0.kind == kind }
                let isExcused = Attack.inapplicable.contains { $0.number == number && $0.kind == kind }
                #expect(isTried != isExcused, "\(number) \(kind): \(Attack.classes[number] ?? "")")
            }
        }
    }

    @Test(arguments: Attack.all) func isNotTricked(_ attack: Attack) async throws {
        let visits = Notes()
        let evil = try LoopbackListener { _ in visits.add("somebody") }
        let errand = try attack.kind.make(.starttls, attack.identity) { attack.move($0, evilPort: evil.port) }
        let proxy = try FaultProxy(to: errand.server.port)
        let network = attack.isSilent ? try hastyNetwork() : try sharedNetwork()
        let end = await errand.run(port: proxy.port, network)
        let isAsExpected = attack.ends == Attack.failed ? end != nil : words(end) == attack.ends
        #expect(isAsExpected, "\(words(end)): \(end?.detail ?? "")")
        #expect(errand.complaint(isDone: end == nil) == nil)
        // No octet of the login in the clear, in whatever lines or halves of lines.
        #expect(Self.secrets.flatMap { $0.found(in: proxy.said) } == [])
        #expect(!errand.server.heard.contains { !$0.isSecure && Self.isLogin($0.line) })
        // No octet from before TLS is used, or shown as the server's word.
        #expect(end?.provenWords.contains("EVIL") != true, "\(end?.description ?? "")")
        #expect(!errand.server.heard.contains { $0.line.contains("EVIL") })
        #expect(visits.all.isEmpty)
        try await expectTheUsual(attack, errand, hasEnded: end == nil)
    }

    /// Behind TLS the client says what it says to an honest server, from its first question on.
    private func expectTheUsual(_ attack: Attack, _ errand: any Errand, hasEnded: Bool) async throws {
        let said = Self.secureLines(errand, attack.kind)
        if let line = attack.says { return #expect(said.contains(line), "\(said)") }
        guard hasEnded else { return }
        let honest = try attack.kind.make(.starttls)
        #expect(await honest.run(port: honest.server.port, try sharedNetwork()) == nil)
        #expect(said == Self.secureLines(honest, attack.kind))
    }

    // MARK: - Words

    /// Without IMAP's tags, which are chance, and the goodbye, which nobody waits for.
    private static func secureLines(_ errand: any Errand, _ kind: Errands) -> [String] {
        errand.server.heard.filter(\.isSecure).map(\.line)
            .map { kind == .imap ? String($0.drop { $0 != " " }.dropFirst()) : $0 }
            .filter { !["QUIT", "LOGOUT"].contains($0) }
    }

    private static func isLogin(_ line: String) -> Bool {
        let verbs = ["AUTH", "AUTHENTICATE", "LOGIN", "USER", "PASS", "APOP"]
        return line.uppercased().split(separator: " ").contains { verbs.contains(String($0)) }
    }

    private static let secrets = [Disguises("sesame"), Disguises("reader")]

    @Test func aSecretIsFoundInDisguise() {
        for text in ["sesame", "\0reader\0sesame", "x\0reader\0sesame", "ab sesame", "abc sesame"] {
            #expect(Self.secrets[0].found(in: Base64.encode(Array(text.utf8))).count == 1, "\(text)")
        }
        #expect(Self.secrets[0].found(in: Base64.encode(Array("nothing is to be found here".utf8))).isEmpty)
    }
}

extension Failure {
    /// Without what is marked as said in the clear.
    fileprivate var provenWords: String {
        guard let mark = detail.firstRange(of: "in the clear: ") else { return description }
        return detail[..<mark.lowerBound] + remedy
    }
}
