// Ordinary mail is no notice, whatever it says; what is sent in bad faith stays small and quick.

import MaloteCore
import MaloteMessage
import Testing

struct FalseNoticeTests {
    @Test(arguments: FalseNotices.all)
    func ordinaryMailIsNone(_ item: Case<String>) {
        #expect(NoticeCase.told(view(item.given).notice) == "none")
    }

    // MARK: - Bad faith

    private static let daemon =
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\n"

    @Test func recipientsHaveALimit() throws {
        var limits = MailLimits()
        limits.addresses = 100
        let lines = (0..<5000).map { "<kim\($0)@example.org>: 550 5.1.1 User unknown\n\n" }.joined()
        let notice = try #require(view(octets(Self.daemon + "\n" + lines), limits: limits).notice)
        #expect(notice.recipients.count == 100)
        #expect(notice.recipients.allSatisfy { $0.isHard })
    }

    @Test func nobodyIsNamedTwice() throws {
        let lines =
            "<Kim@example.org>: 550 User unknown\n\n<kim@EXAMPLE.org>: 550 User unknown\n\nkim@example.org: again\n"
        #expect(try #require(view(Self.daemon + "\n" + lines).notice).recipients.count == 1)
    }

    @Test(arguments: [
        "@", "a@b", "<a@b.example>:\n", "550 <a@b.example>... no\n", ">>> RCPT TO:<a@b.example>\n<<< 550 no\n",
        "--- original message\n",
        "Final-Recipient: rfc822;\n", "Final-Recipient: rfc822;a@b.example\n\n", "550-5.1.1 5.1.1.1.1",
        "Action: failed\n", "\\x{", "\"", "=?utf-8?q?", "{\"emailAddress\":", "In: RCPT\n",
    ])
    func muchOfAnythingEnds(_ piece: String) {
        for header in ["", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"] {
            let start = header.isEmpty ? "\n" : "\n--b\nContent-Type: message/delivery-status\n\n"
            let seen = view(octets(Self.daemon + header + start) + many(piece, 400_000 / piece.utf8.count))
            #expect((seen.notice?.recipients.count ?? 0) <= MailLimits().addresses)
            #expect(
                seen.notice?.recipients.allSatisfy { $0.words.utf8.count <= 500 && $0.address.utf8.count <= 1000 }
                    ?? true)
        }
    }

    @Test func wordsAreOneLineWithoutControlCharacters() throws {
        let fields =
            "Final-Recipient: rfc822;kim@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 \u{1B}[31mno\u{7} such\n user\n"
        let words = try #require(view(NoticeCase(report: "", fields, "").mail).notice).recipients[0].words
        #expect(!words.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
        #expect(words.hasSuffix("such user"))
    }
}
