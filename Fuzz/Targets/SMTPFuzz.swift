// An SMTP server's octets, as replies and as the answers to a whole transaction.

import MaloteCore
import MaloteTestKit
import MaloteWire

enum SMTPFuzz {
    static func complaint(about octets: [UInt8]) -> String? {
        let parser = SMTPReplyParser()
        if let complaint = parser.complaintAboutCuts(octets) { return complaint }
        let replies = parser.trace([octets[...]]).steps
        for reply in replies {
            guard (200..<600).contains(reply.code), !reply.lines.isEmpty else {
                return "A reply without code or lines."
            }
            _ = SMTPExtensions(ehlo: reply)
            _ = SMTPVerdict.failure(reply, command: "MAIL")
            _ = SMTPVerdict.loginFailure(reply, user: "ana")
        }
        for isPipelined in [false, true] {
            if let complaint = complaintAboutTransaction(replies, isPipelined) { return complaint }
        }
        return nil
    }

    private static func complaintAboutTransaction(_ replies: [SMTPReply], _ isPipelined: Bool) -> String? {
        let envelope = Envelope(from: "help@acme.example", recipients: ["ana@acme.example", "bea@acme.example"])
        var extensions = SMTPExtensions()
        extensions.pipelining = isPipelined
        guard var transaction = try? SMTPTransaction(envelope, MessageShape(size: 100), extensions: extensions) else {
            return "A plain envelope was refused."
        }
        _ = transaction.start()
        var isContentSent = false
        for reply in replies {
            guard let step = try? transaction.receive(reply), step != .finished else { break }
            if step == .sendContent { isContentSent = true }
        }
        guard transaction.results.count == envelope.recipients.count else { return "Not every recipient has a result." }
        for result in transaction.results where !isContentSent {
            switch result {
            case .sent, .unanswered: return "A message that was never sent is \(result)."
            case .refused, .impossible, .notTried: break
            }
        }
        return nil
    }
}
