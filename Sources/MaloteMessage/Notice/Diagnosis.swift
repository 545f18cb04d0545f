// Why a mail did not arrive: from a told status, reply codes and words to a cause; knows no form of report.

import MaloteCore

struct Diagnosis {
    private(set) var status: String?
    private(set) var cause: NoticedRecipient.Cause
    private(set) var isHard: Bool

    /// - Parameters:
    ///   - told: the status that a field names, if any.
    ///   - clues: texts about this recipient, the nearest first.
    ///   - isDelayed: whether delivery is still tried.
    init(told: String?, clues: [String], isDelayed: Bool) {
        let octets = clues.map { Array($0.utf8.prefix(4096))[...] }
        let folded = clues.map { DiagnosisWords.heart(of: Folded.text($0.prefix(4096))) }
        let code = Self.code(told, octets)
        let reply = octets.lazy.compactMap(ReplyCode.first).first
        let level = code?.level ?? reply.map { $0 / 100 } ?? Self.level(folded, isDelayed)
        let meant = Self.cause(folded, code, reply)
        status =
            (code.flatMap { $0.isSpecific ? $0 : nil } ?? Self.status(meant, level) ?? StatusCode(level, 0, 0)).text
        cause = Self.cause(meant, level, folded.prefix(4))
        isHard = !isDelayed && (cause == .unknownUser || level == 5 && (cause == .unknownHost || cause == .moved))
    }

    /// Whether a text says why, and not only that.
    static func isTelling(_ text: String) -> Bool {
        let octets = Array(text.utf8.prefix(4096))[...]
        return StatusCode.first(in: octets)?.isSpecific == true
            || DiagnosisWords.specific.first(in: Folded.text(text.prefix(4096))) != nil
    }

    /// The told one, unless what a server answered says more.
    private static func code(_ told: String?, _ texts: [Bytes]) -> StatusCode? {
        let told = told.flatMap { StatusCode.first(in: Array($0.utf8)[...]) }
        if let told, told.detail != 0 { return told }
        return texts.lazy.compactMap(StatusCode.answered).first
            ?? texts.lazy.compactMap(StatusCode.first).first { $0.level > 2 } ?? told
    }

    private static func cause(_ texts: [[UInt8]], _ code: StatusCode?, _ reply: Int?) -> NoticedRecipient.Cause {
        texts.lazy.compactMap(DiagnosisWords.specific.first).first ?? code.flatMap(Self.cause)
            ?? texts.lazy.compactMap(DiagnosisWords.general.first).first ?? reply.flatMap(Self.cause) ?? .unknown
    }

    /// What the moment of the refusal makes of its words: behind the whole mail it is about the content, before any
    /// recipient about the sender, and a host that is not found for now may be found later.
    private static func cause(
        _ meant: NoticedRecipient.Cause, _ level: Int, _ texts: ArraySlice<[UInt8]>
    ) -> NoticedRecipient.Cause {
        guard meant == .unknownUser || meant == .unknownHost else { return meant }
        if texts.contains(where: DiagnosisWords.beforeRecipient.occurs) { return .refused }
        if meant == .unknownHost { return level == 4 ? .network : meant }
        return texts.contains(where: DiagnosisWords.afterData.occurs) ? .refused : meant
    }

    private static func level(_ texts: [[UInt8]], _ isDelayed: Bool) -> Int {
        isDelayed || texts.contains(where: DiagnosisWords.temporary.occurs) ? 4 : 5
    }

    // MARK: - Codes

    /// RFC 3463 §3 and what servers made of it.
    private static func cause(_ code: StatusCode) -> NoticedRecipient.Cause? {
        switch (code.subject, code.detail) {
        case (1, 1), (1, 3), (1, 10): .unknownUser
        case (1, 0): code.level == 5 ? .unknownUser : nil
        case (1, 2): .unknownHost
        case (1, 6): .moved
        case (1, 7), (1, 8): .refused
        case (2, 1): .disabled
        case (2, 2): .full
        case (2, 3), (3, 4): .tooLarge
        case (3, 1): .full
        case (3, _): .system
        case (4, 1), (4, 2), (4, 3), (4, 5): .network
        case (4, 4): code.level == 5 ? .unknownHost : .network
        case (4, 6): .loop
        case (4, 7): .expired
        case (4, _): .network
        case (6, _): .content
        case (7, 20...29): .authentication
        case (7, 8), (7, 9), (7, 13): .policy
        case (7, _): .policy
        default: nil
        }
    }

    private static func cause(_ reply: Int) -> NoticedRecipient.Cause? {
        switch reply {
        case 421: .network
        case 452, 552: .full
        case 451, 500...504: .system
        case 556: .unknownHost
        case 521: .refused
        default: nil
        }
    }

    private static func status(_ cause: NoticedRecipient.Cause, _ level: Int) -> StatusCode? {
        switch cause {
        case .unknownUser: StatusCode(level, 1, 1)
        case .unknownHost: StatusCode(level, 1, 2)
        case .moved: StatusCode(level, 1, 6)
        case .disabled: StatusCode(level, 2, 1)
        case .full: StatusCode(level, 2, 2)
        case .tooLarge: StatusCode(level, 3, 4)
        case .spam, .blocked, .policy, .refused, .authentication: StatusCode(level, 7, 1)
        case .virus, .content: StatusCode(level, 6, 0)
        case .rateLimited: StatusCode(level, 7, 0)
        case .loop: StatusCode(level, 4, 6)
        case .network: StatusCode(level, 4, 1)
        case .expired: StatusCode(level, 4, 7)
        case .system: StatusCode(level, 3, 0)
        case .complaint, .unknown: nil
        }
    }
}
