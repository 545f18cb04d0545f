// Leads a transcript through one protocol's machine and says where it was refused; knows no grammar.

import MaloteWire

package enum WireProtocol: String, Sendable, CaseIterable {
    case imap, pop3, smtp

    /// In any case.
    package init?(name: String) { self.init(rawValue: name.lowercased()) }

    fileprivate func machine(hasClient: Bool) -> any ProtocolReplay {
        switch self {
        case .imap: IMAPReplay(hasClient: hasClient)
        case .pop3: POP3Replay(hasClient: hasClient)
        case .smtp: SMTPReplay(hasClient: hasClient)
        }
    }
}

/// One side of a conversation, told line by line.
protocol ProtocolReplay: Sendable {
    /// What a client said; never replayed, only taken for context.
    mutating func client(_ line: TranscriptLine)
    /// What the machine makes of the server's line.
    /// - Parameter next: the next line in the transcript that is not blank, if any.
    mutating func server(
        _ line: TranscriptLine, next: TranscriptLine?, tell: (JSON) -> Void
    ) throws(WireError)
    /// Whether a reply has begun and not ended.
    var isWithinReply: Bool { get }
}

/// What the machines did not take, and where that reply begins.
package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    package var sentence: String
    package var line: Int
    package var offset: Int

    fileprivate init(sentence: String, at start: TranscriptLine) {
        self.sentence = sentence
        line = start.number
        offset = start.offset
    }

    package var description: String { "\(sentence) (line \(line), octet \(offset))" }
}

/// Any split of the input gives the same events.
package struct Replay: Sendable {
    private let wire: WireProtocol
    private var reader: TranscriptReader
    private var machine: (any ProtocolReplay)?
    /// A line and the server's blank ones after it, until it is known whether anything follows.
    private var held: [TranscriptLine] = []
    /// Where the reply under way begins.
    private var start: TranscriptLine?

    package init(_ wire: WireProtocol, lineEnds: TranscriptReader.LineEnds = .restored) {
        self.wire = wire
        reader = TranscriptReader(lineEnds: lineEnds)
    }

    /// - Parameter tell: called with each event, as soon as it can be told.
    package mutating func feed(_ octets: some Collection<UInt8>, tell: (JSON) -> Void) throws(Refusal) {
        reader.feed(octets)
        while let line = reader.next() { try take(line, tell) }
    }

    /// Tells what was held back.
    package mutating func end(tell: (JSON) -> Void) throws(Refusal) {
        if let line = reader.last() { try take(line, tell) }
        // Blank lines at the end are the file's, not the server's.
        if let line = held.first { try play(line, next: nil, tell) }
        if let start { throw Refusal(sentence: "The transcript ends within a reply.", at: start) }
    }

    private mutating func take(_ line: TranscriptLine, _ tell: (JSON) -> Void) throws(Refusal) {
        if line.side == .server, line.isBlank, !held.isEmpty { return held.append(line) }
        for earlier in held { try play(earlier, next: line, tell) }
        held = [line]
    }

    private mutating func play(
        _ line: TranscriptLine, next: TranscriptLine?, _ tell: (JSON) -> Void
    ) throws(Refusal) {
        var machine = machine ?? wire.machine(hasClient: reader.hasClient)
        defer { self.machine = machine }
        guard line.side == .server else { return machine.client(line) }
        if start == nil { start = line }
        do { try machine.server(line, next: next, tell: tell) } catch {
            throw Refusal(sentence: error.sentence, at: start ?? line)
        }
        if !machine.isWithinReply { start = nil }
    }
}

extension Replay {
    package struct Outcome: Sendable, Hashable {
        package var events: [JSON] = []
        package var refusal: Refusal?
        package init() {}
    }

    /// A whole transcript. In one with bare line feeds literals may have been counted either way.
    package static func play(_ octets: [UInt8], as wire: WireProtocol) -> Outcome {
        let outcome = play(octets, as: wire, .restored)
        guard wire == .imap, outcome.refusal != nil else { return outcome }
        let other = play(octets, as: wire, .asTheyAre)
        return other.refusal == nil ? other : outcome
    }

    private static func play(
        _ octets: [UInt8], as wire: WireProtocol, _ lineEnds: TranscriptReader.LineEnds
    ) -> Outcome {
        var replay = Replay(wire, lineEnds: lineEnds)
        var outcome = Outcome()
        do throws(Refusal) {
            try replay.feed(octets) { outcome.events.append($0) }
            try replay.end { outcome.events.append($0) }
        } catch { outcome.refusal = error }
        return outcome
    }
}
