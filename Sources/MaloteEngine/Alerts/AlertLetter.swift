// The mail that tells alerts: one for all that are news at a time; pure.

import MaloteCore

/// Subject and text. Plain English, plain text: it is for whoever runs the daemon.
struct AlertLetter: Sendable, Hashable {
    /// News that are told in full.
    private static let most = 50
    private static let subjectLength = 150

    let subject: String
    let text: String

    init(_ news: [AlertNews], host: String, now: Timestamp) {
        let first = news.first.map { "\($0.turn.word): \($0.alert.headline)" } ?? "No news"
        let more = news.count > 1 ? " and \(news.count - 1) more" : ""
        subject = String("[Malote] \(first.onOneLine)".prefix(Self.subjectLength)) + more
        var lines = ["Malote at \(host) has this to tell, as of \(now):", ""]
        for some in news.prefix(Self.most) { lines += Self.paragraph(some) + [""] }
        if news.count > Self.most { lines += ["There are \(news.count - Self.most) more.", ""] }
        lines += ["All that is not over: malotectl alert list", "How everything stands: malotectl status"]
        text = lines.map(\.onOneLine).joined(separator: "\n") + "\n"
    }

    private static func paragraph(_ news: AlertNews) -> [String] {
        let alert = news.alert
        var lines = ["\(news.turn.word): \(news.turn == .over ? alert.headline : alert.detail)"]
        if news.turn != .over, !alert.remedy.isEmpty { lines.append("  To do: \(alert.remedy)") }
        if news.turn != .begun { lines.append("  Since: \(alert.since)") }
        if !alert.contracts.isEmpty {
            let shown = alert.contracts.prefix(20).joined(separator: ", ")
            let more = alert.contracts.count > 20 ? " and \(alert.contracts.count - 20) more" : ""
            lines.append("  Contracts: \(shown)\(more)")
        }
        return lines
    }
}

extension AlertNews.Turn {
    var word: String {
        switch self {
        case .begun: "New"
        case .worse: "Worse"
        case .lasting: "Still"
        case .over: "Over"
        }
    }
}

extension Alert {
    /// Without its circumstances.
    var headline: String {
        switch kind {
        case .mailboxFailing: "failure of mailbox \(subject)"
        case .tokenExpiring: "refresh token of mailbox \(subject) near its end"
        case .secretExpiring: "\(subject) near its end"
        case .certificateExpiring: "certificate of \(subject) near its end"
        case .queueAging: "old deliveries of \(subject)"
        case .endpointFailing: "failure of the endpoint of \(subject)"
        case .quarantine: "messages in quarantine"
        case .diskLow: "disk nearly full"
        }
    }
}
