// One IMAP connection as a pure state: what to send next and what the server's octets mean; no socket, no clock.

import MaloteCore

/// Feed it what arrives, ask it `next` until it has nothing, send what it says. One command at a time.
package struct IMAPConversation: Sendable {
    package enum Step: Sendable, Hashable {
        /// To be sent now: the rest of a command after a literal was asked for.
        case send([UInt8])
        case untagged(IMAPResponse)
        /// The next octets of a long `BODY[]`. The untagged response that comes after them is the FETCH that they
        /// belong to, and says so: `body` is `.streamed`.
        case octets([UInt8])
        /// The server asks for a SASL answer; `answer` it.
        case challenge([UInt8])
        /// The server will tell of changes as they happen (RFC 2177), until `endIdle`.
        case idling
        /// The tagged end of the command under way.
        case completed(IMAPStatus)
    }

    /// What a `+` means to the command under way.
    private enum Mode: Sendable {
        /// To go on with a literal.
        case plain
        case authenticating
        /// To wait.
        case idleAsked
        case idling
        case idleEnded
    }

    /// Texts of one server that are kept for the operator.
    private static let alertsLimit = 8

    private var framer: IMAPFramer
    private let tagPrefix: String
    private var tagNumber = 0
    private var tag: String?
    /// Parts of the command that wait for the server's `+`.
    private var waiting: ArraySlice<[UInt8]> = []
    private var mode = Mode.plain
    /// What the server can do, from CAPABILITY responses and codes; upper case.
    package private(set) var capabilities: Set<String> = []
    /// Messages in the open folder, as far as the server has told.
    package private(set) var messages = 0
    /// Whether the folder has got messages since `forgetNews`.
    package private(set) var hasNews = false
    private var alerts: [String] = []

    /// - Parameter tagPrefix: letters and digits by chance, so that no mail can hold the tag of a command to come.
    package init(tagPrefix: String, limits: IMAPFramer.Limits) {
        self.tagPrefix = tagPrefix
        framer = IMAPFramer(limits: limits, wants: IMAPResponseParser.breaksOffAtBody)
    }

    package var isIdle: Bool { tag == nil }

    package func has(_ capability: String) -> Bool { capabilities.contains(capability) }

    /// What comes from here on is news.
    package mutating func forgetNews() { hasNews = false }

    /// What the server wants people to read (RFC 9051 §7.1 ALERT), each once.
    package mutating func takeAlerts() -> [String] {
        defer { alerts = [] }
        return alerts
    }

    // MARK: - Sending

    /// - Returns: what to send now.
    /// - Throws: `WireError.argument`; `unexpected` if a command is under way.
    package mutating func start(_ command: IMAPCommand) throws(WireError) -> [UInt8] {
        guard isIdle else { throw .unexpected("A command is under way.") }
        tagNumber += 1
        let tag = "\(tagPrefix)\(tagNumber)"
        let parts = try command.parts(tag: tag, unasked: unaskedLiteral)
        self.tag = tag
        waiting = parts.dropFirst()
        switch command.name {
        case "AUTHENTICATE": mode = .authenticating
        case "IDLE": mode = .idleAsked
        default: mode = .plain
        }
        return parts[0]
    }

    /// RFC 7888; IMAP4rev2 includes LITERAL- (RFC 9051 §6).
    private var unaskedLiteral: Int {
        if has("LITERAL+") { return .max }
        return has("LITERAL-") || has("IMAP4REV2") ? 4096 : 0
    }

    /// An IDLE was sent and has not ended.
    package var isWaiting: Bool { mode == .idleAsked || mode == .idling || mode == .idleEnded }

    /// What ends the wait for changes; `nil` if the server has not agreed to one yet, or it was sent.
    package var done: [UInt8]? { mode == .idling ? Array("DONE\r\n".utf8) : nil }

    /// The tagged end of IDLE is still to come, and before it whatever was on its way.
    package mutating func doneWasSent() { mode = .idleEnded }

    /// A SASL answer as a line; `nil` cancels the dialogue (RFC 9051 §6.2.2).
    package mutating func answer(_ response: [UInt8]?) -> [UInt8] {
        (response.map(Base64.encode) ?? [UInt8(ascii: "*")]) + [0x0D, 0x0A]
    }

    // MARK: - Receiving

    package mutating func feed(_ bytes: some Collection<UInt8>) { framer.feed(bytes) }

    package mutating func next() throws(WireError) -> Step? {
        while let step = try framer.next() {
            switch step {
            case .octets(let octets): return .octets(octets)
            // A blank line between responses is noise that some servers make.
            case .frame(let frame) where frame.pieces == [.text([])]: continue
            case .frame(let frame): if let step = try take(try IMAPResponseParser.parse(frame)) { return step }
            }
        }
        return nil
    }

    private mutating func take(_ response: IMAPResponse) throws(WireError) -> Step? {
        note(response)
        switch response {
        case .tagged(let answered, let status):
            // A tag that is not ours was not caused by us: nothing in a mail can end a command.
            guard answered == tag else { throw .unexpected("The server answered a command that we did not send.") }
            tag = nil
            waiting = []
            mode = .plain
            return .completed(status)
        case .continuation(let text):
            if let part = waiting.popFirst() { return .send(part) }
            if mode == .idleAsked {
                mode = .idling
                return .idling
            }
            guard mode == .authenticating else { return nil }
            guard let challenge = Base64.decode(text) else {
                throw .malformed("The server sent a login challenge that is not base64.")
            }
            return .challenge(challenge)
        default:
            return .untagged(response)
        }
    }

    private mutating func note(_ response: IMAPResponse) {
        switch response {
        case .capability(let words): capabilities = Set(words)
        case .tagged(_, let status), .status(let status): note(status)
        case .exists(let count):
            hasNews = hasNews || count > messages
            messages = count
        case .expunge: messages = max(0, messages - 1)
        case .vanished(let count): messages = max(0, messages - count)
        default: break
        }
    }

    private mutating func note(_ status: IMAPStatus) {
        switch status.code {
        case "CAPABILITY": capabilities = Set(IMAPResponseParser.capabilities(Array(status.codeArgument.utf8)))
        case "ALERT":
            let text = String(status.text.unicodeScalars.prefix(500).map { $0.value < 0x20 ? " " : Character($0) })
            if alerts.count < Self.alertsLimit, !alerts.contains(text) { alerts.append(text) }
        default: break
        }
    }

    /// Octets that came and were not understood yet. To be called between commands, when the pipe itself changes: they
    /// belong to what it becomes.
    package mutating func takeUnread() -> [UInt8] { framer.takeUnread() }
}
