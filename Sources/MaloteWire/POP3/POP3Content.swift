// The lines after a POP3 +OK, up to the lone dot (RFC 1939 §3); knows no command.

/// Takes octets in any pieces, removes the dots that the server has stuffed, and stops behind the final one.
///
/// Lines may be of any length: one odd mail must not make a maildrop unreadable. Only the line end that the server used
/// for its status line counts. Otherwise a mail with a dot between bare LFs could end its own transfer, and what follows
/// in it would pass for the server's replies.
struct POP3Content: Sendable {
    private enum Place: Sendable { case lineStart, dot, dotReturn, text, textReturn }

    private static let dot = UInt8(ascii: ".")
    private static let carriageReturn: UInt8 = 0x0D
    private static let lineFeed: UInt8 = 0x0A

    private let limit: Int
    private let endsLinesBare: Bool
    private var place = Place.lineStart
    /// With CRLF line ends, as far as they have not been drained.
    private var kept: [UInt8] = []
    /// All that came, kept or not, without stuffed dots.
    private(set) var octets = 0
    private(set) var isComplete = false

    init(limit: Int, endsLinesBare: Bool) {
        self.limit = limit
        self.endsLinesBare = endsLinesBare
    }

    /// With CRLF line ends, as far as they have not been drained; `nil` once there were more than `limit` octets.
    var bytes: [UInt8]? { octets <= limit ? kept : nil }

    /// Takes away what has come.
    mutating func drain() -> [UInt8] {
        defer { kept = [] }
        return kept
    }

    /// - Returns: how many octets belong to the content, its final dot included.
    mutating func take(_ input: ArraySlice<UInt8>) -> Int {
        var index = input.startIndex
        while index < input.endIndex, !isComplete {
            let end = place == .text ? Self.textEnd(input[index...]) : index
            if end > index {
                keep(input[index..<end])
                index = end
            } else {
                take(input[index])
                index += 1
            }
        }
        return index - input.startIndex
    }

    /// Where the next octet lies that may end a line.
    private static func textEnd(_ input: ArraySlice<UInt8>) -> Int {
        let length = input.withUnsafeBufferPointer { octets in
            var index = 0
            while index < octets.count, octets[index] != carriageReturn, octets[index] != lineFeed { index += 1 }
            return index
        }
        return input.startIndex + length
    }

    private mutating func take(_ byte: UInt8) {
        switch (place, byte) {
        case (.lineStart, Self.dot): place = .dot
        case (.dot, Self.carriageReturn): place = .dotReturn
        case (.dotReturn, Self.lineFeed): isComplete = true
        case (.dot, Self.lineFeed) where endsLinesBare: isComplete = true
        case (.dotReturn, _):
            keep(Self.carriageReturn)
            place = .textReturn
            takeText(byte)
        default: takeText(byte)
        }
    }

    private mutating func takeText(_ byte: UInt8) {
        switch byte {
        case Self.carriageReturn: place = .textReturn
        case Self.lineFeed where place == .textReturn: place = .lineStart
        case Self.lineFeed where endsLinesBare:
            keep(Self.carriageReturn)
            place = .lineStart
        default: place = .text
        }
        keep(byte)
    }

    private mutating func keep(_ byte: UInt8) { keep(CollectionOfOne(byte)) }

    private mutating func keep(_ some: some Collection<UInt8>) {
        octets += some.count
        if octets <= limit { kept += some } else { kept = [] }
    }
}
