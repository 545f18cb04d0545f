// What a wire machine makes of octets, however they are cut; knows no protocol.

import MaloteWire

/// A machine that takes octets and gives steps.
package protocol Fed: Sendable {
    associatedtype Step: Equatable & Sendable
    mutating func feed(_ bytes: some Collection<UInt8>)
    mutating func next() throws(WireError) -> Step?
    /// Two steps in a row as one, if it is a matter of cuts alone that they are two.
    static func joined(_ first: Step, _ second: Step) -> Step?
}

extension Fed {
    package static func joined(_ first: Step, _ second: Step) -> Step? { nil }
}

extension IMAPFramer: Fed {
    package static func joined(_ first: Step, _ second: Step) -> Step? {
        guard case .octets(let some) = first, case .octets(let more) = second else { return nil }
        return .octets(some + more)
    }
}

extension IMAPConversation: Fed {
    package static func joined(_ first: Step, _ second: Step) -> Step? {
        guard case .octets(let some) = first, case .octets(let more) = second else { return nil }
        return .octets(some + more)
    }
}

extension POP3Conversation: Fed {}
extension SMTPReplyParser: Fed {}

/// What a machine made of some input: its steps, and the error that ended them.
package struct Trace<Step: Equatable & Sendable>: Equatable, Sendable {
    package var steps: [Step] = []
    package var error: WireError?

    package init(steps: [Step] = [], error: WireError? = nil) {
        self.steps = steps
        self.error = error
    }
}

extension Fed {
    package func trace(_ chunks: [ArraySlice<UInt8>]) -> Trace<Step> {
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
}
