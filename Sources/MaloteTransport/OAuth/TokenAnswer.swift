// What a token server's answer means; believes no field before it has looked at it, and shows none of its free text.

import Foundation
import MaloteCore

/// An HTTP answer, as far as it matters here.
package struct TokenReply: Sendable {
    package var status: Int
    package var retryAfter: String?
    package var body: [UInt8]

    package init(status: Int, retryAfter: String? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// What was granted (RFC 6749 §5.1).
struct GrantedToken: Sendable, Hashable {
    /// When the server does not say how long a token lives, it is renewed often.
    static let unsaidLife = 600
    private static let longestLife = 30 * 86_400

    var access: Secret
    /// Seconds.
    var life: Int
    var scope: String
    /// In place of the one that was shown.
    var refresh: Secret?
    /// Seconds; Google says it of consent that is limited in time.
    var refreshLife: Int?

    private struct Answer: Decodable {
        var accessToken: String
        var tokenType: String?
        var expiresIn: Number?
        var scope: String?
        var refreshToken: String?
        var refreshTokenExpiresIn: Number?
    }

    /// - Returns: `nil` unless it is an answer with a bearer token that can be sent (RFC 6750 §2.1).
    init?(_ body: [UInt8]) {
        guard let answer = TokenJSON.read(Answer.self, body),
            (answer.tokenType ?? "bearer").lowercased() == "bearer", Self.isToken(answer.accessToken)
        else { return nil }
        access = Secret(answer.accessToken)
        life = min(max(answer.expiresIn?.value ?? Self.unsaidLife, 1), Self.longestLife)
        scope = Self.shown(answer.scope ?? "")
        if let text = answer.refreshToken, Self.isToken(text) { refresh = Secret(text) }
        refreshLife = answer.refreshTokenExpiresIn.flatMap { $0.value > 0 ? $0.value : nil }
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 16 * 1024 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Scopes are words of printable ASCII (RFC 6749 §3.3).
    private static func shown(_ text: String) -> String {
        text.utf8.count <= 500 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : ""
    }
}

/// A device's consent as the server offers it (RFC 8628 §3.2).
struct OfferedConsent: Sendable, Hashable {
    var deviceCode: Secret
    var userCode: String
    var verificationURL: String
    /// Seconds.
    var life: Int
    var interval: Int

    private struct Answer: Decodable {
        var deviceCode: String
        var userCode: String
        var verificationUri: String?
        /// Google's name for it, from before the RFC.
        var verificationUrl: String?
        var expiresIn: Number?
        var interval: Number?
    }

    init?(_ body: [UInt8]) {
        guard let answer = TokenJSON.read(Answer.self, body), !answer.deviceCode.isEmpty,
            let url = answer.verificationUri ?? answer.verificationUrl, Self.isShowable(url, 500),
            url.hasPrefix("https://") || url.hasPrefix("http://"), Self.isShowable(answer.userCode, 64)
        else { return nil }
        deviceCode = Secret(answer.deviceCode)
        userCode = answer.userCode
        verificationURL = url
        life = min(max(answer.expiresIn?.value ?? 900, 1), 3600)
        interval = min(max(answer.interval?.value ?? 5, 1), 60)
    }

    private static func isShowable(_ text: String, _ limit: Int) -> Bool {
        !text.isEmpty && text.utf8.count <= limit && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// OAuth writes its names in snake case.
enum TokenJSON {
    static func read<Answer: Decodable>(_: Answer.Type, _ bytes: [UInt8]) -> Answer? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(Answer.self, from: Data(bytes))
    }
}

/// Some servers write their numbers as texts.
private struct Number: Decodable {
    var value: Int

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            value = Int(exactly: number.rounded()) ?? 0
        } else {
            value = Int(try container.decode(String.self)) ?? 0
        }
    }
}
