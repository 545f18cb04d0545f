// What somebody in the middle can do to an SMTP client's STARTTLS (RFC 3207).

extension Attack {
    private static let refused = "operator-needed starttls"

    private static func smtp(_ number: Int, _ name: String, ends: String = "fine", _ change: (inout Attack) -> Void)
        -> Attack
    { Attack(number, .smtp, name, ends: ends).with(change) }

    private static func told(_ extensions: String...) -> Move {
        .say("250-here\r\n" + extensions.map { "250-\($0)\r\n" }.joined() + "250 HELP\r\n")
    }

    static let smtp = [
        smtp(1, "not offered", ends: refused) { $0.question = told("AUTH PLAIN") },
        smtp(1, "misspelt", ends: refused) { $0.question = told("XXXXXXXA", "AUTH PLAIN") },
        smtp(2, "454", ends: refused) { $0.upgrade = .say("454 4.7.0 EVIL\r\n") },
        smtp(2, "500", ends: refused) { $0.upgrade = .say("500 5.5.1 EVIL\r\n") },
        smtp(2, "554", ends: refused) { $0.upgrade = .say("554 5.7.3 EVIL\r\n") },
        smtp(4, "with it", ends: refused) { $0.upgrade = .say("220 go\r\n250 AUTH EVIL\r\n") },
        smtp(4, "in the handshake's place", ends: refused) {
            $0.upgrade = .upgradeInTheClear("220 go\r\n", "250-here\r\n250 AUTH EVIL\r\n")
        },
        smtp(5, "EHLO is not known, HELO is", ends: refused) { $0.question = .say("502 5.5.1 EVIL\r\n") },
        smtp(6, "other extensions") { $0.question = told("STARTTLS", "SIZE 1", "AUTH EVIL", "CHUNKING", "DSN") },
        smtp(8, "greeting, extensions and go-ahead") {
            $0.greeting = .say("220-EVIL\r\n220 EVIL\r\n")
            $0.question = .say("250-EVIL\r\n250 STARTTLS\r\n")
            $0.upgrade = .upgrade("220 2.0.0 EVIL\r\n")
        },
        smtp(8, "a refusal", ends: refused) { $0.upgrade = .say("454 4.7.0 call EVIL\r\n") },
        smtp(8, "a refused connection", ends: "transient rejected") { $0.greeting = .end("554 5.7.1 EVIL\r\n") },
        smtp(10, "every login is offered in the clear") {
            $0.question = told("STARTTLS", "AUTH PLAIN LOGIN CRAM-MD5", "AUTH=PLAIN")
        },
        smtp(12, "nothing is said behind it") { _ in },
        smtp(13, "it is offered again") {
            $0.secure["EHLO"] =
                "250-here\r\n250-STARTTLS\r\n250-SIZE 1000000\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n"
        },
        smtp(14, "454, then 220", ends: refused) { $0.upgrade = .upgrade("454 EVIL\r\n220 go\r\n") },
        smtp(14, "220, then 454", ends: refused) { $0.upgrade = .upgrade("220 go\r\n454 EVIL\r\n") },
        smtp(14, "another yes", ends: refused) { $0.upgrade = .upgrade("250 EVIL\r\n") },
        smtp(14, "421", ends: "transient throttled") { $0.upgrade = .end("421 4.7.0 EVIL\r\n") },
        smtp(15, "logged in, sender given") { $0.upgrade = .upgrade("220 2.7.0 EVIL authenticated, sender ok\r\n") },
    ]
}
