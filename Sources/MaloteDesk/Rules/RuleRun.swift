// What a list of rules says about one mail; pure.

import MaloteCore

/// Rules are looked at in order. What they `set` adds up, a later rule over an earlier one; the first that fits and does
/// something else is the last.
struct RuleRun {
    private(set) var fields: [String: String] = [:]
    private(set) var verdict: Verdict?
    /// A line for each rule that fitted.
    private(set) var trace: [String] = []

    enum Verdict {
        case ignore(reason: String)
        case quarantine(reason: String)
        case contract(ContractName)
    }

    private let view: MessageView
    private let size: Int
    private let findings: Findings

    init(_ view: MessageView, size: Int, trusted: [String]) {
        self.view = view
        self.size = size
        findings = Findings(view.headers, trusted: trusted)
    }

    /// - Parameter owner: `inbox NAME` or `contract NAME`.
    mutating func run(_ rules: [MailRule], owner: String) {
        for (index, rule) in rules.enumerated() where verdict == nil && rule.when.allSatisfy(holds) {
            let name = rule.name.isEmpty ? "Rule \(index + 1) of \(owner)" : "Rule \(rule.name) of \(owner)"
            switch rule.action {
            case .set(let values):
                fields.merge(values) { _, new in new }
                let pairs = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                trace.append("\(name) sets \(pairs.joined(separator: ", ")).")
            case .ignore: decide(.ignore(reason: "\(name) says ignore."), "\(name) says ignore.")
            case .quarantine: decide(.quarantine(reason: "\(name) says quarantine."), "\(name) says quarantine.")
            case .contract(let contract): decide(.contract(contract), "\(name) gives it to contract \(contract).")
            }
        }
    }

    /// The mail is where a rule gave it: the rules there are looked at as well.
    mutating func follow() {
        if case .contract = verdict { verdict = nil }
    }

    private mutating func decide(_ verdict: Verdict, _ line: String) {
        self.verdict = verdict
        trace.append(line)
    }

    private func holds(_ condition: MailRule.Condition) -> Bool {
        switch condition {
        case .from(let texts): fits([view.from?.address ?? ""], texts)
        case .to(let texts): fits((view.to + view.cc).map(\.address), texts)
        case .subject(let texts): fits([view.subject], texts)
        case .header(let name, let texts, let anywhere): fits(findings.values(of: name, anywhere: anywhere), texts)
        case .larger(let octets): size > octets
        case .smaller(let octets): size < octets
        }
    }

    private func fits(_ values: [String], _ texts: [TextMatch]) -> Bool {
        values.contains { value in texts.contains { $0.fits(value) } }
    }
}
