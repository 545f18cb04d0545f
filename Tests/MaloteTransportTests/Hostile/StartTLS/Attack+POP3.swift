// What somebody in the middle can do to a POP3 client's STLS (RFC 2595 §4).

extension Attack {
    private static let refused = "operator-needed starttls"

    private static func pop3(_ number: Int, _ name: String, ends: String = "fine", _ change: (inout Attack) -> Void)
        -> Attack
    { Attack(number, .pop3, name, ends: ends).with(change) }

    private static func told(_ capabilities: String...) -> Move {
        .say("+OK\r\n" + capabilities.map { $0 + "\r\n" }.joined() + ".\r\n")
    }

    static let pop3 = [
        pop3(1, "not offered", ends: refused) { $0.question = told("USER", "SASL PLAIN") },
        pop3(2, "-ERR", ends: refused) { $0.upgrade = .say("-ERR EVIL\r\n") },
        pop3(2, "-ERR with a code", ends: refused) { $0.upgrade = .say("-ERR [SYS/TEMP] EVIL\r\n") },
        pop3(4, "with it", ends: refused) { $0.upgrade = .say("+OK go\r\n+OK EVIL\r\n") },
        pop3(4, "in the handshake's place", ends: refused) {
            $0.upgrade = .upgradeInTheClear("+OK go\r\n", "+OK EVIL\r\n")
        },
        pop3(5, "-ERR", ends: refused) { $0.question = .say("-ERR EVIL\r\n") },
        pop3(6, "other mechanisms") { $0.question = told("STLS", "SASL EVIL", "PIPELINING", "USER") },
        pop3(6, "what is gone behind TLS") {
            $0.question = told("STLS", "SASL PLAIN")
            $0.secure["CAPA"] = "+OK\r\nUSER\r\nUIDL\r\n.\r\n"
            $0.says = "USER reader"
        },
        pop3(8, "greeting and go-ahead") {
            $0.greeting = .say("+OK EVIL\r\n")
            $0.upgrade = .upgrade("+OK EVIL\r\n")
        },
        pop3(8, "a refusal", ends: refused) { $0.upgrade = .say("-ERR call EVIL\r\n") },
        pop3(8, "a refused connection", ends: "transient rejected") { $0.greeting = .end("-ERR EVIL\r\n") },
        pop3(10, "every login is offered in the clear") {
            $0.greeting = .say("+OK <1896.697170952@here> ready for APOP\r\n")
            $0.question = told("STLS", "USER", "SASL PLAIN LOGIN CRAM-MD5")
        },
        pop3(12, "nothing is said behind it") { _ in },
        pop3(13, "it is offered again") {
            $0.secure["CAPA"] = "+OK\r\nSTLS\r\nSASL PLAIN\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n"
        },
        pop3(14, "-ERR, then +OK", ends: refused) { $0.upgrade = .upgrade("-ERR EVIL\r\n+OK go\r\n") },
        pop3(14, "+OK, then -ERR", ends: refused) { $0.upgrade = .upgrade("+OK go\r\n-ERR EVIL\r\n") },
        pop3(14, "no answer at all", ends: "transient silent-peer") {
            $0.upgrade = .mute("EVIL\r\n")
            $0.isSilent = true
        },
        pop3(14, "the answer before the question", ends: refused) {
            $0.greeting = .say("+OK hi\r\n+OK\r\nSTLS\r\n.\r\n+OK EVIL\r\n")
        },
        pop3(15, "logged in, maildrop open") { $0.upgrade = .upgrade("+OK EVIL maildrop has 0 messages\r\n") },
    ]
}
