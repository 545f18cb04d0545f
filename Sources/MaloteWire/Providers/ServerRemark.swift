// What servers say in words instead of codes, and what it means for the operator; pure.

import MaloteCore

/// A few words that are found in a server's text, and the class of fault they stand for.
package struct ServerRemark: Sendable, Hashable {
    /// Lower case.
    package var words: String
    package var kind: Failure.Kind
    package var cause: Failure.Cause
    package var remedy: String
    /// Seconds to wait at least, unless the server names a time itself.
    package var wait: Int?

    init(_ words: String, _ kind: Failure.Kind, _ cause: Failure.Cause, _ remedy: String = "", wait: Int? = nil) {
        self.words = words
        self.kind = kind
        self.cause = cause
        self.remedy = remedy
        self.wait = wait
    }

    /// - Parameter detail: one sentence with the server's words.
    func failure(_ detail: String, _ reply: ProtocolReply) -> Failure {
        Failure(
            kind, cause, detail, remedy: remedy, reply: reply,
            retryAfterSeconds: cause == .throttled ? Self.wish(reply.text) ?? wait : wait)
    }

    /// Exchange: "Suggested Backoff Time: 299961 milliseconds", in whole seconds, a day at most.
    private static func wish(_ text: String) -> Int? {
        let text = text.lowercased()
        guard let range = text.firstRange(of: "backoff time:") else { return nil }
        let digits = text[range.upperBound...].drop { $0 == " " }.prefix { $0.isASCIIDigit }
        return Int(digits.prefix(12)).map { min($0 / 1000 + 1, 24 * 3600) }
    }
}

extension ServerRemark {
    /// What a provider's own words say. They are particular enough to be looked for in the texts of all servers, also
    /// where a name, an ID or a capability does not tell who it is.
    package static func particular(in text: String) -> ServerRemark? { find(text, particular) }

    /// What servers of any kind say when it is too much for them.
    package static func general(in text: String) -> ServerRemark? { find(text, ProviderQuirks.general.remarks) }

    private static let particular = ProviderQuirks.all.flatMap(\.remarks)

    private static func find(_ text: String, _ remarks: [ServerRemark]) -> ServerRemark? {
        let text = text.lowercased()
        return remarks.first { text.contains($0.words) }
    }
}
