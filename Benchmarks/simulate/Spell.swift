// A stretch of bad weather at one place, and how long it may be felt after it has passed; pure.

import MaloteCore
import MaloteTestKit

/// One fault of one server, or of the disk that everybody shares.
package struct Spell: Sendable {
    package enum Place: Hashable, Sendable, CustomStringConvertible {
        case inbox(Int64)
        case outbox(Int64)
        case disk

        package var description: String {
            switch self {
            case .inbox(let number): "inbox \(number)"
            case .outbox(let number): "outbox \(number)"
            case .disk: "the disk"
            }
        }
    }

    package enum Fault: String, Sendable, CaseIterable {
        // The server cannot be used at all.
        case refuses, breaksTLS = "breaks TLS", wrongCertificate = "shows a wrong certificate"
        case refusesLogin = "refuses the login", throttles, mute = "is mute"
        // It can, but badly.
        case slow = "is slow", resets = "resets connections"
        case losesQuit = "loses QUIT", marksNothing = "marks nothing"
        case hangsInMessage = "hangs in messages", hangsAfterDot = "hangs after the final dot"
        case losesAnswers = "loses answers", goodbyes = "says goodbye after each message"
        case greylists, rejects
        case drips
        case full = "is full"

        static let inbox: [Fault] = [
            .refuses, .breaksTLS, .wrongCertificate, .refusesLogin, .throttles, .mute, .slow, .resets, .losesQuit,
            .marksNothing,
        ]
        /// Within what a session waits for any answer, for ever.
        static let drip = Duration.seconds(290)
        static let outbox: [Fault] = [
            .refuses, .breaksTLS, .wrongCertificate, .refusesLogin, .throttles, .mute, .slow, .resets, .hangsInMessage,
            .hangsAfterDot, .losesAnswers, .goodbyes, .greylists, .rejects,
        ]

        /// Whether no connection can be used: what counts is then how often it is tried.
        var isDead: Bool { failure != nil && self != .greylists && self != .rejects }

        var failure: Failure? {
            switch self {
            case .refuses: Failure(.transient, .connect, "Nobody listens.")
            case .breaksTLS: Failure(.transient, .tls, "The handshake failed.")
            case .wrongCertificate: Failure(.operatorNeeded, .certificate, "It is for another name.")
            case .refusesLogin: Failure(.operatorNeeded, .authRefused, "The password is wrong.")
            case .throttles: Failure(.transient, .throttled, "Too many connections.")
            case .greylists:
                Failure(.transient, .greylisted, "Later.", reply: ProtocolReply(code: 451, text: "Later"))
            case .rejects:
                Failure(.permanent, .rejected, "Never.", reply: ProtocolReply(code: 550, text: "No such user"))
            default: nil
            }
        }
    }

    package var place: Place
    package var fault: Fault
    package var from: Timestamp
    package var to: Timestamp

    /// The longest rest that the fault may cause, as docs/queue.md promises it.
    var longestRest: Duration {
        switch (place, fault) {
        case (_, .refusesLogin): .seconds(3600)
        case (.inbox, .throttles): .seconds(3600)
        case (.outbox, .throttles): .seconds(1800)
        case (.outbox, .resets), (.outbox, .hangsInMessage), (.outbox, .greylists), (.outbox, .hangsAfterDot):
            .seconds(4 * 3600)
        case (.disk, _): .seconds(60)
        // What drips when the spell ends comes to its end first.
        case (_, .drips): Fault.drip + .seconds(300)
        default: .seconds(300)
        }
    }

    /// From its beginning until the last trace of it must have gone.
    /// - Parameter interval: at which the place is polled anyway: no fault makes that more frequent.
    func felt(interval: Duration) -> Range<Timestamp> {
        let rest = max(longestRest, interval)
        return from..<(to + rest + .milliseconds(rest.milliseconds / 10) + .seconds(90))
    }
}

extension FakeInboxServer {
    func suffer(_ fault: Spell.Fault?) {
        change { folder in
            let news = folder.faults.tellsNews
            folder.faults = .init()
            folder.faults.tellsNews = news
            switch fault {
            case .mute: folder.faults.silence = .seconds(45)
            case .slow: folder.faults.slowness = .seconds(4)
            case .drips: folder.faults.drip = Spell.Fault.drip
            case .resets: folder.faults.diesIn = 2
            case .losesQuit: folder.faults.losesQuit = true
            case .marksNothing: folder.faults.settle = Failure(.transient, .rejected, "Not now.")
            default: folder.faults.open = fault?.failure
            }
        }
        // Whoever waits for news finds out.
        if fault?.isDead == true || fault == .mute { dropIdlers() }
    }
}

extension FakeOutboxServer {
    func suffer(_ fault: Spell.Fault?) {
        change { desk in
            desk.faults = .init()
            switch fault {
            case .mute: desk.faults.silence = .seconds(70)
            case .slow: desk.faults.slowness = .seconds(4)
            case .resets: desk.faults.deaths = 100_000
            case .hangsInMessage: desk.faults.silenceInMessage = .seconds(50)
            case .hangsAfterDot: desk.faults.silenceAfterDot = .seconds(600)
            case .losesAnswers: desk.faults.lostAnswers = 3
            case .goodbyes: desk.faults.saysGoodbye = true
            case .greylists, .rejects: desk.faults.refusal = fault?.failure
            default: desk.faults.open = fault?.failure
            }
        }
    }
}
