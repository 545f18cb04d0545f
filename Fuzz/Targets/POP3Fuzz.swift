// A POP3 server's octets; the first of them says what is expected of it.

import MaloteTestKit
import MaloteWire

enum POP3Fuzz {
    static func complaint(about octets: [UInt8]) -> String? {
        guard let first = octets.first else { return nil }
        let rest = Array(octets.dropFirst())
        guard let conversation = conversation(first) else { return "A command cannot be sent." }
        if let complaint = conversation.complaintAboutCuts(rest) { return complaint }
        let whole = conversation.trace([rest[...]])
        for reply in whole.steps where !reply.isPositive {
            _ = POP3Verdict.failure(reply, command: "RETR")
            _ = POP3Verdict.loginFailure(reply, user: "ana")
        }
        return complaintAboutDraining(conversation, rest, whole.steps)
    }

    /// Two bits for each of four replies.
    private static func conversation(_ plan: UInt8) -> POP3Conversation? {
        var conversation = POP3Conversation()
        conversation.expectGreeting()
        for place in 0..<4 {
            let answer: (String, POP3Conversation.Answer) =
                switch plan >> (2 * UInt8(place)) & 3 {
                case 0: ("NOOP", .line)
                case 1: ("RETR 1", .lines(limit: 64))
                case 2: ("RETR 1", .lines(limit: 1 << 20))
                default: ("AUTH PLAIN", .line)
                }
            guard (try? conversation.command(answer.0, answer: answer.1)) != nil else { return nil }
        }
        return conversation
    }

    /// What is drained on the way, and what is left, are the content.
    private static func complaintAboutDraining(
        _ conversation: POP3Conversation, _ octets: [UInt8], _ replies: [POP3Conversation.Reply]
    ) -> String? {
        var conversation = conversation
        var contents: [[UInt8]] = []
        var drained: [UInt8] = []
        do throws(WireError) {
            for octet in octets {
                conversation.feed(CollectionOfOne(octet))
                while let reply = try conversation.next() {
                    if let content = reply.content { contents.append(drained + content) }
                    drained = []
                }
                drained += conversation.drain()
            }
        } catch {
            // What was understood before counts.
        }
        return contents == replies.compactMap(\.content) ? nil : "What was drained is not the content."
    }
}
