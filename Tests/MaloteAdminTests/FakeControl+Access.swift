// What the fake mail room knows of callers, of the audit log and of requests that are made twice.

import MaloteCore
import Synchronization

@testable import MaloteAdmin

extension FakeControl {
    func caller(presenting token: Secret) async throws(Problem) -> Caller? {
        callers[token.reveal { String(decoding: $0, as: UTF8.self) }]
    }

    static let token = AccessTokenView(
        APIToken(name: Sample.name("ci"), digest: FakeControl.line.digest, role: .admin, created: Sample.now),
        contract: nil, isValid: true)

    func accessTokens() async throws(Problem) -> [AccessTokenView] {
        try note("tokens")
        return [Self.token]
    }

    func issue(_ wish: AccessTokenWish) async throws(Problem) -> IssuedToken {
        try note("issue \(wish.name) \(wish.role) \(wish.contract ?? "-") \(wish.expires ?? "-")")
        return IssuedToken(token: Secret("malote_abc"), view: Self.token)
    }

    func revoke(accessToken name: String) async throws(Problem) { try note("revoke \(name)") }

    func audit(_ query: AuditQuery) async throws(Problem) -> [AuditEntry] {
        let words = [query.contract, query.who, query.since].map { $0 ?? "-" }.joined(separator: " ")
        try note("audit \(words)\(query.page.words)")
        return [
            AuditEntry(
                id: AuditID(rawValue: 9), time: Sample.now, who: "ci", place: "192.0.2.7", action: "queue.retry",
                subject: "outbox acme-out", contract: "acme")
        ]
    }

    func record(_ deed: Deed, refusal: Problem?) async {
        guard let entry = deed.entry(at: Sample.now, refusal: refusal) else { return }
        told.withLock { $0.append(entry) }
    }

    func begin(_ request: KeyedRequest) async throws(Problem) -> KeptAnswer? {
        answers.withLock { $0[request] }
    }

    func end(_ request: KeyedRequest, _ answer: KeptAnswer?) async { answers.withLock { $0[request] = answer } }
}

extension PageWish {
    /// Nothing if it is the usual.
    var words: String {
        ([APIRequest.usualLimit, PageWish().limit].contains(limit) ? "" : " limit \(limit)")
            + (after.map { " after \($0)" } ?? "")
    }
}

extension MessageLine {
    fileprivate var digest: Digest {
        guard let digest = Digest(Array(repeating: 0xAB, count: 32)) else { preconditionFailure("32 octets") }
        return digest
    }
}
