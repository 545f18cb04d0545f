// Two robots that write to each other are stopped; people and staff are not.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct AnswerBudgetTests {
    private static let limits = AnswerLimits(address: 3, ticket: 5, contract: 7)
    /// Half past an hour.
    private static let now = Timestamp(milliseconds: 1_000 * 3_600_000 + 1_800_000)
    private static let writer = Sample.address("ana@acme.example")
    private static let staff = Sample.address("bia@acme.example")
    private static let view = edited(MessageView()) { $0.from = Sample.address("ANA@acme.example") }

    private func judge(
        _ recipients: [MailAddress] = [writer, staff], view: MessageView = view, at now: Timestamp = now,
        counts: [String: (Int, Int)] = [:]
    ) -> AnswerBudget.Verdict {
        AnswerBudget(Self.limits, now: now).judge(recipients, ticket: Sample.ticket, view: view) { scope in
            let count = counts[scope] ?? (0, 0)
            return AnswerCount(thisHour: count.0, lastHour: count.1)
        }
    }

    @Test func anAnswerIsCountedWhereItBelongs() {
        #expect(
            judge()
                == .send(
                    to: [Self.writer, Self.staff], scopes: ["ticket ACME-42", "all", "address ana@acme.example"],
                    leftOut: []))
    }

    /// In this hour, in the one before (of which half still counts), and whether one more may leave.
    static let counts: [(Int, Int, Bool)] = [
        (0, 0, true), (2, 0, true), (3, 0, false), (9, 0, false), (0, 4, true), (0, 5, false), (1, 2, true),
        (1, 3, false),
        (2, 1, false),
    ]

    @Test(arguments: counts)
    func theHourBeforeCountsAsFarAsItReaches(_ thisHour: Int, _ lastHour: Int, _ isLeft: Bool) {
        let verdict = judge([Self.writer], counts: ["address ana@acme.example": (thisHour, lastHour)])
        if case .send = verdict { #expect(isLeft) } else { #expect(!isLeft) }
    }

    @Test func theHourBeforeFades() {
        let last: [String: (Int, Int)] = ["address ana@acme.example": (0, 3)]
        let start = Timestamp(milliseconds: 1_000 * 3_600_000)
        if case .send = judge([Self.writer], at: start, counts: last) {
            Issue.record("a burst at the turn of the hour")
        }
        if case .nothing = judge([Self.writer], at: start + .seconds(1200), counts: last) {
            Issue.record("still closed")
        }
    }

    @Test func onlyTheWriterIsLimitedByAddress() {
        let spent: [String: (Int, Int)] = ["address ana@acme.example": (3, 0), "address bia@acme.example": (99, 0)]
        guard case .send(let to, let scopes, let leftOut) = judge(counts: spent) else {
            Issue.record("staff must hear of it")
            return
        }
        #expect(to == [Self.staff])
        #expect(scopes == ["ticket ACME-42", "all"])
        #expect(leftOut.count == 1 && leftOut[0].reason.contains("ana@acme.example has had its 3 answers"))
        guard case .nothing(let limits) = judge([Self.writer], counts: spent) else {
            Issue.record("nobody is left")
            return
        }
        #expect(limits.map(\.scope) == ["address ana@acme.example"] && limits[0].reason.contains("two robots"))
    }

    @Test func whereAnswersAreAskedForCountsAsTheWriter() {
        let view = edited(Self.view) { $0.replyTo = [Self.staff] }
        guard case .nothing = judge([Self.staff], view: view, counts: ["address bia@acme.example": (3, 0)]) else {
            Issue.record("a robot hides behind Reply-To")
            return
        }
    }

    @Test(arguments: [("ticket ACME-42", 5, "Ticket ACME-42"), ("all", 7, "The contract")])
    func aTicketAndAContractHaveTheirs(_ scope: String, _ limit: Int, _ says: String) {
        guard case .send = judge(counts: [scope: (limit - 1, 0)]) else {
            Issue.record("stopped too early")
            return
        }
        guard case .nothing(let limits) = judge(counts: [scope: (limit, 0)]) else {
            Issue.record("not stopped")
            return
        }
        #expect(limits.map(\.scope) == [scope])
        #expect(limits.first?.reason.hasPrefix("\(says) has had its \(limit) answers") == true)
    }

    @Test func noneIsNone() {
        let verdict = AnswerBudget(AnswerLimits(address: 0), now: Self.now).judge(
            [Self.writer], ticket: Sample.ticket, view: Self.view
        ) { _ in AnswerCount() }
        if case .send = verdict { Issue.record("0 means none") }
    }
}
