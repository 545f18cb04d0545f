// The typed names and numbers by which the rooms speak of things; knows nothing of where they are kept.

/// A row number given by the store. Numbers are never reused; `unsaved` marks a value the store has not seen.
package struct RowID<Of>: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static var unsaved: Self { Self(rawValue: 0) }
    package var description: String { String(rawValue) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

package typealias MailboxID = RowID<Mailbox>
package typealias ContractID = RowID<Contract>
package typealias MessageID = RowID<StoredMessage>
package typealias LedgerID = RowID<LedgerEntry>
package typealias TicketID = RowID<Ticket>
package typealias NotificationID = RowID<Notification>
package typealias DeliveryID = RowID<Delivery>
package typealias OccasionID = RowID<KeptOccasion>
package typealias PlannedStepID = RowID<PlannedStep>
package typealias ApprovalID = RowID<Approval>

/// The name an operator gives a thing in the registry: 1 to 63 of `a-z 0-9 . _ -`, starting with a letter or digit.
///
/// Names are the keys of the registry file, so they are never rewritten (no case folding, no trimming).
package struct Name<Of>: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Returns: `nil` when `text` breaks the rule above.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...63).contains(bytes.count), bytes.allSatisfy(Self.allows), Self.isWordByte(bytes[0]) else {
            return nil
        }
        self.text = text
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func allows(_ byte: UInt8) -> Bool {
        isWordByte(byte) || byte == 0x2E || byte == 0x5F || byte == 0x2D
    }
}

extension Name: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a name: \(text)"))
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

package typealias MailboxName = Name<Mailbox>
package typealias ContractName = Name<Contract>
package typealias FlowName = Name<Flow>
package typealias TemplateName = Name<Template>

/// A ticket event's identity, unique for ever: the dedupe key of receivers (CloudEvents `id`, `webhook-id`).
package struct EventID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    /// Time first, so that what is written together lies together in an index; nobody may rely on that order.
    /// - Parameter chance: 10 random octets.
    package init(at time: Timestamp, chance: [UInt8]) {
        let clock = UInt64(clamping: time.milliseconds)
        let octets = (0..<6).map { UInt8(truncatingIfNeeded: clock >> (40 - 8 * $0)) }
        rawValue = Hexadecimal.encode(octets + chance)
    }
}

/// The unit of sending, of fairness and of isolation: one contract's mail through one outbox.
package struct Lane: Hashable, Sendable {
    package var contract: ContractID
    package var outbox: MailboxID

    package init(contract: ContractID, outbox: MailboxID) {
        self.contract = contract
        self.outbox = outbox
    }
}

/// SHA-256 of a message's raw bytes.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// - Returns: `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    package var description: String { Hexadecimal.encode(bytes) }
}
