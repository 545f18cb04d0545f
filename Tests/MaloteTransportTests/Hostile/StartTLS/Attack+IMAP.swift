// What somebody in the middle can do to an IMAP client's STARTTLS (RFC 9051 §6.2.1).

extension Attack {
    private static let refused = "operator-needed starttls"

    private static func imap(_ number: Int, _ name: String, ends: String = "fine", _ change: (inout Attack) -> Void)
        -> Attack
    { Attack(number, .imap, name, ends: ends).with(change) }

    private static func told(_ capabilities: String) -> Move {
        .say("* CAPABILITY \(capabilities)\r\n<tag> OK done\r\n")
    }

    static let imap = [
        imap(1, "not offered", ends: refused) { $0.question = told("IMAP4rev1 AUTH=PLAIN") },
        imap(1, "not offered by the greeting", ends: refused) {
            $0.greeting = .say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n")
            $0.question = told("IMAP4rev1 AUTH=PLAIN")
        },
        imap(2, "NO", ends: refused) { $0.upgrade = .say("<tag> NO EVIL\r\n") },
        imap(2, "BAD", ends: refused) { $0.upgrade = .say("<tag> BAD EVIL\r\n") },
        imap(3, "PREAUTH", ends: refused) { $0.greeting = .say("* PREAUTH EVIL\r\n") },
        imap(3, "PREAUTH that offers it", ends: refused) {
            $0.greeting = .say("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] EVIL\r\n")
        },
        imap(4, "with it", ends: refused) { $0.upgrade = .say("<tag> OK go\r\n* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n") },
        imap(4, "in the handshake's place", ends: refused) {
            $0.upgrade = .upgradeInTheClear("<tag> OK go\r\n", "* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n")
        },
        imap(5, "BAD", ends: refused) { $0.question = .say("<tag> BAD EVIL\r\n") },
        imap(5, "NO", ends: refused) { $0.question = .say("<tag> NO EVIL\r\n") },
        imap(6, "other mechanisms") {
            $0.greeting = .say("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=EVIL LITERAL+] hi\r\n")
            $0.question = told("IMAP4rev1 STARTTLS AUTH=EVIL LITERAL+ ESEARCH MOVE")
        },
        imap(6, "what is gone behind TLS") {
            $0.question = told("IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR")
            $0.secure["CAPABILITY"] = "* CAPABILITY IMAP4rev1\r\n<tag> OK done\r\n"
            $0.says = "LOGIN \"reader\" \"sesame\""
        },
        imap(7, "a folder and a mail") {
            $0.upgrade = .upgrade(
                "* 9 EXISTS\r\n* SEARCH 99\r\n* OK [UIDVALIDITY 666] EVIL\r\n"
                    + "* 1 FETCH (UID 1 BODY[] \"Subject: EVIL\")\r\n<tag> OK go\r\n")
        },
        imap(7, "with the capabilities") {
            $0.question = .say(
                "* 1 FETCH (UID 1 BODY[] \"EVIL\")\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\n<tag> OK EVIL\r\n")
        },
        imap(8, "ALERT") {
            $0.greeting = .say("* OK [ALERT] EVIL\r\n")
            $0.upgrade = .upgrade("* NO [ALERT] EVIL\r\n<tag> OK [ALERT] EVIL\r\n")
        },
        imap(8, "ALERT with a refusal", ends: refused) { $0.upgrade = .say("<tag> NO [ALERT] EVIL\r\n") },
        imap(8, "ALERT with a goodbye", ends: "transient rejected") { $0.greeting = .end("* BYE [ALERT] EVIL\r\n") },
        imap(9, "the greeting's", ends: "transient rejected") {
            $0.greeting = .end("* BYE [REFERRAL imap://localhost:<evil>/] EVIL\r\n")
        },
        imap(9, "the go-ahead's", ends: refused) {
            $0.upgrade = .say("<tag> NO [REFERRAL imap://localhost:<evil>/] EVIL\r\n")
        },
        imap(9, "the login's", ends: failed) {
            $0.secure["AUTHENTICATE"] = "<tag> NO [REFERRAL imap://localhost:<evil>/] moved\r\n"
        },
        imap(9, "the folder's", ends: failed) {
            $0.secure["SELECT"] = "<tag> NO [REFERRAL imap://localhost:<evil>/INBOX] moved\r\n"
        },
        imap(10, "every login is offered in the clear") {
            $0.question = told("IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 SASL-IR")
        },
        imap(10, "LOGINDISABLED behind TLS", ends: "operator-needed auth-unsupported") {
            $0.secure["CAPABILITY"] = "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n<tag> OK done\r\n"
        },
        imap(12, "nothing is said behind it") { _ in },
        imap(13, "it is offered again") {
            $0.secure["CAPABILITY"] = "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR UIDPLUS\r\n<tag> OK done\r\n"
        },
        imap(14, "a wrong tag", ends: "transient silent-peer") {
            $0.upgrade = .mute("Z999Z OK EVIL\r\n")
            $0.isSilent = true
        },
        imap(14, "NO, then OK", ends: refused) { $0.upgrade = .upgrade("<tag> NO EVIL\r\n<tag> OK go\r\n") },
        imap(14, "OK, then NO", ends: refused) { $0.upgrade = .upgrade("<tag> OK go\r\n<tag> NO EVIL\r\n") },
        imap(14, "BYE", ends: "transient rejected") { $0.upgrade = .end("* BYE EVIL\r\n") },
        imap(15, "logged in, folder open") {
            $0.upgrade = .upgrade("* 0 EXISTS\r\n<tag> OK [READ-WRITE] EVIL logged in, INBOX selected\r\n")
        },
    ]
}
