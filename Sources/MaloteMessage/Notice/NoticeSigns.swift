// What the header of a mail says about whether a server wrote it about another mail; reads no body.

import MaloteCore

/// Small proofs that are weighed together: no phrase alone makes a mail a report.
struct NoticeSigns {
    /// A report as a whole (RFC 6522), or in one of its parts.
    private(set) var isReport = false
    private(set) var hasReport = false
    private(set) var isFromDaemon = false
    private(set) var isFromRobot = false
    /// No person is called so.
    private(set) var isFromMailerDaemon = false
    private(set) var hasNullPath = false
    private(set) var isFailureSubject = false
    private(set) var isDelaySubject = false
    private(set) var isAnswer = false
    private(set) var isAutomatic = false
    private(set) var failedRecipients: [String] = []

    private var subject: [UInt8] = []

    /// - Returns: `nil` for ordinary mail, after a glance.
    init?(_ view: MessageView) {
        hasReport = view.report != nil
        isReport = view.contentType == "multipart/report" && (hasReport || Self.isDelivery(view))
        var path: String?
        for header in view.headers {
            switch header.name.utf8.count {
            case 11 where header.isNamed("Return-Path"): path = path ?? header.value
            case 14 where header.isNamed("Auto-Submitted"):
                isAutomatic = !header.value.lowercased().hasPrefix("no")
            case 19 where header.isNamed("X-Failed-Recipients"):
                let found = NoticedAddress.all(in: Array(header.value.utf8)[...], limit: 1000)
                failedRecipients += found.map(\.text)
            default: break
            }
        }
        hasNullPath = path.map(Self.isNull) ?? false
        readSender(view.from ?? view.header("From").map { MailAddress(name: $0, address: "") })
        guard isReport || isFromDaemon || hasNullPath || isFromRobot || !failedRecipients.isEmpty else { return nil }
        subject = Folded.text(view.subject.prefix(300))
        isAnswer = NoticeWords.answers.start(of: subject) != nil
        isFailureSubject = isTitled(by: NoticeWords.failureSubjects)
        isDelaySubject = isTitled(by: NoticeWords.delaySubjects)
    }

    private static func isDelivery(_ view: MessageView) -> Bool {
        let type = view.contentTypeParameters["report-type"]?.lowercased() ?? "delivery-status"
        return type.hasSuffix("delivery-status")
    }

    private static func isNull(_ path: String) -> Bool {
        let bare = path.lowercased().filter { !"<> \"\t".contains($0) }
        return bare.isEmpty || bare == "null" || bare == "mailer-daemon" || bare.hasPrefix("mailer-daemon@")
    }

    /// Others than servers put words of their own before the subject of what they answer.
    private func isTitled(by titles: PhraseTable<Bool>) -> Bool {
        !isAnswer && (isFromDaemon ? titles.occurs(in: subject) : titles.start(of: subject) != nil)
    }

    private static let separators = Array("-_.+<> ".utf8)

    private mutating func readSender(_ sender: MailAddress?) {
        guard let sender else { return }
        if sender.address.isEmpty, (sender.name ?? "").allSatisfy({ "<> ".contains($0) }) { isFromDaemon = true }
        let name = Folded.text((sender.name ?? "").drop { "<\"' ".contains($0) }.prefix(100))
        // Octets, not characters: every mail comes by here.
        let local = sender.address.utf8.prefix(320).prefix { $0 != UInt8(ascii: "@") }.map { octet in
            (0x41...0x5A).contains(octet) ? octet | 0x20 : octet
        }
        let bare = String(decoding: local.filter { !Self.separators.contains($0) }, as: UTF8.self)
        isFromMailerDaemon = bare.hasPrefix("mailerdaemon")
        isFromDaemon =
            isFromDaemon || isFromMailerDaemon || NoticeWords.daemons.contains(bare) || bare.hasPrefix("postmaster")
            || bare.hasPrefix("microsoftexchange") || NoticeWords.gates.occurs(in: local)
            || NoticeWords.daemonTitles.start(of: name) != nil || NoticeWords.daemonNames.occurs(in: name)
        isFromRobot = NoticeWords.robots.occurs(in: local)
    }

    var isComplaintSubject: Bool { NoticeWords.complaintSubjects.occurs(in: subject) }

    var isTitled: Bool { isFailureSubject || isDelaySubject }

    /// A person who answers is no server, whoever is answered.
    var canBeReport: Bool {
        isReport || isFromDaemon || hasNullPath || !failedRecipients.isEmpty || isFromRobot && isTitled
    }

    /// How much the header alone proves; three are enough together with a recipient.
    var weight: Int {
        (isReport ? 2 : hasReport ? 1 : 0) + (isFromDaemon ? 2 : 0) + (hasNullPath ? 1 : 0) + (isTitled ? 1 : 0)
            + (failedRecipients.isEmpty ? 0 : 2)
    }
}
