// A mail opens a ticket, answers one or is ignored; only proof or a known person attaches it.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct SortingTests {
    static let ids = SignedIDs.contract(1)
    static let own = ids.make("ACME-42", domain: "acme.example")

    private func view(from: String? = "ana@acme.example", _ change: (inout MessageView) -> Void = { _ in })
        -> MessageView
    {
        edited(MessageView()) {
            $0.from = from.map { MailAddress(address: $0) }
            $0.subject = "Printer"
            change(&$0)
        }
    }

    private func sorting(_ view: MessageView) -> Sorting { Sorting(view, contract: Sample.acme, ids: Self.ids) }

    /// The decision in a word, and its reason.
    private func decide(
        _ view: MessageView, proven: Ticket? = nil, referenced: Ticket? = nil, tagged: Ticket? = nil,
        known: Set<TicketID> = [], rule: ClosedTicketRule = ClosedTicketRule(), day: Int64 = 0
    ) -> (String, String) {
        var view = view
        if proven != nil, view.inReplyTo.isEmpty { view.inReplyTo = [Self.own] }
        let answers = Sorting.Answers(proven: proven, referenced: referenced, tagged: tagged, known: known)
        let contract = edited(Sample.acme) { $0.closedTickets = rule }
        let sorting = Sorting(view, contract: contract, ids: Self.ids)
        switch sorting.decide(answers, now: Timestamp(seconds: day * 86_400)) {
        case .open(let follows?, let reason): return ("open after \(follows.key)", reason)
        case .open(nil, let reason): return ("open", reason)
        case .reply(let ticket, true, let reason): return ("reopen \(ticket.key)", reason)
        case .reply(let ticket, false, let reason): return ("reply \(ticket.key)", reason)
        case .ignore(let ticket, let reason): return ("ignore \(ticket?.key ?? "-")", reason)
        }
    }

    // MARK: - What is asked

    @Test func onlyOurOwnReferencesProveATicket() {
        let questions = sorting(
            view {
                $0.inReplyTo = ["<x@y>"]
                $0.references = ["<first@y>", Self.ids.make("ACME-7", domain: "d"), Self.own, "<x@y>"]
            }
        ).questions
        #expect(questions.provenKeys == ["ACME-42", "ACME-7"], "the nearest ancestor first")
        #expect(questions.references.first == "<x@y>" && questions.references.last == "<first@y>")
        #expect(questions.references.count == 4)
    }

    @Test func anotherContractsReferenceProvesNothing() {
        let foreign = SignedIDs.contract(2).make("ACME-42", domain: "d")
        #expect(sorting(view { $0.inReplyTo = [foreign] }).questions.provenKeys.isEmpty)
    }

    @Test func referencesAreLimited() {
        let many = (0..<1000).map { "<\($0)@y>" }
        #expect(sorting(view { $0.references = many }).questions.references.count == 50)
    }

    static let subjects: [(String, [String])] = [
        ("[ACME-42] Printer", ["ACME-42"]), ("Re: [acme-42] Printer", ["ACME-42"]),
        ("[Fwd: [ACME-42] x] y", ["ACME-42"]), ("[ACME-1][ACME-2] [ACME-1]", ["ACME-1", "ACME-2"]),
        ("Printer", []), ("42", []), ("[42]", []), ("#42", []), ("ACME-42", []), ("[BETA-42]", []),
        ("[ACME-]", []), ("[ACME-x]", []), ("[ACME-0]", []), ("[ACME--42]", []), ("[-ACME-42]", []),
        ("[ACME-42-1]", []), ("[XACME-42]", []), ("[ACME 42]", []), ("[ACME-99999999999999999999]", []),
        ("[ACME-42", []), ("]ACME-42[", []), ("[ACME-٤٢]", []),
        ("[ACME-1][ACME-2][ACME-3][ACME-4][ACME-5][ACME-6]", ["ACME-1", "ACME-2", "ACME-3", "ACME-4", "ACME-5"]),
    ]

    @Test(arguments: subjects)
    func onlyThisContractsTagsCount(_ subject: String, _ keys: [String]) {
        #expect(sorting(view { $0.subject = subject }).questions.taggedKeys == keys)
    }

    @Test func aSubjectOfBracketsEnds() {
        let subject = String(repeating: "[", count: 100_000) + "]"
        #expect(sorting(view { $0.subject = subject }).questions.taggedKeys.isEmpty)
    }

    // MARK: - What is decided

    @Test func aPersonsMailOpensATicket() {
        #expect(decide(view()).0 == "open")
        #expect(decide(view(from: nil)).0 == "open")
    }

    @Test func proofAttachesWhoeverWrites() {
        let decision = decide(view(from: "stranger@else.example"), proven: Sample.ticket)
        #expect(decision == ("reply ACME-42", "It answers a mail that we signed."))
    }

    static let participants = [
        "ana@acme.example", "ANA@Acme.Example", "bia@acme.example", "requester@else.example",
    ]

    @Test(arguments: participants)
    func aReferenceOrTagAttachesForWhoTakesPart(_ sender: String) {
        let ticket = edited(Sample.ticket) { $0.requester = MailAddress(address: "Requester@else.example") }
        #expect(decide(view(from: sender), referenced: ticket).0 == "reply ACME-42")
        #expect(decide(view(from: sender), tagged: ticket).0 == "reply ACME-42")
    }

    @Test(arguments: ["stranger@else.example", "ana@acme.example.evil.example", nil])
    func aReferenceOrTagDoesNotAttachForStrangers(_ sender: String?) {
        #expect(decide(view(from: sender), referenced: Sample.ticket, tagged: Sample.ticket).0 == "open")
    }

    @Test func whyThereIsNoTicketIsTold() {
        let stranger = "stranger@else.example"
        let cases: [((String, String), String)] = [
            (decide(view()), "It answers no mail"), (decide(view { $0.inReplyTo = ["<x@y>"] }), "belongs to no ticket"),
            (decide(view { $0.subject = "[ACME-7]" }), "There is no ticket ACME-7."),
            (decide(view(from: stranger), referenced: Sample.ticket), "refers to a mail of ticket ACME-42, but"),
            (decide(view(from: stranger), tagged: Sample.ticket), "subject names ticket ACME-42, but"),
        ]
        for (decision, says) in cases {
            #expect(decision.0 == "open" && decision.1.contains(says), "\(decision.1)")
        }
    }

    @Test func theStrongestEvidenceDecides() {
        let other = edited(Sample.ticket) { $0.key = "ACME-7" }
        let third = edited(Sample.ticket) { $0.key = "ACME-8" }
        #expect(decide(view(), proven: Sample.ticket, referenced: other, tagged: third).0 == "reply ACME-42")
        #expect(decide(view(), referenced: other, tagged: third).0 == "reply ACME-7")
    }

    @Test func automaticMailIsIgnoredButKnowsItsTicket() {
        let vacation = view { $0.headers = [.init(name: "Auto-Submitted", value: "auto-replied")] }
        #expect(decide(vacation) == ("ignore -", "Auto-Submitted says auto-replied."))
        #expect(decide(vacation, proven: Sample.ticket).0 == "ignore ACME-42")
        #expect(decide(view { $0.contentType = "multipart/report" }, proven: Sample.ticket).0 == "ignore ACME-42")
    }

    @Test func ourOwnMailIsIgnored() {
        let decision = decide(view { $0.messageID = Self.own })
        #expect(decision.0 == "ignore -" && decision.1.contains("came back"))
        #expect(decide(view { $0.messageID = SignedIDs.contract(2).make("ACME-42", domain: "d") }).0 == "open")
    }

    @Test func whoHasWrittenToATicketTakesPartInIt() {
        let stranger = view(from: "stranger@else.example")
        let known: Set<TicketID> = [Sample.ticket.id]
        #expect(decide(stranger, referenced: Sample.ticket, known: known).0 == "reply ACME-42")
        #expect(decide(stranger, tagged: Sample.ticket, known: known).0 == "reply ACME-42")
        #expect(decide(stranger, tagged: Sample.ticket, known: [TicketID(rawValue: 999)]).0 == "open")
    }

    // MARK: - Addresses and tags that we signed

    @Test func aSignedAddressOrTagProvesATicket() throws {
        let base = MailAddress(address: "help@acme.example")
        let signed = try #require(Self.ids.address(for: "ACME-42", at: base)).address
        let views = [
            view { $0.to = [MailAddress(address: signed)] },
            view { $0.cc = [MailAddress(address: signed.uppercased())] },
            view { $0.headers = [.init(name: "Delivered-To", value: signed)] },
            view { $0.headers = [.init(name: "X-Original-To", value: "<\(signed)>")] },
            view { $0.subject = "Re: \(Self.ids.tag("ACME-42")) Printer" },
            view { $0.text = "It broke.\n> \(Self.ids.tag("ACME-42"))\n" },
        ]
        for view in views {
            #expect(sorting(view).questions.provenKeys == ["ACME-42"])
            let decision = decide(edited(view) { $0.inReplyTo = ["<x@y>"] }, proven: Sample.ticket)
            #expect(decision.0 == "reply ACME-42" && decision.1.contains("that we signed"))
        }
    }

    @Test func aForgedOrForeignMarkProvesNothing() throws {
        let foreign = SignedIDs.contract(2)
        let base = MailAddress(address: "help@acme.example")
        let signed = try #require(foreign.address(for: "ACME-42", at: base))
        let own = try #require(Self.ids.address(for: "ACME-42", at: base))
        let moved = MailAddress(address: own.address.replacing("acme-42", with: "acme-43"))
        let report = try #require(Self.ids.address(for: NotificationID(rawValue: 42), at: base))
        for address in [signed, moved, report, MailAddress(address: "help+acme-42@acme.example")] {
            #expect(sorting(view { $0.to = [address] }).questions.provenKeys.isEmpty, "\(address)")
        }
        for tag in [foreign.tag("ACME-42"), Self.ids.tag("ACME-42").replacing("42", with: "43"), "[ACME-42.]"] {
            #expect(sorting(view { $0.text = tag }).questions.provenKeys.isEmpty, "\(tag)")
        }
    }

    // MARK: - Closed tickets

    static let closings: [(ClosedTicketRule, Int64, String)] = [
        (.init(), 400, "reopen ACME-42"), (.init(reply: .attach), 400, "reply ACME-42"),
        (.init(reply: .new), 11, "open after ACME-42"), (.init(days: 30), 40, "reopen ACME-42"),
        (.init(days: 30), 41, "open after ACME-42"), (.init(reply: .attach, days: 0), 11, "open after ACME-42"),
    ]

    @Test(arguments: closings)
    func whatAReplyToAClosedTicketDoesIsTheContractsRule(_ rule: ClosedTicketRule, _ day: Int64, _ expected: String) {
        let closed = edited(Sample.ticket) { $0.closed = Timestamp(seconds: 10 * 86_400) }
        let decision = decide(view(), proven: closed, rule: rule, day: day)
        #expect(decision.0 == expected && decision.1.contains("was closed on 1970-01-11"), "\(decision)")
        #expect(decide(view(), proven: Sample.ticket, rule: rule, day: day).0 == "reply ACME-42", "an open one")
    }

    // MARK: - Whose ticket it is

    @Test func theRequesterHasTheNameTheContractKnows() {
        let known = sorting(view(from: "ANA@acme.example") { $0.from?.name = "Somebody" }).requester
        #expect(known.address == MailAddress(name: "Ana", address: "ANA@acme.example"))
        let unknown = sorting(view(from: "zoe@else.example") { $0.from?.name = "Zoe" }).requester
        #expect(unknown.address == MailAddress(name: "Zoe", address: "zoe@else.example"))
        #expect(sorting(view(from: nil)).requester.address == nil)
        #expect(sorting(view()).requester.reason == "Ana <ana@acme.example>: the sender, of the contract.")
        #expect(unknown.reason.contains("not among the contract's people"))
        #expect(sorting(view(from: nil)).requester.reason.hasPrefix("Nobody"))
    }

    /// A web form or a gateway sends in somebody's place.
    @Test func whoIsToBeAnsweredMayBeTheRequester() {
        let form = sorting(view(from: "form@web.example") { $0.replyTo = [MailAddress(address: "ana@acme.example")] })
        #expect(form.requester.address == MailAddress(name: "Ana", address: "ana@acme.example"))
        #expect(form.requester.reason.contains("who is to be answered"))
        let gate = sorting(view(from: "x@web.example") { $0.sender = MailAddress(address: "ana@acme.example") })
        #expect(gate.requester.address?.name == "Ana")
    }

    @Test func aStrangersTicketBelongsToTheContractsRequester() {
        let contract = edited(Sample.acme) {
            $0.opening.requester = MailAddress(name: "Desk", address: "desk@acme.example")
        }
        func requester(_ from: String?) -> String? {
            Sorting(view(from: from), contract: contract, ids: Self.ids).requester.address?.address
        }
        #expect(requester("stranger@else.example") == "desk@acme.example")
        #expect(requester(nil) == "desk@acme.example")
        #expect(requester("ana@acme.example") == "ana@acme.example")
    }
}
