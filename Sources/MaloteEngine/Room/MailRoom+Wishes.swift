// What is asked of whoever works on a mailbox or an endpoint: this node, or another that is told of it.

import MaloteCore
import MaloteDesk

extension MailRoom {
    /// - Returns: false if it is not polled at all.
    /// - Throws: if the node that polls it could not be asked.
    func pollSoon(_ id: MailboxID) async throws(Problem) -> Bool {
        if await parts.scheduler.pollNow(id) { return true }
        let registry = parts.board.current
        guard let keeper = parts.keeper, let mailbox = registry.mailbox(id), mailbox.inbox != nil,
            !registry.contracts(fedBy: mailbox.name).isEmpty, restReason(mailbox, registry) == nil
        else { return false }
        do { return try await keeper.passOn(Wish(.poll, .mailbox(id))) } catch { throw Problem(error) }
    }

    func probe(_ outboxes: Set<MailboxID>) async {
        await parts.drain.probe(outboxes: outboxes)
        // Whoever cannot be asked tries by itself when its rest is over.
        for id in outboxes { _ = try? await parts.keeper?.passOn(Wish(.probe, .mailbox(id))) }
    }

    func lookAtEndpoint(of contract: ContractID) async {
        await parts.events.look(at: contract)
        _ = try? await parts.keeper?.passOn(Wish(.look, .endpoint(contract)))
    }
}
