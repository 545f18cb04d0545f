// A house with a board that is asked about the first ticket, and the links of its mails; knows no test.

import MaloteCore
import MaloteDesk
import MaloteTestKit

@testable import MaloteEngine

/// Bia and Caio are asked for the board, Dora for herself.
struct ApprovalHouse {
    let house: House

    init(
        quorum: ApprovalTerms.Quorum = .number(1), change: (inout Registry) -> Void = { _ in }
    ) throws {
        house = House(
            deskRegistry { registry in
                Self.add(quorum, to: &registry)
                change(&registry)
            })
        house.inbox(1).receive(mail("one"))
        try house.poll()
    }

    private static func add(_ quorum: ApprovalTerms.Quorum, to registry: inout Registry) {
        registry.contracts[0].groups = [
            .init(
                name: "board",
                members: ["bia", "caio"].map { .init(MailAddress(address: "\($0)@board.example")) })
        ]
        let dora = EmailStep.Recipient.address(MailAddress(name: "Dora", address: "dora@board.example"))
        registry.flows = [
            Flow(
                name: name("ask"), contract: name("c-1"), trigger: "approval.requested",
                steps: [
                    .email(
                        EmailStep(
                            outbox: .contract, to: [.group("board"), dora], content: .template(name("request")),
                            priority: .high, approval: .init(quorum: quorum, expiresSeconds: 3600)))
                ])
        ]
        registry.templates.append(
            Template(
                name: name("request"), language: "en", subject: "Approve {{ticket.key}}",
                text: "approve={{approval.approve}}\nreject={{approval.reject}}\nview={{approval.view}}\n"))
        registry.templates.append(
            Template(
                name: name("result"), language: "en", subject: "{{event.type}} {{approval.group}} {{data.reason}}",
                text: "-"))
        registry.flows += ["ticket.approved", "ticket.rejected", "approval.expired"].map { trigger in
            Flow(
                name: name(trigger), contract: name("c-1"), trigger: trigger,
                steps: [.email(EmailStep(outbox: .contract, to: [.requester], template: name("result")))])
        }
    }

    var room: MailRoom { Run(house).room() }
    var approvals: [Approval] { house.store.state.approvals }
    var notifications: [Notification] { house.store.state.notifications }
    var subjects: [String] { notifications.map(\.subject) }

    func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) throws -> T { try house.stage.run(body) }

    @discardableResult
    func ask() throws -> TriggerReceipt {
        let room = room
        let request = TriggerRequest(
            contract: "c-1", on: "approval.requested", ticket: "C1-1", data: .object(["price": .integer(100)]))
        return try run { try await room.trigger(request) }
    }

    func look(_ link: String) throws -> ApprovalVisit {
        let room = room
        return try run { try await room.look(at: link) }
    }

    func answer(_ link: String, _ choice: Approval.Choice?, _ comment: String) throws -> ApprovalVisit {
        let room = room
        return try run { try await room.answer(link, choice, comment: comment) }
    }

    /// From the mail to a voter.
    func link(_ voter: Int, _ action: String) -> String {
        let text = String(decoding: notifications[voter].content, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(action)=") } ?? ""
        return String(line.split(separator: "/").last ?? "")
    }

    /// What a voter answers to the mail that asked.
    func reply(
        _ text: String, to place: Int = 0, from: String = "bia@board.example", id: String = "<r1@board.example>",
        headers: [String: String] = [:]
    ) throws {
        var lines = ["From: \(from)", "Subject: Re: Approve", "Message-ID: \(id)"]
        let asked = headers["In-Reply-To"] ?? notifications[place].messageID
        if !asked.isEmpty { lines.append("In-Reply-To: \(asked)") }
        lines += headers.filter { $0.key != "In-Reply-To" }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        house.inbox(1).receive(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + text + "\r\n").utf8))
        try house.poll()
    }
}
