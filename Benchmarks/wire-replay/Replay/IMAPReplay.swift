// An IMAP server's side through the framer and the response parser, below the conversation that a session holds.

import MaloteCore
import MaloteWire

struct IMAPReplay: ProtocolReplay {
    private var framer = IMAPFramer(limits: .init(literal: .max), wants: IMAPResponseParser.breaksOffAtBody)
    /// Of the long body in the response under way.
    private var hash = SHA256()
    /// `nil` if only the server's side is there: then nobody knows which tags are out.
    private var commands: IMAPClientCommands?
    private var isGreeted = false
    private(set) var isWithinReply = false

    init(hasClient: Bool) { commands = hasClient ? IMAPClientCommands() : nil }

    mutating func client(_ line: TranscriptLine) {
        isGreeted = true
        commands?.take(line.octets)
    }

    mutating func server(
        _ line: TranscriptLine, next: TranscriptLine?, tell: (JSON) -> Void
    ) throws(WireError) {
        framer.feed(line.octets)
        isWithinReply = true
        while let step = try framer.next() {
            switch step {
            case .octets(let octets): hash.absorb(octets)
            case .frame(let frame):
                isWithinReply = false
                // As for the conversation, a blank line between responses is noise.
                if frame.pieces != [.text([])] { tell(try event(try IMAPResponseParser.parse(frame))) }
                hash = SHA256()
            }
        }
    }

    private mutating func event(_ response: IMAPResponse) throws(WireError) -> JSON {
        defer { isGreeted = true }
        switch response {
        case .tagged(let tag, let status): return try tagged(tag, status)
        case .status(let status):
            let isBye = status.kind == .bye && commands?.isOpen("LOGOUT") != true
            return .object(
                Self.members(isGreeted ? "status" : "greeting", status)
                    + [.init(key: "verdict", value: isBye ? .verdict(IMAPVerdict.failure(status, command: "")) : .null)]
            )
        case .continuation(let text): return try continuation(text)
        case .capability(let words): return ["event": "capability", "words": .strings(words)]
        case .search(let numbers):
            return ["event": "search", "numbers": .array(numbers.map { .number(Int($0)) })]
        case .exists(let count): return ["event": "exists", "count": .number(count)]
        case .expunge(let number): return ["event": "expunge", "number": .number(number)]
        case .vanished(let count): return ["event": "vanished", "count": .number(count)]
        case .fetch(let fetch): return event(fetch)
        case .list(let listing):
            return [
                "event": "list", "name": .string(listing.name), "delimiter": .optional(listing.delimiter, JSON.string),
                "attributes": .strings(listing.attributes),
            ]
        case .identity(let fields):
            return ["event": "id", "fields": .object(fields.map { .init(key: $0.name, value: .string($0.value)) })]
        case .other(let word): return ["event": "other", "word": .string(word)]
        }
    }

    private mutating func tagged(_ tag: String, _ status: IMAPStatus) throws(WireError) -> JSON {
        var command: String?
        if commands != nil {
            command = commands?.close(tag)
            guard command != nil else {
                throw .unexpected("The server answered a command that the client did not send.")
            }
        }
        let members = Self.members("tagged", status)
        return .object(
            [
                members[0], .init(key: "tag", value: .string(tag)),
                .init(key: "command", value: .optional(command, JSON.string)),
            ] + members.dropFirst() + [.init(key: "verdict", value: Self.verdict(status, command))])
    }

    private static func verdict(_ status: IMAPStatus, _ command: String?) -> JSON {
        guard status.kind == .no || status.kind == .bad else { return .null }
        let isLogin = command == "LOGIN" || command == "AUTHENTICATE"
        return .verdict(
            isLogin
                ? IMAPVerdict.loginFailure(status, user: "") : IMAPVerdict.failure(status, command: command ?? ""))
    }

    private static func members(_ event: String, _ status: IMAPStatus) -> [JSON.Member] {
        [
            .init(key: "event", value: .string(event)), .init(key: "kind", value: .string(status.kind.rawValue)),
            .init(key: "code", value: .string(status.code)),
            .init(key: "argument", value: .string(status.codeArgument)),
            .init(key: "text", value: .string(status.text)),
        ]
    }

    private func continuation(_ text: [UInt8]) throws(WireError) -> JSON {
        guard commands?.isOpen("AUTHENTICATE") == true else {
            return ["event": "continuation", "text": .string(String(decoding: text, as: UTF8.self))]
        }
        guard let challenge = Base64.decode(text) else {
            throw .malformed("The server sent a login challenge that is not base64.")
        }
        return .challenge(challenge)
    }

    private func event(_ fetch: IMAPFetch) -> JSON {
        [
            "event": "fetch", "uid": .optional(fetch.uid) { .number(Int($0)) },
            "size": .optional(fetch.size, JSON.number), "flags": .optional(fetch.flags, JSON.strings),
            "internaldate": .optional(fetch.internalDate, JSON.string), "body": .optional(fetch.body, content),
            "header": .optional(fetch.header, content),
        ]
    }

    private func content(_ body: IMAPFetch.Body) -> JSON {
        switch body {
        case .bytes(let octets): .content(octets)
        case .streamed(let count): .content(count: count, hash: hash)
        case .omitted(let count): .content(count: count, hash: nil)
        case .missing: .content(count: nil, hash: nil)
        }
    }
}
