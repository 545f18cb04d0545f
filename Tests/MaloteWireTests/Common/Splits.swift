// Feeds a transcript to a machine in every way that a network might cut it; knows no protocol.

import MaloteTestKit
import MaloteWire
import Testing

extension Fed {
    /// The trace of the input in one piece. The test fails if octets one by one, or pieces cut at random, give another.
    func traceEveryWay(
        _ input: [UInt8], cuts: Int = 30, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Trace<Step> {
        let whole = trace([input[...]])
        let single = trace(input.indices.map { input[$0...$0] })
        #expect(single == whole, "octet by octet", sourceLocation: sourceLocation)
        var chance = Chance(seed: UInt64(input.count))
        for _ in 0..<cuts {
            let chunks = chance.cut(input)
            guard trace(chunks) != whole else { continue }
            Issue.record("cut at \(chunks.map(\.startIndex))", sourceLocation: sourceLocation)
        }
        return whole
    }
}

/// Lines as they go over the wire.
func wire(_ lines: String...) -> [UInt8] { lines.flatMap { Array(($0 + "\r\n").utf8) } }

extension String {
    init(wire bytes: [UInt8]) { self = String(decoding: bytes, as: UTF8.self) }
}

extension WireError {
    enum Kind: Sendable { case malformed, limit, argument, unexpected, untrusted }

    var kind: Kind {
        switch self {
        case .malformed: .malformed
        case .limit: .limit
        case .argument: .argument
        case .unexpected: .unexpected
        case .untrusted: .untrusted
        }
    }
}
