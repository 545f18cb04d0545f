// Our side of IMAP: commands as values, and their octets; no argument can end its line early.

package struct IMAPCommand: Sendable {
    package enum Argument: Sendable {
        /// Written as it is: words of ours and UID sets.
        case raw(String)
        /// Written quoted, or as a literal when it must be.
        case string([UInt8])
        /// A folder by the name that people read.
        case mailbox(String)
        /// Strings in parentheses.
        case list([String])
    }

    package var name: String
    package var arguments: [Argument]

    package init(_ name: String, _ arguments: [Argument] = []) {
        self.name = name
        self.arguments = arguments
    }

    /// The command in parts: after each part but the last the server must ask for more (synchronising literals).
    ///
    /// - Parameter unasked: octets of the longest literal that the server takes without being asked (RFC 7888).
    /// - Throws: `WireError.argument` if an argument holds CR, LF or NUL where it must not.
    package func parts(tag: String, unasked: Int) throws(WireError) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var open = Array("\(tag) \(name)".utf8)
        for argument in arguments {
            open.append(0x20)
            switch argument {
            case .raw(let text):
                guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                    throw .argument("A command's argument holds a control character.")
                }
                open += text.utf8
            case .string(let bytes): try Self.write(bytes, unasked, &open, &parts)
            case .mailbox(let name): try Self.write(IMAPMailboxName.encode(name), unasked, &open, &parts)
            case .list(let strings):
                open.append(UInt8(ascii: "("))
                for (place, string) in strings.enumerated() {
                    if place > 0 { open.append(0x20) }
                    try Self.write(Array(string.utf8), unasked, &open, &parts)
                }
                open.append(UInt8(ascii: ")"))
            }
        }
        parts.append(open + [0x0D, 0x0A])
        return parts
    }

    private static func write(
        _ bytes: [UInt8], _ unasked: Int, _ open: inout [UInt8], _ parts: inout [[UInt8]]
    ) throws(WireError) {
        guard !bytes.contains(0) else { throw .argument("A command's argument holds a NUL character.") }
        let isPlain = bytes.count <= 1000 && bytes.allSatisfy { (0x20...0x7E).contains($0) }
        guard !isPlain else {
            open.append(UInt8(ascii: "\""))
            for byte in bytes {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { open.append(UInt8(ascii: "\\")) }
                open.append(byte)
            }
            open.append(UInt8(ascii: "\""))
            return
        }
        let mustAsk = bytes.count > unasked
        open += "{\(bytes.count)\(mustAsk ? "" : "+")}\r\n".utf8
        if mustAsk {
            parts.append(open)
            open = []
        }
        open += bytes
    }
}
