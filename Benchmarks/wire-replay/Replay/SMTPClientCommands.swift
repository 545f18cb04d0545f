// Which SMTP commands a client has sent, told from its mail, its chunks and its answers to challenges.

struct SMTPClientCommands: Sendable {
    private enum Place: Sendable {
        case commands
        /// The next line answers a challenge.
        case challenge
        /// Lines up to the lone dot.
        case mail
        /// Octets of a BDAT chunk (RFC 3030) still to come.
        case chunk(octets: Int)
    }

    private var place = Place.commands
    /// Commands without an answer, in order. The end of a mail is one, under the name of DATA.
    private var open: [String] = []

    mutating func take(_ line: TranscriptLine) {
        switch place {
        case .commands: command(line)
        case .challenge: place = .commands
        case .mail:
            guard line.text.elementsEqual([UInt8(ascii: ".")]) else { return }
            place = .commands
            open.append("DATA")
        case .chunk(let octets): chunk(octets - line.octets.count)
        }
    }

    private mutating func command(_ line: TranscriptLine) {
        let words = String(decoding: line.text, as: UTF8.self).split(separator: " ")
        let name = words.first?.uppercased() ?? ""
        open.append(name)
        if name == "BDAT" { chunk(words.dropFirst().first.flatMap { Int($0) } ?? 0) }
    }

    private mutating func chunk(_ octets: Int) { place = octets > 0 ? .chunk(octets: octets) : .commands }

    /// - Returns: the command that a reply answers; `nil` for a word that nobody asked for, such as 421.
    mutating func answer(_ code: Int) -> String? {
        guard let command = open.first else { return nil }
        switch code {
        case 334: place = .challenge
        case 354:
            open.removeFirst()
            place = .mail
        default: open.removeFirst()
        }
        return command
    }
}
