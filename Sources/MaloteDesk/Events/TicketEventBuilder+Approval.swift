// The events that tell how an approval was decided; knows neither votes' counting nor log.

import MaloteCore

extension TicketEventBuilder {
    /// `ticket.approved` or `ticket.rejected`: what was asked, and who answered what.
    package func decided(_ approval: Approval, ticket: Ticket) -> TicketEvent {
        let kind: TicketEvent.Kind = approval.state == .approved ? .ticketApproved : .ticketRejected
        return event(kind, source: "/flows/\(approval.flow)", subject: ticket.key) { data in
            data.object("ticket") { Self.write(ticket, to: &$0) }
            data.object("approval") { json in
                json.field("id", approval.id.description)
                json.field("subject", approval.subject)
                json.array("groups") { json in for group in approval.groups { json.field(nil, group) } }
                json.field("quorum", approval.quorum)
                json.field("voters", approval.voters.count)
                json.field("asked", approval.created.description)
                json.field("expires", approval.expires.description)
            }
            data.array("votes") { json in
                for voter in approval.cast {
                    guard let vote = voter.vote else { continue }
                    json.object { Self.write(vote, of: voter, to: &$0) }
                }
            }
        }
    }

    private static func write(_ vote: Approval.Vote, of voter: Approval.Voter, to json: inout JSONText) {
        json.field("name", voter.address.name)
        json.field("address", voter.address.address)
        json.field("group", voter.group)
        json.field("choice", vote.choice.rawValue)
        json.field("time", vote.time.description)
        json.field("way", vote.way.rawValue)
        json.field("comment", vote.comment)
    }
}
