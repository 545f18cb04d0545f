// Which outbox a notification takes, and why; pure.

import MaloteCore

/// The choice and the reasons for it, one line a decision. An unavailable outbox never becomes another one: the
/// familiar address is the promise.
package struct OutboxResolution: Sendable, Hashable {
    package var mailbox: Mailbox
    package var outbox: Outbox
    package var trace: [String]

    /// - Throws: `Failure(.operatorNeeded, .registry)` saying what to set when the choice leads nowhere.
    package static func resolve(
        _ choice: EmailStep.OutboxChoice, asker: String, contract: Contract, registry: Registry
    ) throws(Failure) -> OutboxResolution {
        var trace: [String] = []
        let name: MailboxName
        switch choice {
        case .specific(let specific):
            trace.append("\(asker) asks for outbox \(specific).")
            name = specific
        case .contract:
            trace.append("\(asker) asks for the contract's outbox.")
            switch contract.outbox {
            case .mailbox(let own):
                trace.append("Contract \(contract.name) has outbox \(own).")
                name = own
            case .standard:
                trace.append("Contract \(contract.name) uses the standard outbox.")
                name = try system(registry, &trace)
            }
        case .system:
            trace.append("\(asker) asks for the system outbox.")
            name = try system(registry, &trace)
        }
        guard let mailbox = registry.mailbox(name), let outbox = mailbox.outbox else {
            throw Failure(
                .operatorNeeded, .registry, trace.joined(separator: " ") + " There is no outbox \(name).",
                remedy: "Register it, or choose another outbox.")
        }
        return OutboxResolution(mailbox: mailbox, outbox: outbox, trace: trace)
    }

    private static func system(_ registry: Registry, _ trace: inout [String]) throws(Failure) -> MailboxName {
        guard let name = registry.systemOutbox else {
            throw Failure(
                .operatorNeeded, .registry, trace.joined(separator: " ") + " No system outbox is set.",
                remedy: "Set one (system: {outbox: NAME}), or give the contract an outbox of its own.")
        }
        trace.append("The system outbox is \(name).")
        return name
    }
}
