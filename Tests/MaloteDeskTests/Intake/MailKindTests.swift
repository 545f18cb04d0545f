// People are told from machines by the headers that prove it, and by no others.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct MailKindTests {
    enum Kind: String, Sendable { case person, ownLoop, bounce, delayed, complaint, receipt, list, automatic }

    struct Case: Sendable, CustomTestStringConvertible {
        var expected: Kind
        var says: String
        var headers: [(String, String)] = []
        var from = "ana@acme.example"
        var type = "text/plain"
        var parameters: [String: String] = [:]
        var isOwn = false
        var subject = ""
        var notice: DeliveryNotice.Kind?

        var testDescription: String { "\(expected) \(says) \(headers) \(from) \(type) \(subject)" }

        var view: MessageView {
            edited(MessageView()) {
                $0.from = MailAddress(address: from)
                $0.headers = headers.map { .init(name: $0, value: $1) }
                $0.contentType = type
                $0.contentTypeParameters = parameters
                $0.subject = subject
                $0.notice = notice.map { DeliveryNotice(kind: $0, evidence: "It is noticed.") }
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
        Case(expected: .bounce, says: "It is noticed.", notice: .bounce),
        Case(expected: .delayed, says: "It is noticed.", notice: .delayed),
        Case(expected: .complaint, says: "It is noticed.", notice: .complaint),
        Case(
            expected: .receipt, says: "It is noticed.", headers: [("Auto-Submitted", "auto-replied")], notice: .receipt),
        Case(expected: .bounce, says: "It is noticed.", headers: [("List-Id", "<news.x.example>")], notice: .bounce),
        Case(
            expected: .ownLoop, says: "our own mail came back", type: "multipart/report", isOwn: true, notice: .bounce),
        // What nothing was understood of is a machine's all the same.
        Case(expected: .automatic, says: "multipart/report", type: "multipart/report"),
        Case(expected: .automatic, says: "tlsrpt", type: "multipart/report", parameters: ["report-type": "tlsrpt"]),
        Case(expected: .automatic, says: "failed recipients", headers: [("X-Failed-Recipients", "a@x.example")]),
        Case(
            expected: .automatic, says: "return path is empty", headers: [("Return-Path", " <> ")],
            from: "Postmaster@x.example"),
    ]

    static let replies: [Case] = [
        Case(
            expected: .automatic, says: "auto-replied",
            headers: [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")]),
        Case(expected: .automatic, says: "X-Auto-Reply-From", headers: [("X-Auto-Reply-From", "a@x.example")]),
        Case(expected: .automatic, says: "X-Mail-Autoreply", headers: [("X-Mail-Autoreply", "Yes")]),
        Case(expected: .automatic, says: "X-Vacation", headers: [("X-Vacation", "1")]),
        Case(expected: .automatic, says: "X-FC-MachineGenerated", headers: [("X-FC-MachineGenerated", "true")]),
        Case(expected: .automatic, says: "X-POST-MessageClass", headers: [("X-POST-MessageClass", "9; Autoresponder")]),
        Case(expected: .automatic, says: "Preference", headers: [("Preference", "auto_reply")]),
        Case(expected: .automatic, says: "autoresponder", headers: [("Delivered-To", "autoresponder@x.example")]),
        Case(expected: .automatic, says: "subject", subject: "Automatic reply: Offer 12"),
        Case(expected: .automatic, says: "subject", subject: "Resposta automática: Oferta 12"),
        Case(expected: .automatic, says: "subject", subject: "AUTOMATISCHE  ANTWORT: Angebot"),
        Case(expected: .automatic, says: "subject", subject: "Réponse automatique\u{A0}: offre"),
        Case(expected: .automatic, says: "subject", subject: "自动回复：报价"),
        Case(expected: .automatic, says: "subject", subject: "Автоматический ответ: счёт"),
        Case(
            expected: .automatic, says: "away", headers: [("X-Auto-Response-Suppress", "All")],
            subject: "Out of Office until Monday"),
        Case(
            expected: .list, says: "List-Id",
            headers: [("List-Id", "<a.x.example>"), ("Auto-Submitted", "auto-replied")]),
        Case(expected: .automatic, says: "away", subject: "AUTO: Kim Doe is out of the office (returning 05/01)"),
        Case(expected: .automatic, says: "X-Apple-Action", headers: [("X-Apple-Action", "VACATION/1.0")]),
        Case(expected: .person, says: "", subject: "Re: Automatic reply: Offer 12"),
        Case(expected: .person, says: "", subject: "Out of office furniture: which chairs?"),
        Case(expected: .person, says: "", subject: "Auto: Frage zum Kauf"),
        Case(expected: .person, says: "", subject: "Automatic reply does not work"),
        Case(expected: .person, says: "", headers: [("X-Auto-Reply", "no")]),
        Case(expected: .person, says: "", from: "postmaster@x.example", subject: "Delivery"),
    ]

    @Test(arguments: people + machines + reports + replies)
    func aMailIsTold(_ item: Case) {
        let kind = MailKind.classify(item.view, isOwnMessageID: item.isOwn)
        let (found, reason): (Kind, String) =
            switch kind {
            case .person: (.person, "")
            case .ownLoop(let reason): (.ownLoop, reason)
            case .report(.bounce, let reason): (.bounce, reason)
            case .report(.delayed, let reason): (.delayed, reason)
            case .report(.complaint, let reason): (.complaint, reason)
            case .report(.delivered, let reason), .report(.receipt, let reason): (.receipt, reason)
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
