// What voters' links show, and the votes that are given there; knows no page.

import MaloteCore
import MaloteDesk

extension MailRoom {
    package func look(at link: String) async throws(Problem) -> ApprovalVisit {
        guard let door = door(link) else { return ApprovalVisit(.forged) }
        let now = parts.time.now()
        return try await read { store in
            guard let place = try door.place(store) else { return door.foreign }
            return try place.visit(place.outcome(at: now), store)
        }
    }

    package func answer(
        _ link: String, _ choice: Approval.Choice?, comment: String
    ) async throws(Problem) -> ApprovalVisit {
        guard let door = door(link) else { return ApprovalVisit(.forged) }
        guard let choice, door.link.action.choices.contains(choice) else { return try await look(at: link) }
        let desk = approvalDesk
        let vote = Approval.Vote(choice, by: .link, at: desk.now, comment: comment.trimmed)
        let visit = try await write { store in
            guard var place = try door.place(store) else { return door.foreign }
            switch try desk.cast(vote, by: door.link.voter, in: place.approval, store) {
            case .refused: return try place.visit(place.outcome(at: desk.now), store)
            case .counted(let counted):
                place.approval = counted
                return try place.visit(.taken(choice), store)
            }
        }
        if case .taken = visit.outcome { parts.intake.ring() }
        return visit
    }

    private func door(_ text: String) -> LinkDoor? {
        guard let link = ApprovalLink(text, parts.intake.approvalSeal) else { return nil }
        return LinkDoor(link: link, contract: parts.board.current.contract(link.contract))
    }
}

/// A link that one of us has written.
private struct LinkDoor: Sendable {
    let link: ApprovalLink
    let contract: Contract?

    var foreign: ApprovalVisit { ApprovalVisit(.foreign, language: contract?.language) }

    /// What it leads to; `nil` if that is not there, or not what it was made for.
    func place(_ store: any StoreReading) throws -> LinkPlace? {
        guard let contract, let approval = try store.approval(link.approval), approval.contract == link.contract,
            approval.nonce == link.nonce, approval.voters.indices.contains(link.voter)
        else { return nil }
        return LinkPlace(link: link, contract: contract, approval: approval)
    }
}

private struct LinkPlace {
    let link: ApprovalLink
    let contract: Contract
    var approval: Approval

    private var voter: Approval.Voter { approval.voters[link.voter] }

    private func words(_ time: Timestamp) -> String {
        TemplateStyle(language: contract.language, zone: contract.timezone).dateAndTime(time)
    }

    func outcome(at now: Timestamp) -> ApprovalVisit.Outcome {
        switch Ballot(approval).refusal(of: link.voter, at: now) {
        case nil: .asks(link.action.choices)
        case .voted(let vote): .voted(vote.choice, on: words(vote.time))
        case .ended(let state, let time): .ended(state, on: words(time))
        case .noSuchVoter: .foreign
        }
    }

    func visit(_ outcome: ApprovalVisit.Outcome, _ store: any StoreReading) throws -> ApprovalVisit {
        let ticket = try store.ticket(approval.ticket)
        let question = ApprovalVisit.Question(
            contract: contract.title.isEmpty ? contract.name.text : contract.title, ticket: ticket?.key ?? "",
            requester: ticket?.requester?.description, subject: approval.subject, summary: approval.summary,
            voter: voter.address.name ?? voter.address.address, group: voter.group, quorum: approval.quorum,
            voters: approval.voters.count, approvals: approval.count(.approve), rejections: approval.count(.reject),
            expires: words(approval.expires), state: approval.state)
        return ApprovalVisit(outcome, language: contract.language, question: question)
    }
}
