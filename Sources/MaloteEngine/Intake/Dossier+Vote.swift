// A reply to a request for approval: a vote if its writer was asked and says yes or no, else a reply like others.

import MaloteCore
import MaloteDesk

extension Dossier {
    private struct Request {
        var approval: Approval
        /// Whom the mail that is answered asked.
        var place: Int

        var voter: Approval.Voter { approval.voters[place] }
    }

    /// - Returns: whether it was taken as a vote.
    mutating func vote(_ ids: SignedMessageID, _ store: any StoreWriting) throws -> Bool {
        guard let request = try request(ids, store), let ticket = try store.ticket(request.approval.ticket) else {
            return false
        }
        let id = request.approval.id
        guard view.from?.key == request.voter.address.key else {
            note(.approval, reference: id.description, "No vote: it answers what somebody else was asked.")
            return false
        }
        guard let said = ReplyVote(view.newText) else {
            note(.approval, reference: id.description, "No vote: its first line is none of the words for yes or no.")
            return false
        }
        let vote = Approval.Vote(said.choice, by: .reply, at: now, comment: said.comment)
        let desk = ApprovalDesk(intake: filing.intake, registry: filing.registry, now: now)
        switch try desk.cast(vote, by: request.place, in: request.approval, store) {
        case .refused(let refusal):
            note(.approval, reference: id.description, "No vote: \(refusal.words)")
            return false
        case .counted(let counted):
            let end = counted.state == .pending ? "" : " With it the approval is \(counted.state.rawValue)."
            note(
                .approval, reference: id.description,
                "\(request.voter.address.address) votes to \(said.choice.rawValue).\(end)")
            try attachVote(to: ticket, .init(approval: id, choice: said.choice), store)
            return true
        }
    }

    /// Only what it answers itself counts: a "yes" to a later mail of the thread answers that one.
    private func request(_ ids: SignedMessageID, _ store: any StoreReading) throws -> Request? {
        let answered = view.inReplyTo.isEmpty ? [view.references.last].compactMap { $0 } : view.inReplyTo
        for messageID in answered.prefix(5) where ids.verify(messageID) != nil {
            guard let notification = try store.notification(contract: contract.id, messageID: messageID),
                let approval = try store.approval(askedBy: notification), approval.contract == contract.id,
                let place = approval.voters.firstIndex(where: { $0.notification == notification })
            else { continue }
            return Request(approval: approval, place: place)
        }
        return nil
    }
}

extension Ballot.Refusal {
    /// A sentence for operators.
    var words: String {
        switch self {
        case .noSuchVoter: "Nobody of that address is asked."
        case .voted(let vote): "A vote (\(vote.choice.rawValue)) was given on \(vote.time), and stays."
        case .ended(let state, let time): "The approval is \(state.rawValue) since \(time)."
        }
    }
}
