// A step that asks for approval: who is asked, how many must agree, and each one's own mail; pure but for chance.

import MaloteCore

extension FlowRun {
    /// Where voters' links lead, and whose hand signs them.
    package struct ApprovalDoor: Sendable {
        package var seal: ApprovalSeal
        /// Before the link; without a slash at its end.
        package var base: String

        package init(seal: ApprovalSeal, base: String) {
            self.seal = seal
            self.base = Self.trimmed(base)
        }

        static func trimmed(_ base: String) -> String {
            var base = base
            while base.hasSuffix("/") { base.removeLast() }
            return base
        }
    }

    /// What one voter's mail says of the approval.
    struct Ask: Sendable {
        var approve, reject, view: String
        var group: String
        var expires: Timestamp
        var quorum: Int
    }

    /// One approval with the mails that ask for it, ready to be numbered, built and queued.
    package struct Question: Sendable {
        package var place: Place
        package var resolution: OutboxResolution
        /// Everybody who is asked, with the group they are asked for.
        package var voters: [Approval.Voter]
        package var leftOut: [String]
        package var expires: Timestamp
        let step: EmailStep
        let template: Template
        let terms: ApprovalTerms
    }

    /// What is needed before anybody can be asked, if something lacks.
    private var whyNobodyIsAsked: String? {
        if ticket == nil { return "An approval is about a ticket. Name it: malotectl trigger --ticket KEY." }
        if door == nil {
            return "Links need the address of this server. Set http.listen and http.url in malote.yaml, and restart."
        }
        return nil
    }

    /// - Throws: `Failure(.operatorNeeded, .registry)` if nobody can be asked.
    func question(
        _ terms: ApprovalTerms, _ step: EmailStep, _ place: Place, _ template: Template, _ found: Recipients,
        _ resolution: OutboxResolution
    ) -> Outcome {
        if let why = whyNobodyIsAsked { return .nothing(place, reason: why) }
        let voters = found.to.map { Approval.Voter($0, group: found.groups[$0.key]) }
        let question = Question(
            place: place, resolution: resolution, voters: voters, leftOut: found.leftOut,
            expires: now + .seconds(terms.expiresSeconds), step: step, template: template, terms: terms)
        if let why = question.whyTooFew { return .nothing(place, reason: why) }
        return .ask(question)
    }

    /// The approval under its number, and each voter's mail in their order.
    /// - Throws: `Failure(.operatorNeeded, .registry)`, or what is wrong with the template.
    package func write(
        _ question: Question, as id: ApprovalID
    ) throws -> (approval: Approval, drafts: [Draft]) {
        guard let ticket, let door else { throw Failure(.transient, .defect, "Nobody can be asked.") }
        var approval = Approval(
            id: id, contract: contract.id, ticket: ticket.id, flow: question.place.flow, step: question.place.step,
            nonce: door.seal.nonce(), subject: "", summary: ApprovalSummary.text(occasion.data),
            quorum: question.quorum, created: now, expires: question.expires, voters: question.voters)
        let files = question.step.attachments ? mailFiles : (places: [], leftOut: [])
        let drafts = try approval.voters.indices.map { place -> Draft in
            var run = self
            run.ask = ask(approval, place, door)
            let message = try run.compose(
                question.step, question.template, [approval.voters[place].address], question.resolution)
            return Draft(
                place: question.place, attachments: files.places, leftOut: files.leftOut,
                returnAddress: registry.returnAddress(of: contract, sender: message.from),
                resolution: question.resolution, message: message, priority: question.step.priority)
        }
        approval.subject = String((drafts.first?.message.subject ?? "").prefix(300))
        return (approval, drafts)
    }

    private func ask(_ approval: Approval, _ voter: Int, _ door: ApprovalDoor) -> Ask {
        func link(_ action: ApprovalLink.Action) -> String {
            let link = ApprovalLink(
                contract: approval.contract, approval: approval.id, voter: voter, action: action, nonce: approval.nonce)
            return "\(door.base)/a/\(link.text(door.seal))"
        }
        return Ask(
            approve: link(.approve), reject: link(.reject), view: link(.view),
            group: approval.voters[voter].group ?? "", expires: approval.expires, quorum: approval.quorum)
    }
}

extension FlowRun.Question {
    /// Far below what a link can name.
    static let mostVoters = 1000

    /// How many must approve.
    var quorum: Int {
        switch terms.quorum {
        case .number(let number): number
        case .all: voters.count
        }
    }

    /// Why the quorum cannot be reached; `nil` if it can.
    package var whyTooFew: String? {
        if voters.count > Self.mostVoters { return "More than \(Self.mostVoters) are to be asked. Ask fewer." }
        guard voters.count < quorum || voters.isEmpty else { return nil }
        return
            (["\(quorum) must approve, and only \(voters.count) can be asked. Lower the quorum, or ask more."]
            + leftOut).joined(separator: " ")
    }

    /// The same without those who may not be written to now, and why.
    package func asking(only allowed: [MailAddress], because reasons: [String]) -> Self {
        let keys = Set(allowed.map(\.key))
        var question = self
        question.voters.removeAll { !keys.contains($0.address.key) }
        question.leftOut += reasons
        return question
    }
}
