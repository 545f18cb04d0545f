// Which IMAP commands a client has sent and what of them is unanswered; knows no response.

import MaloteWire

struct IMAPClientCommands: Sendable {
    /// Its literals are counted like a server's.
    private var framer = IMAPFramer(limits: .init(literal: .max))
    private var open: [String: String] = [:]

    /// A line with one word is no command: DONE, or an answer to a challenge.
    mutating func take(_ octets: [UInt8]) {
        framer.feed(octets)
        // What a client says is not judged here: a line over the limits counts as none.
        while let step = try? framer.next() {
            guard case .frame(let frame) = step, case .text(let text) = frame.pieces.first else { continue }
            var words = text.split(separator: 0x20, maxSplits: 3).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 1 else { continue }
            let tag = words.removeFirst()
            var name = words[0].uppercased()
            if name == "UID", words.count > 1 { name += " " + words[1].uppercased() }
            open[tag] = name
        }
    }

    func isOpen(_ name: String) -> Bool { open.values.contains(name) }

    /// - Returns: what was answered; `nil` if no such command is open.
    mutating func close(_ tag: String) -> String? { open.removeValue(forKey: tag) }
}
