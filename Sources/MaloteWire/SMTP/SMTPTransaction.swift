// One message's dialogue with a submission server, from MAIL to the answer to its last octet; pure state, no I/O.

import MaloteCore

/// Say `start` to the server, hand every reply to `receive`, and do what it answers until it is `finished`.
///
/// With PIPELINING (RFC 2920) the whole envelope goes in one write and the replies are matched in order. The message
/// follows DATA and ends with the final dot, or it follows BDAT (RFC 3030) and its last octet is its end. Either way it
/// leaves only after the server has taken a recipient: what is refused costs nothing, and a connection lost before that
/// leaves no doubt.
package struct SMTPTransaction: Sendable {
    package enum Step: Sendable, Hashable {
        case send([UInt8])
        /// Send the message, by DATA's rules or as the one chunk of BDAT. From its last octet on a lost answer leaves
        /// the outcome unknown.
        case sendContent
        /// More replies are outstanding.
        case wait
        case finished
    }

    /// How the message travels.
    package enum Transfer: Sendable, Hashable {
        case data
        case chunk(command: [UInt8])
    }

    private enum Command: Sendable, Hashable {
        case mail, recipient(Int), data, content, emptyContent, reset
    }

    package let transfer: Transfer
    private let script: [(command: Command, line: [UInt8])]
    private let isPipelined: Bool
    /// Commands of the script that were said.
    private var said = 0
    /// Commands sent and not yet answered, in order.
    private var outstanding: [Command] = []
    private var sender: SMTPReply?
    private var recipients: [Recipient]
    private var final: SMTPReply?
    /// The connection serves no other message: 421 may come at any time (RFC 5321 §3.8).
    package private(set) var isClosing = false

    private enum Recipient: Sendable {
        case asked, accepted
        case refused(SMTPReply)
        /// Not said to the server.
        case impossible(WireError)
    }

    /// Recipients that cannot be said to this server are left out and have their result at once.
    /// - Throws: `WireError.argument` if the sender cannot be said.
    package init(_ envelope: Envelope, _ shape: MessageShape, extensions: SMTPExtensions) throws(WireError) {
        let isTooWide = shape.isEightBit && !extensions.eightBitMIME
        let from = envelope.from.isEmpty ? SMTPPath.null : try SMTPPath(envelope.from, extensions)
        let paths = envelope.recipients.map { address in
            Swift.Result { () throws(WireError) in try SMTPPath(address, extensions) }
        }
        // Bodies are built 7-bit: other octets are addresses in the header.
        let needsUTF8 =
            from.needsUTF8 || paths.contains { (try? $0.get().needsUTF8) == true }
            || (shape.isEightBit && extensions.smtpUTF8)
        var lines: [(Command, String)] = [(.mail, Self.mail(from, envelope, shape, extensions, needsUTF8: needsUTF8))]
        recipients = []
        for (index, path) in paths.enumerated() {
            switch path {
            case .failure(let error): recipients.append(.impossible(error))
            case .success where isTooWide: recipients.append(.impossible(Self.tooWide))
            case .success(let path):
                recipients.append(.asked)
                let report = Self.isReported(envelope, extensions) ? DSNParameters.recipient(path) : ""
                lines.append((.recipient(index), "RCPT TO:<\(path.text)>\(report)"))
            }
        }
        if Self.isChunked(shape, extensions) {
            transfer = .chunk(command: Array("BDAT \(shape.size) LAST\r\n".utf8))
        } else {
            transfer = .data
            lines.append((.data, "DATA"))
        }
        script = lines.map { ($0.0, Array(($0.1 + "\r\n").utf8)) }
        isPipelined = extensions.pipelining
    }

    private static let tooWide = WireError.argument(
        "The message has 8-bit octets, and the server does not offer 8BITMIME.")

    private static func mail(
        _ from: SMTPPath, _ envelope: Envelope, _ shape: MessageShape, _ extensions: SMTPExtensions, needsUTF8: Bool
    ) -> String {
        var line = "MAIL FROM:<\(from.text)>"
        if extensions.size != nil { line += " SIZE=\(shape.size)" }
        if needsUTF8 { line += " SMTPUTF8" }
        if shape.isEightBit { line += " BODY=8BITMIME" }
        return line + (isReported(envelope, extensions) ? DSNParameters.mail(envid: envelope.envid) : "")
    }

    /// Nobody could be told about a message from the null sender.
    private static func isReported(_ envelope: Envelope, _ extensions: SMTPExtensions) -> Bool {
        extensions.dsn && !envelope.from.isEmpty
    }

    /// From this size on a message is worth sending as it is.
    package static let largeSize = 64 * 1024

    /// BDAT saves the round trip of DATA where commands cannot be pipelined, and of large messages the search for line
    /// ends and dots, here and at the server. For the rest it saves nothing (docs/decisions.md).
    private static func isChunked(_ shape: MessageShape, _ extensions: SMTPExtensions) -> Bool {
        extensions.chunking && shape.isCanonical && (!extensions.pipelining || shape.size >= largeSize)
    }

    // MARK: - Dialogue

    /// False when none of the recipients can be said: there is nothing to start.
    package var isPossible: Bool {
        recipients.isEmpty
            || recipients.contains { recipient in
                if case .impossible = recipient { false } else { true }
            }
    }

    package mutating func start() -> [UInt8] {
        guard isPipelined else { return sayNext() }
        var bytes: [UInt8] = []
        while said < script.count { bytes += sayNext() }
        return bytes
    }

    private mutating func sayNext() -> [UInt8] {
        defer { said += 1 }
        outstanding.append(script[said].command)
        return script[said].line
    }

    /// - Throws: `WireError.unexpected` for a reply to nothing, or one that cannot be to this command. After the last
    ///   octet of the message the outcome stays unknown then.
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
        case .recipient(let index): recipients[index] = reply.isPositive ? .accepted : .refused(reply)
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
        return advance()
    }

    private mutating func advance() -> Step {
        if isClosing { return .finished }
        guard outstanding.isEmpty else { return .wait }
        guard said < script.count, script[said].command != .data else {
            // Without a recipient there is nothing to say DATA or BDAT for.
            guard hasRecipient else { return reset() }
            return said < script.count ? .send(sayNext()) : sendContent()
        }
        return .send(sayNext())
    }

    /// 3xx asks for the message and means nothing elsewhere; and nothing is done when only DATA was said.
    private static func isOutOfStep(_ reply: SMTPReply, _ command: Command) -> Bool {
        switch command {
        case .mail, .recipient, .content: reply.isIntermediate
        case .data: reply.isPositive
        case .emptyContent, .reset: false
        }
    }

    private var hasRecipient: Bool {
        sender?.isPositive == true
            && recipients.contains { recipient in
                if case .accepted = recipient { true } else { false }
            }
    }

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
        return sendContent()
    }

    private mutating func sendContent() -> Step {
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

    /// True from the message's first octet to the answer to its last.
    package var awaitsFinalReply: Bool { outstanding.first == .content }

    /// 421 to the first command: the server has done with this connection, whatever the message.
    package var isTurnedAway: SMTPReply? { sender?.code == 421 ? sender : nil }

    /// Each recipient's result, once finished, or when the connection was lost.
    ///
    /// A recipient that was neither accepted nor refused, or was accepted before the dialogue broke off ahead of the
    /// message's end, has no reply: it was not tried.
    package enum Result: Sendable, Hashable {
        case sent(SMTPReply)
        /// `command` is what the reply answers.
        case refused(SMTPReply, command: String)
        case impossible(WireError)
        case unanswered
        case notTried
    }

    package var results: [Result] { recipients.map(result) }

    /// What the final reply answers.
    package var finalCommand: String { transfer == .data ? "DATA" : "BDAT" }

    private func result(_ recipient: Recipient) -> Result {
        if case .impossible(let error) = recipient { return .impossible(error) }
        if let sender, !sender.isPositive { return .refused(sender, command: "MAIL") }
        switch recipient {
        case .refused(let reply): return .refused(reply, command: "RCPT")
        case .asked, .impossible: return .notTried
        case .accepted:
            guard let final else { return awaitsFinalReply ? .unanswered : .notTried }
            return final.isPositive ? .sent(final) : .refused(final, command: finalCommand)
        }
    }
}
