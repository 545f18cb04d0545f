// The steps of a test as they are taken; knows not what is tried.

import MaloteCore

/// `begin` a step, then it has `passed`, or the test has `failed`.
struct ProbeTrail {
    /// A server's words are shown, but not all of them.
    private static let longest = 300

    private(set) var steps: [ProbeStep] = []
    private var open: ProbeStep?
    private let each: @Sendable (ProbeStep) -> Void

    /// - Parameter each: told each step that has passed.
    init(each: @escaping @Sendable (ProbeStep) -> Void) { self.each = each }

    var isUnderWay: Bool { open != nil }

    mutating func begin(_ name: ProbeStep.Name) { open = ProbeStep(name) }

    /// What is known of the open step already, should it fail.
    mutating func saw(_ found: String) { open?.found = String(found.prefix(Self.longest)) }

    /// - Parameter found: `nil` when all was said by `saw`.
    mutating func passed(_ found: String? = nil, warnings: [String] = []) {
        if let found { saw(found) }
        open?.warnings = warnings
        if let open { each(open) }
        close()
    }

    mutating func failed(_ failure: Failure) {
        open?.failure = failure
        close()
    }

    private mutating func close() {
        if let open { steps.append(open) }
        open = nil
    }
}
