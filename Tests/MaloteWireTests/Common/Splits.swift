// Feeds a transcript to a machine in every way that a network might cut it; knows no protocol.

import MaloteTestKit
import MaloteWire
import Testing

/// A machine that takes octets and gives steps.
protocol Fed {
    associatedtype Step: Equatable & Sendable
    mutating func feed(_ bytes: some Collection<UInt8>)
    mutating func next() throws(WireError) -> Step?
    /// Two steps in a row as one, if it is a matter of cuts alone that they are two.
    static func joined(_ first: Step, _ second: Step) -> Step?
}

extension Fed {
    static func joined(_ first: Step, _ second: Step) -> Step? { nil }
}

extension IMAPFramer: Fed {
    static func joined(_ first: Step, _ second: Step) -> Step? {
        guard case .octets(let some) = first, case .octets(let more) = second else { return nil }
        return .octets(some + more)
    }
}

extension IMAPConversation: Fed {
    static func joined(_ first: Step, _ second: Step) -> Step? {
        guard case .octets(let some) = first, case .octets(let more) = second else { return nil }
        return .octets(some + more)
    }
}

extension POP3Conversation: Fed {}
extension SMTPReplyParser: Fed {}

/// What a machine made of some input: its steps, and the error that ended them.
struct Trace<Step: Equatable & Sendable>: Equatable, Sendable {
    var steps: [Step] = []
    var error: WireError?
}

extension Fed {
    func trace(_ chunks: [ArraySlice<UInt8>]) -> Trace<Step> {
        var machine = self
        var trace = Trace<Step>()
        do throws(WireError) {
            for chunk in chunks {
                machine.feed(chunk)
                while let step = try machine.next() {
                    if let last = trace.steps.last, let both = Self.joined(last, step) {
                        trace.steps[trace.steps.count - 1] = both
                    } else {
                        trace.steps.append(step)
                    }
                }
            }
        } catch { trace.error = error }
        return trace
    }

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
