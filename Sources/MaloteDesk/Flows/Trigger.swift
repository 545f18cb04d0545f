// Which names flows can wait for, who may say them, and how much may be said with them; pure.

import MaloteCore

package enum Trigger {
    /// `[a-z][a-z0-9._-]*`, up to 64 octets.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...64).contains(bytes.count), (0x61...0x7A).contains(bytes[0]) else { return false }
        return bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || [0x2E, 0x5F, 0x2D].contains(byte)
        }
    }

    /// How an approval has ended.
    package static let ofApprovals = [
        TicketEvent.Kind.ticketApproved.rawValue, TicketEvent.Kind.ticketRejected.rawValue, Occasion.approvalExpired,
    ]

    package static let nameRule =
        "Use a name such as comment.added: 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter."

    /// Whether it is the name of an event that starts no flow: what becomes of mails must not write more mails.
    package static func startsNothing(_ name: String) -> Bool {
        ["notification.", "message.", "mailbox."].contains { name.hasPrefix($0) }
    }

    /// What is wrong with a trigger from outside; `nil` if nothing is.
    package static func refusal(of request: TriggerRequest) -> DocumentError? {
        switch (request.on, request.flow) {
        case (nil, nil):
            return DocumentError(
                field: "on", message: "is missing.", remedy: "Say what has happened (on), or which flow to run (flow).")
        case (.some, .some):
            return DocumentError(
                field: "flow", message: "stands beside on.", remedy: "Give one: on runs all flows that wait for it.")
        case (let name?, nil):
            if let refusal = refusal(ofName: name, hasTicket: request.ticket != nil) { return refusal }
        case (nil, .some): break
        }
        if let key = request.idempotencyKey, !(1...255).contains(key.utf8.count) || key.hasControlCharacter {
            return DocumentError(
                field: "idempotencyKey", message: "it must be one line of 1 to 255 octets.", remedy: "Choose another.")
        }
        return refusal(ofData: request.data) ?? refusal(ofFiles: request.files)
    }

    private static func refusal(ofName name: String, hasTicket: Bool) -> DocumentError? {
        guard isName(name) else {
            return DocumentError(
                field: "on", message: "\"\(name.onOneLine)\" is not a trigger's name.", remedy: nameRule)
        }
        let own = [TicketEvent.Kind.ticketOpened.rawValue, TicketEvent.Kind.ticketReplied.rawValue] + ofApprovals
        if own.contains(name) || startsNothing(name) {
            return DocumentError(
                field: "on", message: "\(name) is what Malote itself says.",
                remedy: "Choose a name of your own, or run one flow by its name (flow).")
        }
        if hasTicket, name == Occasion.completed || name == Occasion.reopened {
            let verb = name == Occasion.completed ? "close" : "reopen"
            return DocumentError(
                field: "on", message: "\(name) is said when the ticket is turned.",
                remedy: "Use: malotectl ticket \(verb), which keeps that it is so and says it once.")
        }
        return nil
    }

    /// An object, or nothing.
    package static func refusal(ofData data: JSONValue) -> DocumentError? {
        switch data {
        case .null, .object: break
        default:
            return DocumentError(
                field: "data", message: "is not an object.", remedy: "Write it as {\"name\": \"value\", ...}.")
        }
        if data.depth > TriggerLimits.depth {
            return DocumentError(
                field: "data", message: "is nested more than \(TriggerLimits.depth) levels deep.",
                remedy: "Say it more flatly.")
        }
        if data.octets > TriggerLimits.data {
            return DocumentError(
                field: "data", message: "holds more than 64 KB.",
                remedy: "Leave out what no template shows; files belong among the attachments.")
        }
        return nil
    }

    private static func refusal(ofFiles files: [Occasion.File]) -> DocumentError? {
        if files.count > TriggerLimits.files {
            return DocumentError(
                field: "attachments", message: "are more than \(TriggerLimits.files).", remedy: "Send fewer.")
        }
        var octets = 0
        for (index, file) in files.enumerated() {
            guard let content = Base64.decode(Array(file.base64.utf8)) else {
                return DocumentError(
                    field: "attachments[\(index)].content", message: "is not Base64.",
                    remedy: "Encode the octets as RFC 4648 §4 says.")
            }
            octets += content.count
        }
        guard octets > TriggerLimits.fileOctets else { return nil }
        return DocumentError(
            field: "attachments", message: "hold more than \(Octets.write(TriggerLimits.fileOctets)).",
            remedy: "Send fewer, or a link to them.")
    }

    /// The fields that templates see: those of the ticket, and over them what stands in `data.fields`.
    package static func fields(of ticket: Ticket?, data: JSONValue) -> [String: String] {
        var fields = ticket?.opening.fields ?? [:]
        if case .object(let given)? = data["fields"] {
            for (key, value) in given { if let words = value.words { fields[key] = words } }
        }
        return fields
    }
}

extension JSONValue {
    /// About as many octets as it takes to write it.
    fileprivate var octets: Int {
        switch self {
        case .null, .flag: 4
        case .integer, .number: 8
        case .text(let text): text.utf8.count + 2
        case .list(let items): items.reduce(2) { $0 + $1.octets + 1 }
        case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + $1.value.octets + 4 }
        }
    }
}
