// How a mailbox stands with its tokens, in words; decides nothing.

import Foundation
import MaloteCore

enum TokenWords {
    /// A sentence or two, without the mailbox's name.
    static func long(_ token: TokenForecast, now: Timestamp) -> String {
        guard token.isAuthorized else { return "not authorized yet" }
        var parts: [String] = []
        if let ends = token.accessExpires {
            parts.append("access token for \(Ago.size((ends - now).milliseconds)) more")
        } else {
            parts.append("no access token")
        }
        if let last = token.lastRefresh { parts.append("refreshed \(Ago.past(last, now: now))") }
        if let since = token.refreshTokenSince {
            parts.append("refresh token \(Ago.size((now - since).milliseconds)) old")
        }
        if let ends = token.refreshTokenExpires { parts.append("which expires \(Ago.ahead(ends, now: now))") }
        if let since = token.failingSince { parts.append("failing since \(Ago.past(since, now: now))") }
        return parts.joined(separator: ", ")
    }

    /// For a cell of `mailbox list`, from the answer's JSON.
    static func short(_ value: Any?) -> String {
        guard let value, let data = try? JSONSerialization.data(withJSONObject: value),
            let token = try? JSONDecoder().decode(TokenForecast.self, from: data)
        else { return "" }
        if !token.isAuthorized { return "not authorized" }
        if token.failingSince != nil { return "failing" }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        return token.accessExpires.map { "ends \(Ago.ahead($0, now: now))" } ?? "none yet"
    }
}
