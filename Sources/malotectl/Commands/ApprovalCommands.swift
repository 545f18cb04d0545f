// approval: who was asked, who has answered what, and an operator's own hand in it.

import Foundation
import MaloteCore

enum ApprovalCommands {
    static let all = [
        Command(
            words: ["approval", "list"],
            options: [
                .init(name: "--contract", value: "NAME", help: "only of this contract"),
                .init(name: "--ticket", value: "KEY", help: "only about this ticket"),
                .init(
                    name: "--state", value: "STATE",
                    help: "only these: " + Approval.State.allCases.map(\.rawValue).joined(separator: ", ")),
            ], summary: "List approvals, latest first", run: list),
        Command(
            words: ["approval", "show"], positional: ["ID"],
            summary: "Show an approval: who was asked, and who answered what, when and how", run: show),
        Command(
            words: ["approval", "cancel"], positional: ["ID"], summary: "Ask no more: its links say so",
            details: "No event is told and no flow runs. Votes that were given stay in it."
        ) { session in try change(session, "cancel", nil) },
        Command(
            words: ["approval", "vote"], positional: ["ID"],
            options: [
                .init(name: "--as", value: "ADDRESS", help: "whose vote it is"),
                .init(name: "--approve", help: "the vote is yes"), .init(name: "--reject", help: "the vote is no"),
                .init(name: "--comment", value: "TEXT", help: "why"),
            ], summary: "Vote for somebody who was asked and has told it some other way",
            details: "The vote counts like theirs and is kept as an operator's.", run: vote),
    ]

    private static func list(_ session: Session) throws {
        let query = ["contract", "ticket", "state"].map { ($0, session.arguments.value("--\($0)")) }
        let items = try session.list(ApprovalView.self, ["approvals"], query: query)
        guard !session.isJSON else { return try session.printJSON(items) }
        table(items).print(empty: "No approval.")
    }

    static func table(_ approvals: [ApprovalView]) -> Table {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var table = Table(
            "APPROVAL", "CONTRACT", "TICKET", "STATE", "FOR", "AGAINST", "NEEDS", "ASKED", "ENDS", "SUBJECT")
        for approval in approvals {
            let votes = approval.voters.compactMap(\.choice)
            table.add(
                "\(approval.id)", approval.contract, approval.ticket, approval.state.rawValue,
                "\(votes.count { $0 == .approve })", "\(votes.count { $0 == .reject })",
                "\(approval.quorum) of \(approval.voters.count)", Ago.past(approval.created, now: now),
                approval.ended?.description ?? Ago.ahead(approval.expires, now: now), approval.subject)
        }
        return table
    }

    private static func show(_ session: Session) throws {
        let data = try session.ask("GET", ["approvals", session.arguments.positional[0]])
        guard !session.isJSON else { return session.printJSON(data) }
        print(try JSONDecoder().decode(ApprovalView.self, from: data))
    }

    private static func print(_ approval: ApprovalView) {
        let end = approval.ended.map { " since \($0)" } ?? " until \(approval.expires)"
        Swift.print("approval \(approval.id) of contract \(approval.contract), ticket \(approval.ticket)")
        Swift.print("subject: \(approval.subject.printable)")
        Swift.print("state: \(approval.state.rawValue)\(end)")
        Swift.print("needs: \(approval.quorum) of \(approval.voters.count)")
        Swift.print("asked: \(approval.created) by step \(approval.step) of flow \(approval.flow)")
        for line in approval.summary.split(separator: "\n") { Swift.print("  \(String(line).printable)") }
        Swift.print("")
        var voters = Table("VOTER", "GROUP", "VOTE", "TIME", "BY", "NOTIFICATION", "COMMENT")
        for voter in approval.voters {
            voters.add(
                MailAddress(name: voter.name, address: voter.address).description, voter.group ?? "-",
                voter.choice?.rawValue ?? "-", voter.time?.description ?? "-", voter.way?.rawValue ?? "-",
                voter.notification.map(\.description) ?? "-", voter.comment ?? "")
        }
        voters.print(empty: "Nobody was asked.")
    }

    private static func vote(_ session: Session) throws {
        let arguments = session.arguments
        guard arguments.has("--approve") != arguments.has("--reject") else {
            throw Stop.usage("Say --approve or --reject.")
        }
        var body = ["as": try arguments.required("--as"), "choice": arguments.has("--approve") ? "approve" : "reject"]
        body["comment"] = arguments.value("--comment")
        try change(session, "vote", try JSONSerialization.data(withJSONObject: body))
    }

    private static func change(_ session: Session, _ verb: String, _ body: Data?) throws {
        let data = try session.ask(
            "POST", ["approvals", session.arguments.positional[0], verb], body: body.map(Array.init) ?? [])
        guard !session.isJSON else { return session.printJSON(data) }
        let approval = try JSONDecoder().decode(ApprovalView.self, from: data)
        Swift.print("approval \(approval.id) of ticket \(approval.ticket) is \(approval.state.rawValue)")
    }
}
