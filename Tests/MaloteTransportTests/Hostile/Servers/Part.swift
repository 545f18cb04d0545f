// How a test's server plays its part and how a test changes it; knows no protocol.

import MaloteTransport

/// What a server does next.
enum Move: Sendable {
    case say(String)
    /// Says it, then starts TLS.
    case upgrade(String)
    /// Says it, then closes.
    case end(String)
    /// Says it, waits for the client's next octets, says the rest in the clear, whatever they were, and closes.
    case upgradeInTheClear(String, String)
    /// Says it, then nothing more, ever.
    case mute(String)
}

/// One turn of a server: what it heard, and what an honest one does.
struct Cue: Sendable {
    /// The verb of what was said, in capitals; `GREETING` before anything was.
    var command: String
    /// As it was said, an IMAP tag left out.
    var line = ""
    /// An IMAP tag, or empty.
    var tag = ""
    var isSecure = false
    var move: Move

    /// What an honest server says.
    var answer: String {
        switch move {
        case .say(let text), .upgrade(let text), .end(let text), .mute(let text): text
        case .upgradeInTheClear(let text, _): text
        }
    }
}

/// What a test puts in an honest move's place; `nil` leaves it.
typealias Twist = @Sendable (Cue) -> Move?

/// A server's side of one connection.
protocol Part {
    mutating func greet() -> String
    /// - Returns: `nil` for a line that gets no answer.
    mutating func hear(_ line: String, isSecure: Bool) -> Cue?
}

extension Part {
    /// Plays it to its end.
    func perform(with peer: Peer, twist: Twist) {
        var part = self
        var cue: Cue? = Cue(command: "GREETING", isSecure: peer.isSecure, move: .say(part.greet()))
        while true {
            if let cue, !Self.make(twist(cue) ?? cue.move, with: peer) { return }
            guard let line = peer.line() else { return }
            cue = part.hear(line, isSecure: peer.isSecure)
        }
    }

    /// - Returns: whether the connection goes on.
    private static func make(_ move: Move, with peer: Peer) -> Bool {
        switch move {
        case .say(let text):
            peer.say(text)
            return true
        case .upgrade(let text):
            // Nobody may have said anything behind the command yet: it would have been said in the clear.
            guard peer.hasReadAll else { return false }
            peer.say(text)
            return peer.startTLS()
        case .end(let text):
            peer.say(text)
            return false
        case .upgradeInTheClear(let text, let rest):
            peer.say(text)
            if !peer.read().isEmpty { peer.say(rest) }
            peer.linger()
            return false
        case .mute(let text):
            peer.say(text)
            peer.linger()
            return false
        }
    }
}
