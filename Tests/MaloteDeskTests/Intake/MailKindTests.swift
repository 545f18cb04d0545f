// People are told from machines by the headers that prove it, and by no others.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct MailKindTests {
    enum Kind: String, Sendable { case person, ownLoop, report, list, automatic }

    struct Case: Sendable, CustomTestStringConvertible {
        var expected: Kind
        var says: String
        var headers: [(String, String)] = []
        var from = "ana@acme.example"
        var type = "text/plain"
        var parameters: [String: String] = [:]
        var isOwn = false

        var testDescription: String { "\(expected) \(says) \(headers) \(from) \(type)" }

        var view: MessageView {
            edited(MessageView()) {
                $0.from = MailAddress(address: from)
                $0.headers = headers.map { .init(name: $0, value: $1) }
                $0.contentType = type
                $0.contentTypeParameters = parameters
            }
        }
    }

    static let people: [Case] = [
        Case(expected: .person, says: ""),
        Case(expected: .person, says: "", headers: [("Auto-Submitted", "no")]),
        Case(expected: .person, says: "", headers: [("Auto-Submitted", "No; reason=x")]),
        Case(expected: .person, says: "", headers: [("X-Auto-Response-Suppress", "All")]),
        Case(expected: .person, says: "", headers: [("Precedence", "normal")]),
        Case(expected: .person, says: "", headers: [("Return-Path", "<ana@acme.example>")]),
        Case(expected: .person, says: "", headers: [("Return-Path", "<p@x.example>")], from: "postmaster@x.example"),
        Case(expected: .person, says: "", from: "mailer-daemon-fan@x.example"),
        Case(expected: .person, says: "", type: "multipart/mixed", parameters: ["report-type": "delivery-status"]),
    ]

    static let machines: [Case] = [
        Case(expected: .automatic, says: "auto-replied", headers: [("Auto-Submitted", "auto-replied")]),
        Case(expected: .automatic, says: "auto-generated", headers: [("AUTO-SUBMITTED", "Auto-Generated; x=y")]),
        Case(expected: .automatic, says: "auto-notified", headers: [("Auto-Submitted", "auto-notified\t(x)")]),
        Case(expected: .list, says: "bulk", headers: [("Precedence", "Bulk")]),
        Case(expected: .automatic, says: "junk", headers: [("Precedence", "junk")]),
        Case(expected: .list, says: "list", headers: [("Precedence", "list")]),
        Case(expected: .automatic, says: "auto_reply", headers: [("Precedence", "auto_reply")]),
        Case(expected: .list, says: "List-Id", headers: [("List-ID", "<news.x.example>")]),
        Case(expected: .list, says: "List-Unsubscribe", headers: [("List-Unsubscribe", "<mailto:x>")]),
        Case(expected: .automatic, says: "X-Autoreply", headers: [("X-Autoreply", "yes")]),
        Case(expected: .automatic, says: "return path is empty", headers: [("Return-Path", "< >")]),
    ]

    static let reports: [Case] = [
        Case(expected: .report, says: "multipart/report", type: "multipart/report"),
        Case(
            expected: .report, says: "delivery-status", type: "multipart/report",
            parameters: ["report-type": "Delivery-Status"]),
        Case(
            expected: .report, says: "mailer-daemon", headers: [("Return-Path", "<>")], from: "MAILER-DAEMON@x.example"),
        Case(expected: .report, says: "postmaster", headers: [("Return-Path", " <> ")], from: "Postmaster@x.example"),
        Case(expected: .report, says: "failed recipients", headers: [("X-Failed-Recipients", "a@x.example")]),
        Case(
            expected: .report, says: "multipart/report", headers: [("Auto-Submitted", "auto-replied")],
            type: "multipart/report"),
        Case(expected: .ownLoop, says: "our own mail came back", type: "multipart/report", isOwn: true),
    ]

    @Test(arguments: people + machines + reports)
    func aMailIsTold(_ item: Case) {
        let kind = MailKind.classify(item.view, isOwnMessageID: item.isOwn)
        let (found, reason): (Kind, String) =
            switch kind {
            case .person: (.person, "")
            case .ownLoop(let reason): (.ownLoop, reason)
            case .report(_, let reason): (.report, reason)
            case .list(let reason): (.list, reason)
            case .automatic(let reason): (.automatic, reason)
            }
        #expect(found == item.expected)
        #expect(reason.contains(item.says) || item.says.isEmpty)
    }

    @Test func aMailWithoutSenderIsAPersons() {
        #expect(MailKind.classify(MessageView(), isOwnMessageID: false) == .person)
    }
}
