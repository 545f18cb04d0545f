// One message's dialogue with a submission server, from MAIL to the answer to the final dot; pure state, no I/O.

import MaloteCore

/// Say `start` to the server, hand every reply to `receive`, and do what it answers until it is `finished`.
///
/// With PIPELINING (RFC 2920) the whole envelope goes in one write and the replies are matched in order.
package struct SMTPTransaction: Sendable {
    package enum Step: Sendable, Hashable {
        case send([UInt8])
        /// Send the message, then the final dot. From the dot on a lost answer leaves the outcome unknown.
        case sendContent
        /// More replies are outstanding.
        case wait
        case finished
    }

    private enum Command: Sendable, Hashable {
        case mail, recipient(Int), data, content, emptyContent, reset
    }

    private let envelope: Envelope
    private let commands: [[UInt8]]
    private let isPipelined: Bool
    /// Commands sent and not yet answered, in order.
    private var outstanding: [Command] = []
    private var nextCommand = 0
    private var sender: SMTPReply?
    private var accepted: [SMTPReply?]
    private var refused: [SMTPReply?]
    private var final: SMTPReply?
    /// The connection serves no other message: 421 may come at any time (RFC 5321 §3.8).
    package private(set) var isClosing = false

    /// - Throws: `WireError.argument` naming an address that cannot be said in a command, or that needs SMTPUTF8 from
    ///   a server without it.
    package init(_ envelope: Envelope, size: Int, extensions: SMTPExtensions) throws(WireError) {
        self.envelope = envelope
        let needsUTF8 = try Self.check(envelope, extensions)
        var mail = "MAIL FROM:<\(envelope.from)>"
        if extensions.size != nil { mail += " SIZE=\(size)" }
        if needsUTF8 { mail += " SMTPUTF8" }
        if needsUTF8, extensions.eightBitMIME { mail += " BODY=8BITMIME" }
        let lines = [mail] + envelope.recipients.map { "RCPT TO:<\($0)>" } + ["DATA"]
        commands = lines.map { Array(($0 + "\r\n").utf8) }
        isPipelined = extensions.pipelining
        accepted = envelope.recipients.map { _ in nil }
        refused = envelope.recipients.map { _ in nil }
    }

    /// - Returns: whether SMTPUTF8 must be asked for.
    private static func check(_ envelope: Envelope, _ extensions: SMTPExtensions) throws(WireError) -> Bool {
        var needsUTF8 = false
        let sender = envelope.from.isEmpty ? [] : [envelope.from]
        for address in sender + envelope.recipients {
            guard MailAddress.isValid(address: address) else {
                throw .argument("\"\(String(address.prefix(100)))\" cannot be an address in an SMTP command.")
            }
            guard !address.utf8.contains(where: { $0 >= 0x80 }) else {
                guard extensions.smtpUTF8 else {
                    throw .argument("The address \(address) needs SMTPUTF8, which the server does not offer.")
                }
                needsUTF8 = true
                continue
            }
        }
        return needsUTF8
    }

    // MARK: - Dialogue

    package mutating func start() -> [UInt8] {
        guard isPipelined else { return sendNext() }
        var bytes: [UInt8] = []
        while nextCommand < commands.count { bytes += sendNext() }
        return bytes
    }

    private mutating func sendNext() -> [UInt8] {
        defer { nextCommand += 1 }
        outstanding.append(
            nextCommand == 0 ? .mail : nextCommand == commands.count - 1 ? .data : .recipient(nextCommand - 1))
        return commands[nextCommand]
    }

    /// - Throws: `WireError.unexpected` for a reply to nothing, or one that cannot be to this command. After the final
    ///   dot the outcome stays unknown then.
    package mutating func receive(_ reply: SMTPReply) throws(WireError) -> Step {
        if reply.code == 421 { isClosing = true }
        guard let command = outstanding.first else {
            throw .unexpected("The server answered more than it was asked.")
        }
        guard !Self.isOutOfStep(reply, command) else {
            throw .unexpected("The server answered \(reply.code) where that has no meaning: it is out of step.")
        }
        outstanding.removeFirst()
        switch command {
        case .mail:
            sender = reply
            if !reply.isPositive, !isPipelined { return .finished }
        case .recipient(let index):
            if reply.isPositive { accepted[index] = reply } else { refused[index] = reply }
        case .data: return afterData(reply)
        case .content:
            final = reply
            return .finished
        case .emptyContent: return .finished
        case .reset:
            // What cannot be reset is not fit for another message.
            if !reply.isPositive { isClosing = true }
            return .finished
        }
        if isClosing { return .finished }
        guard outstanding.isEmpty else { return .wait }
        // Without a recipient there is nothing to say DATA for.
        let isHopeless = nextCommand == commands.count - 1 && !hasRecipient
        return isHopeless ? reset() : .send(sendNext())
    }

    /// 3xx asks for the message and means nothing elsewhere; and nothing is done when only DATA was said.
    private static func isOutOfStep(_ reply: SMTPReply, _ command: Command) -> Bool {
        switch command {
        case .mail, .recipient, .content: reply.isIntermediate
        case .data: reply.isPositive
        case .emptyContent, .reset: false
        }
    }

    private var hasRecipient: Bool { sender?.isPositive == true && accepted.contains { $0 != nil } }

    private mutating func afterData(_ reply: SMTPReply) -> Step {
        guard reply.isIntermediate else {
            final = reply
            return reset()
        }
        guard hasRecipient else {
            // RFC 2920 §3.1: a server that takes DATA without a recipient gets the lone dot.
            outstanding.append(.emptyContent)
            return .send(DotStuffing.finalDot)
        }
        outstanding.append(.content)
        return .sendContent
    }

    private mutating func reset() -> Step {
        guard !isClosing, sender?.isPositive == true else { return .finished }
        outstanding.append(.reset)
        return .send(Array("RSET\r\n".utf8))
    }

    // MARK: - Outcome

    /// Every recipient has its answer; what is still under way only makes the connection fit for another message.
    package var isAnswered: Bool { outstanding.first == .reset || outstanding.first == .emptyContent }

    /// True between the final dot and its answer.
    package var awaitsFinalReply: Bool { outstanding.first == .content }

    /// Each recipient's result, once finished, or when the connection was lost.
    ///
    /// A recipient that was neither accepted nor refused, or was accepted before the dialogue broke off ahead of the
    /// final dot, has no reply: it was not tried.
    package enum Result: Sendable, Hashable {
        case sent(SMTPReply)
        /// `command` is what the reply answers.
        case refused(SMTPReply, command: String)
        case unanswered
        case notTried
    }

    package var results: [Result] { envelope.recipients.indices.map(result) }

    private func result(_ index: Int) -> Result {
        if let sender, !sender.isPositive { return .refused(sender, command: "MAIL") }
        if let reply = refused[index] { return .refused(reply, command: "RCPT") }
        guard accepted[index] != nil else { return .notTried }
        if let final {
            return final.isPositive ? .sent(final) : .refused(final, command: "DATA")
        }
        return awaitsFinalReply ? .unanswered : .notTried
    }
}
