// A mail server that does STARTTLS and just enough of its protocol to log in, or does it wrong on purpose.

import MaloteTransport

struct MailPeer: Sendable {
    enum Fault: String, Sendable, CaseIterable {
        case none, notOffered, refused, injected, preauthenticated, busy, silent
    }

    var greeter: Endpoint.Greeter
    var fault = Fault.none

    func serve(_ peer: Peer) {
        guard fault != .silent else { return peer.linger() }
        peer.say(greeting)
        guard fault != .busy else { return }
        while let line = peer.line() {
            let words = line.split(separator: " ").map(String.init)
            let tag = greeter == .imap ? (words.first ?? "") + " " : ""
            let command = (greeter == .imap ? words.dropFirst().first : words.first)?.uppercased() ?? ""
            switch command {
            case "STARTTLS", "STLS":
                peer.say(tag + upgrade)
                if fault == .none, !peer.startTLS() { return }
            case "CAPABILITY": peer.say("* CAPABILITY IMAP4rev1 \(capabilities(peer))\r\n\(tag)OK\r\n")
            case "CAPA": peer.say("+OK\r\n\(capabilities(peer))\r\n.\r\n")
            case "EHLO": peer.say("250-here\r\n250 \(capabilities(peer))\r\n")
            case "SELECT": peer.say("* OK [UIDVALIDITY 1] x\r\n\(tag)OK [READ-WRITE] x\r\n")
            case "LOGOUT", "QUIT": return
            default: peer.say(tag + (greeter == .imap ? "OK\r\n" : greeter == .pop3 ? "+OK\r\n" : "235 in\r\n"))
            }
        }
    }

    private var greeting: String {
        switch greeter {
        case .imap:
            fault == .busy
                ? "* BYE Too many connections\r\n" : fault == .preauthenticated ? "* PREAUTH hi\r\n" : "* OK hi\r\n"
        case .pop3: fault == .busy ? "-ERR too many connections\r\n" : "+OK hi\r\n"
        case .smtp: fault == .busy ? "421 4.7.0 too many connections\r\n" : "220 hi\r\n"
        }
    }

    private var upgrade: String {
        let isRefused = fault == .refused
        let extra = fault == .injected ? injected : ""
        return switch greeter {
        case .imap: (isRefused ? "NO not today\r\n" : "OK go\r\n") + extra
        case .pop3: (isRefused ? "-ERR not today\r\n" : "+OK go\r\n") + extra
        case .smtp: (isRefused ? "454 4.7.0 not today\r\n" : "220 go\r\n") + extra
        }
    }

    /// What somebody in the middle would like to be taken for the server's own words.
    private var injected: String {
        switch greeter {
        case .imap: "* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n"
        case .pop3: "+OK evil\r\n"
        case .smtp: "250 AUTH EVIL\r\n"
        }
    }

    private func capabilities(_ peer: Peer) -> String {
        let offer = peer.isSecure || fault == .notOffered ? nil : greeter == .pop3 ? "STLS" : "STARTTLS"
        switch greeter {
        case .imap: return peer.isSecure ? "AUTH=PLAIN SASL-IR" : (offer ?? "AUTH=PLAIN")
        case .pop3: return offer ?? "USER"
        case .smtp: return offer ?? "AUTH PLAIN"
        }
    }
}
