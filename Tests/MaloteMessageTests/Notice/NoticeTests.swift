// What servers tell about mails sent before is understood in all their forms.

import MaloteCore
import Testing

struct NoticeTests {
    static let bounces =
        TextNotices.addressAndReason + TextNotices.transcripts + TextNotices.sentences + LanguageNotices.all
    static let reports = ReportNotices.wellFormed + ReportNotices.damaged + ReportNotices.others + ReportNotices.delayed

    @Test(arguments: bounces + reports)
    func aNoticeIsUnderstood(_ item: NoticeCase) {
        #expect(NoticeCase.told(view(item.mail).notice) == item.expected)
    }

    @Test func theEnvelopeIsNamed() throws {
        let notice = try #require(view(ReportNotices.wellFormed[0].mail).notice)
        #expect(notice.envelopeID == "env+2B1")
        #expect(notice.evidence == "It holds a delivery report (RFC 3464).")
        #expect(notice.recipients[0].words == "550 5.1.1 <kim@example.org>: User unknown")
    }

    @Test(arguments: TextNotices.addressAndReason.prefix(3) + TextNotices.sentences.prefix(5).dropFirst())
    func theReturnedMailIsFoundInTheText(_ item: NoticeCase) {
        let seen = view(item.mail)
        #expect(seen.enclosedHeaders.first { $0.name == "Message-ID" }?.value == "<sent.1@example.com>")
        #expect(seen.enclosedHeaders.contains { $0.name == "Subject" && $0.value == "Offer" })
    }

    @Test func aPersonsMailHasNoEnclosedHeaderFromItsText() {
        let seen = view(
            "From: ana@example.org\nSubject: Question\n\n----- Original message -----\nReceived: x\nFrom: a@b.example\nTo: c@d.example\nSubject: y\n"
        )
        #expect(seen.enclosedHeaders.isEmpty)
        #expect(seen.notice == nil)
    }
}
