// The recorded transcripts and what of them does not depend on the client's lines; knows no machine.

import Foundation
import MaloteTestKit
import Testing
import wire_replay

/// What a real server said, from Tests/Fixtures/transcripts. Tests/Servers/record.py has recorded it.
struct Transcript: Sendable, CustomTestStringConvertible {
    let wire: WireProtocol
    let file: String

    static let all: [Transcript] = WireProtocol.allCases.flatMap { wire in
        let folder = "\(projectFolder)/Tests/Fixtures/transcripts/\(wire.rawValue)"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted().map { Transcript(wire: wire, file: "\(folder)/\($0)") }
    }

    var testDescription: String { "\(wire) \(URL(fileURLWithPath: file).lastPathComponent)" }
    var octets: [UInt8] { Array(FileManager.default.contents(atPath: file) ?? Data()) }

    /// The events as `wire-replay PROTOCOL FILE` printed them when they were reviewed.
    var expected: [String] {
        let data = FileManager.default.contents(atPath: file.dropLast(4) + ".jsonl") ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The server's octets alone.
    var serverOctets: [UInt8] {
        var reader = TranscriptReader()
        reader.feed(octets)
        var octets: [UInt8] = []
        while let line = reader.next() {
            if line.side == .server { octets += line.octets }
        }
        return octets
    }
}

extension JSON {
    /// Without what only a client's line can tell; `nil` if nothing is left.
    func withoutClient(_ wire: WireProtocol) -> JSON? {
        guard case .object(let members) = self, case .string(let event) = self["event"] else { return self }
        switch event {
        case "extensions": return nil
        case "challenge", "continuation": return ["event": "continuation"]
        case "capability" where wire == .pop3: return nil
        default: return .object(members.filter { $0.key != "command" && $0.key != "verdict" })
        }
    }
}

/// Replays octets in these pieces.
func play(_ pieces: [ArraySlice<UInt8>], as wire: WireProtocol) -> Replay.Outcome {
    var replay = Replay(wire)
    var outcome = Replay.Outcome()
    do throws(Refusal) {
        for piece in pieces { try replay.feed(piece) { outcome.events.append($0) } }
        try replay.end { outcome.events.append($0) }
    } catch { outcome.refusal = error }
    return outcome
}
