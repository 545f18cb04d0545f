// For which contracts a mail is filed, and what their rules say of it before it is anything else; pure.

import MaloteCore

/// The rules of the inbox come first, then those of each contract.
package struct Routing: Sendable {
    /// One contract that gets the mail.
    package struct Destination: Sendable {
        package var contract: Contract
        package var verdict: Verdict?
        /// For the event's `fields`.
        package var fields: [String: String]
        /// A line for each rule that fitted.
        package var trace: [String]
    }

    package enum Verdict: Sendable, Hashable {
        case ignore(reason: String)
        case quarantine(reason: String)
    }

    private let inbox: Inbox?
    private let owner: String
    private let registry: Registry
    /// A person has looked at the mail: only where it goes and what is set counts.
    private let passes: Bool

    /// - Parameter inbox: `nil` if it is no longer registered.
    package init(inbox: Inbox?, name: MailboxName, registry: Registry, passingRules passes: Bool = false) {
        self.inbox = inbox
        owner = "inbox \(name)"
        self.registry = registry
        self.passes = passes
    }

    /// Each contract once, in the order of `contracts`. A contract to which another's rule gave the mail does not give it
    /// on: so there are no circles.
    package func destinations(_ view: MessageView, size: Int, contracts: [Contract]) -> [Destination] {
        var common = RuleRun(view, size: size, trusted: inbox?.trusted ?? [])
        common.run(rules(inbox?.rules ?? [], mayRoute: true), owner: owner)
        if case .contract(let name) = common.verdict, let only = registry.contract(name) {
            return [destination(only, common, mayRoute: false).found]
        }
        var found: [Destination] = []
        for contract in contracts {
            var (destination, next) = destination(contract, common, mayRoute: true)
            if let next, let other = registry.contract(next), other.id != contract.id {
                let trace = destination.trace
                destination = self.destination(other, common, mayRoute: false).found
                destination.trace = trace + destination.trace.filter { !trace.contains($0) }
            }
            if !found.contains(where: { $0.contract.id == destination.contract.id }) { found.append(destination) }
        }
        return found
    }

    private func destination(
        _ contract: Contract, _ common: RuleRun, mayRoute: Bool
    ) -> (found: Destination, next: ContractName?) {
        var run = common
        run.follow()
        run.run(rules(contract.rules, mayRoute: mayRoute), owner: "contract \(contract.name)")
        var destination = Destination(contract: contract, verdict: nil, fields: run.fields, trace: run.trace)
        switch run.verdict {
        case .ignore(let reason): destination.verdict = .ignore(reason: reason)
        case .quarantine(let reason): destination.verdict = .quarantine(reason: reason)
        case .contract(let name): return (destination, name)
        case nil: break
        }
        return (destination, nil)
    }

    private func rules(_ rules: [MailRule], mayRoute: Bool) -> [MailRule] {
        rules.filter { rule in
            switch rule.action {
            case .ignore, .quarantine: !passes
            case .contract: mayRoute
            case .set: true
            }
        }
    }
}
