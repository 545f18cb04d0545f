// A notice as a server writes it, and what is to be understood of it, in the shortest form that can be read.

import MaloteCore
import Testing

struct NoticeCase: Sendable, CustomTestStringConvertible {
    var name: String
    var mail: String
    /// The kind, then a line a recipient: address, status, cause, and `hard` or its action.
    var expected: String

    var testDescription: String { name }

    /// A mail from a daemon with an empty return path.
    init(
        _ name: String, from: String = "MAILER-DAEMON@mx.example.net",
        subject: String = "Undelivered Mail Returned to Sender", header: String = "",
        _ body: String, _ expected: String
    ) {
        self.name = name
        let type = header.contains("Content-Type") ? "" : "Content-Type: text/plain; charset=utf-8\n"
        mail =
            "Return-Path: <>\nFrom: \(from)\nTo: desk@example.com\nSubject: \(subject)\n" + header + type + "\n" + body
        self.expected = expected
    }

    /// A mail as it stands.
    init(_ name: String, mail: String, _ expected: String) {
        self.name = name
        self.mail = mail
        self.expected = expected
    }

    /// A multipart/report with a text, fields for machines and the header of the returned mail.
    init(
        report name: String, text: String = "Sorry.\n", _ fields: String, type: String = "message/delivery-status",
        _ expected: String
    ) {
        let report =
            type == "message/feedback-report"
            ? "feedback-report" : type.contains("disposition") ? "disposition-notification" : "delivery-status"
        let returned =
            "Content-Type: text/rfc822-headers\n\nFrom: desk@example.com\nTo: kim@example.org\nMessage-ID: <sent.1@example.com>\nSubject: Offer\n"
        self.init(
            name, header: "Content-Type: multipart/report; report-type=\(report); boundary=b\n",
            "--b\n\n\(text)\n--b\nContent-Type: \(type)\n\n\(fields)\n--b\n\(returned)\n--b--\n", expected)
    }

    static func told(_ notice: DeliveryNotice?) -> String {
        guard let notice else { return "none" }
        let lines = notice.recipients.map { one in
            let end = one.action == .failed ? (one.isHard ? " hard" : "") : " \(one.action.rawValue)"
            return "\(one.address) \(one.status ?? "-") \(one.cause.rawValue)\(end)"
        }
        return ([notice.kind.rawValue] + lines).joined(separator: "\n")
    }
}
