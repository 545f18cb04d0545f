// An IMAP server's octets, whatever they are; limits are small, so that they are met.

import MaloteTestKit
import MaloteWire

enum IMAPFuzz {
    private static let limits = IMAPFramer.Limits(line: 2000, inline: 32, literal: 300, response: 4000)

    static func complaint(about octets: [UInt8]) -> String? {
        let framer = IMAPFramer(limits: limits, wants: IMAPResponseParser.breaksOffAtBody)
        if let complaint = framer.complaintAboutCuts(octets) { return complaint }
        for command in ["NOOP", "AUTHENTICATE"] {
            var conversation = IMAPConversation(tagPrefix: "t", limits: limits)
            guard (try? conversation.start(IMAPCommand(command))) != nil else { return "\(command) cannot be sent." }
            if let complaint = conversation.complaintAboutCuts(octets) { return complaint }
            if let complaint = complaintAboutSteps(conversation.trace([octets[...]]).steps) { return complaint }
        }
        return nil
    }

    /// Octets belong to the FETCH that follows them, and there are as many as it says.
    private static func complaintAboutSteps(_ steps: [IMAPConversation.Step]) -> String? {
        var streamed: Int?
        for step in steps {
            switch step {
            case .octets(let octets): streamed = (streamed ?? 0) + octets.count
            case .untagged(.fetch(let fetch)):
                if case .streamed(let count) = fetch.body {
                    guard streamed == count else { return "A body of \(count) octets came as \(streamed ?? 0)." }
                } else if streamed != nil {
                    return "Octets came for a FETCH that has no body of theirs."
                }
                streamed = nil
            default:
                guard streamed == nil else { return "Octets came for what is no FETCH." }
            }
            if case .completed(let status) = step {
                _ = IMAPVerdict.failure(status, command: "NOOP")
                _ = IMAPVerdict.loginFailure(status, user: "ana")
            }
        }
        return nil
    }
}
