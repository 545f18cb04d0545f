// Asking for approval: one approval, and a notification to each voter, in the occasion's transaction.

import MaloteCore
import MaloteDesk

extension FlowDesk {
    /// All or nothing: a mail that cannot be built leaves nobody asked.
    mutating func ask(_ asked: FlowRun.Question, _ store: any StoreWriting) throws {
        let recipients = asked.voters.map(\.address)
        guard let allowed = try allowed(recipients, asked.place, store) else { return }
        let question = asked.asking(only: allowed.to, because: allowed.leftOut)
        if let why = question.whyTooFew { return tellNothing(question.place, why) }
        guard var (approval, drafts) = try written(question, store) else { return }
        var contents: [[UInt8]] = []
        for place in drafts.indices {
            try addFiles(to: &drafts[place])
            guard let content = build(drafts[place]) else { return }
            contents.append(content)
        }
        for (place, content) in contents.enumerated() {
            approval.voters[place].notification = try queue(drafts[place], content, store)
        }
        try store.insert(approval)
        try count(allowed.scopes, store)
        tell(question, approval)
    }

    private mutating func written(
        _ question: FlowRun.Question, _ store: any StoreWriting
    ) throws -> (approval: Approval, drafts: [FlowRun.Draft])? {
        let id = try store.newApprovalID()
        do { return try run.write(question, as: id) } catch {
            tellNothing(question.place, FlowRun.reason(of: error))
            return nil
        }
    }

    private mutating func tell(_ question: FlowRun.Question, _ approval: Approval) {
        for reason in question.leftOut {
            note(.flow, "\(question.place) leaves somebody or something out. \(reason)")
        }
        note(
            .approval, reference: approval.id.description,
            "\(question.place) asks \(approval.voters.count) for approval: \(approval.quorum) must approve, until "
                + "\(approval.expires).")
    }
}
