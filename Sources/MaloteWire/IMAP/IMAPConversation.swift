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
        /// The tagged end of the command under way.
        case completed(IMAPStatus)
    }

    private var framer: IMAPFramer
    private let tagPrefix: String
    private var tagNumber = 0
    private var tag: String?
    /// Parts of the command that wait for the server's `+`.
    private var waiting: ArraySlice<[UInt8]> = []
    private var isAuthenticating = false
    /// What the server can do, from CAPABILITY responses and codes; upper case.
    package private(set) var capabilities: Set<String> = []

    /// - Parameter tagPrefix: letters and digits by chance, so that no mail can hold the tag of a command to come.
    package init(tagPrefix: String, limits: IMAPFramer.Limits) {
        self.tagPrefix = tagPrefix
        framer = IMAPFramer(limits: limits, wants: IMAPResponseParser.breaksOffAtBody)
    }

    package var isIdle: Bool { tag == nil }

    package func has(_ capability: String) -> Bool { capabilities.contains(capability) }

    // MARK: - Sending

    /// - Returns: what to send now.
    /// - Throws: `WireError.argument`; `unexpected` if a command is under way.
    package mutating func start(_ command: IMAPCommand) throws(WireError) -> [UInt8] {
        guard isIdle else { throw .unexpected("A command is under way.") }
        tagNumber += 1
        let tag = "\(tagPrefix)\(tagNumber)"
        let parts = try command.parts(tag: tag, literalPlus: has("LITERAL+"))
        self.tag = tag
        waiting = parts.dropFirst()
        isAuthenticating = command.name == "AUTHENTICATE"
        return parts[0]
    }

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
            isAuthenticating = false
            return .completed(status)
        case .continuation(let text):
            if let part = waiting.popFirst() { return .send(part) }
            guard isAuthenticating else { return nil }
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
        case .tagged(_, let status), .status(let status):
            guard status.code == "CAPABILITY" else { return }
            capabilities = Set(IMAPResponseParser.words(Array(status.codeArgument.utf8)))
        default: break
        }
    }
}
