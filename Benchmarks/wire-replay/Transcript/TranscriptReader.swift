// Cuts a transcript into lines and tells whose they are; knows no protocol.

import MaloteWire

/// Any split of the input gives the same lines.
package struct TranscriptReader: Sendable {
    package enum LineEnds: Sendable {
        /// In a file whose first line ends with a bare LF, every bare LF was a CRLF once.
        case restored
        case asTheyAre
    }

    private enum Form: Sendable {
        /// The server's octets alone.
        case raw
        /// Both sides, told apart by these marks.
        case marked(server: String, client: String)
    }

    private let lineEnds: LineEnds
    private var input = InputBuffer()
    private var form: Form?
    /// Whether bare line feeds are made CRLF; the first line decides.
    private var restores: Bool?
    private var side = TranscriptLine.Side.server
    private var offset = 0
    private var number = 0

    package init(lineEnds: LineEnds = .restored) { self.lineEnds = lineEnds }

    /// Whether the transcript has the client's lines, too; known from its first line on.
    var hasClient: Bool {
        if case .marked = form { true } else { false }
    }

    package mutating func feed(_ octets: some Collection<UInt8>) { input.append(octets) }

    package mutating func next() -> TranscriptLine? {
        // No limit of ours: the machines have theirs.
        while let line = try? input.takeLine(limit: .max) {
            if let line = take(line, isBare: input.isLastLineBare) { return line }
        }
        return nil
    }

    /// The last line, if it has no end: editors forget it. It gets one.
    package mutating func last() -> TranscriptLine? {
        guard !input.isEmpty else { return nil }
        var rest: [UInt8] = []
        _ = input.take(input.count, into: &rest)
        return take(rest, isBare: restores ?? false)
    }

    private mutating func take(_ line: [UInt8], isBare: Bool) -> TranscriptLine? {
        let start = offset
        offset += line.count + (isBare ? 1 : 2)
        number += 1
        let restores = self.restores ?? (isBare && lineEnds == .restored)
        self.restores = restores
        guard var text = unmarked(line) else { return nil }
        text += isBare && !restores ? [0x0A] : [0x0D, 0x0A]
        return TranscriptLine(side: side, octets: text, offset: start, number: number)
    }

    /// The line without its mark; `nil` for what is nobody's.
    private mutating func unmarked(_ line: [UInt8]) -> [UInt8]? {
        let isComment = line.first == UInt8(ascii: "#")
        guard let form else {
            // Nothing that a server says begins with #, and an empty line is none yet.
            if isComment || line.isEmpty { return nil }
            self.form = Self.form(of: line)
            return unmarked(line)
        }
        guard case .marked(let server, let client) = form else { return line }
        if let text = Self.text(of: line, after: server) {
            side = .server
            return text
        }
        if let text = Self.text(of: line, after: client) {
            side = .client
            return text
        }
        // A line without a mark goes on with what was said before it.
        return isComment ? nil : line
    }

    private static func form(of line: [UInt8]) -> Form {
        for (server, client) in [("S:", "C:"), ("<", ">")]
        where text(of: line, after: server) != nil || text(of: line, after: client) != nil {
            return .marked(server: server, client: client)
        }
        return .raw
    }

    /// What follows the mark and one space; the space may be missing at the end of a line.
    private static func text(of line: [UInt8], after mark: String) -> [UInt8]? {
        guard line.starts(with: mark.utf8) else { return nil }
        let rest = line.dropFirst(mark.utf8.count)
        guard let first = rest.first else { return [] }
        return first == 0x20 ? Array(rest.dropFirst()) : nil
    }
}
