// One attack on STARTTLS as data: what is said in the clear, and how it must end; plays nothing.

import MaloteTransport
import Testing

/// The numbers are those of the fifteen classes that `Attack.classes` names.
struct Attack: Sendable, CustomTestStringConvertible {
    var number: Int
    var kind: Errands
    var name: String
    /// Said in the clear in an honest answer's place: the greeting, the answer to CAPABILITY, CAPA or EHLO, and that to
    /// STARTTLS. `<tag>` is the command's; `EVIL` must never be heard of again; `<evil>` is another server's port.
    var greeting: Move?
    var question: Move?
    var upgrade: Move?
    /// Said behind TLS, by command.
    var secure: [String: String] = [:]
    var identity = Certificates.here
    var ends = "fine"
    /// A line that the client must say behind TLS; by default it says there what it always says.
    var says: String?
    /// It ends by our patience.
    var isSilent = false

    var testDescription: String { "\(number) \(kind.rawValue): \(name)" }

    init(_ number: Int, _ kind: Errands, _ name: String, ends: String = "fine") {
        self.number = number
        self.kind = kind
        self.name = name
        self.ends = ends
    }

    func with(_ change: (inout Attack) -> Void) -> Attack {
        var attack = self
        change(&attack)
        return attack
    }

    /// The attacker's move, if this is his turn.
    func move(_ cue: Cue, evilPort: Int) -> Move? {
        let move: Move? =
            switch cue.command {
            case _ where cue.isSecure: secure[cue.command].map { .say($0) }
            case "GREETING": greeting
            case "CAPABILITY", "CAPA", "EHLO": question
            case "STARTTLS", "STLS": upgrade
            default: nil
            }
        return move?.replacing { $0.replacing("<tag>", with: cue.tag).replacing("<evil>", with: "\(evilPort)") }
    }

    /// It must end, and behind TLS what that is called is not what an attack is about.
    static let failed = "failed"

    /// The classes of the Münster study (USENIX Security 2021, "Why TLS is better without STARTTLS").
    static let classes = [
        1: "the offer is taken away", 2: "the command is refused", 3: "PREAUTH greeting",
        4: "words behind the go-ahead", 5: "the requirement is skipped when the question fails",
        6: "capabilities from before TLS", 7: "mailbox data from before TLS",
        8: "ALERT and other texts from before TLS",
        9: "referrals", 10: "credentials before TLS, LOGINDISABLED", 11: "the certificate goes unchecked",
        12: "commands behind STARTTLS", 13: "STARTTLS a second time", 14: "wrong tag, two answers, BYE",
        15: "session state from before TLS",
    ]

    /// Classes that a protocol knows nothing of, and why.
    static let inapplicable: [(number: Int, kind: Errands, reason: String)] = [
        (3, .pop3, "RFC 1939 §4: a session begins in the AUTHORIZATION state, whatever the greeting says"),
        (3, .smtp, "RFC 4954 §4: nobody is authenticated before AUTH has succeeded"),
        (7, .pop3, "RFC 1939 §3: data come only in answer to a command"),
        (7, .smtp, "RFC 5321 §4.2: replies carry no data of a mailbox"),
        (9, .pop3, "no reply of RFC 1939 or RFC 2449 names another server"),
        (9, .smtp, "RFC 5321 §3.4: 251 and 551 name an address, and are read as a plain yes and no"),
    ]

    static let all = imap + pop3 + smtp + certificates
}

extension Attack {
    private static let certificates = Errands.allCases.flatMap { kind in
        [
            ("another name", Certificates.elsewhere), ("expired", Certificates.expired),
            ("signed by itself", Certificates.stranger),
        ].map { name, identity in
            Attack(11, kind, name, ends: "operator-needed certificate").with { $0.identity = identity }
        }
    }
}

extension Move {
    func replacing(_ change: (String) -> String) -> Move {
        switch self {
        case .say(let text): .say(change(text))
        case .upgrade(let text): .upgrade(change(text))
        case .upgradeInTheClear(let text, let rest): .upgradeInTheClear(change(text), change(rest))
        case .end(let text): .end(change(text))
        case .mute(let text): .mute(change(text))
        }
    }
}
