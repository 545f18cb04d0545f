// A provider of access tokens as a test wants it: OAuth's answers to forms; knows no socket.

import Foundation
import MaloteCore
import Synchronization

/// Follows RFC 6749, 7523 and 8628 as far as a client sees them, and misbehaves on request.
package final class TokenProvider: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var headers: [String: String]
        package var body: String

        package init(status: Int, headers: [String: String] = [:], body: String) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        package static func error(_ word: String, status: Int = 400, headers: [String: String] = [:]) -> Answer {
            Answer(
                status: status, headers: headers, body: "{\"error\":\"\(word)\",\"error_description\":\"canary-text\"}")
        }
    }

    /// One request, as it came.
    package struct Asked: Sendable {
        package var path: String
        package var form: [String: String]
        package var grant: String { form["grant_type"] ?? "" }
    }

    private struct State {
        var number = 0
        var valid: Set<String> = []
        /// Good for one use each, unless they stay.
        var refreshTokens: Set<String>
        var isApproved = false
        var faults: [Answer] = []
        var asked: [Asked] = []
        var life = 3600
        var rotates = true
        var clientSecret: String
    }

    package let user: String
    private let state: Mutex<State>

    /// - Parameters:
    ///   - user: whom every token is for.
    ///   - refreshToken: the one that is taken first.
    package init(user: String, clientSecret: String = "canary-client", refreshToken: String = "canary-refresh-0") {
        self.user = user
        state = Mutex(State(refreshTokens: [refreshToken], clientSecret: clientSecret))
    }

    // MARK: - What a test does and sees

    package var asked: [Asked] { state.withLock { $0.asked } }
    package func count(_ grant: String) -> Int { asked.filter { $0.grant == grant }.count }
    /// Every token that has been given out and is still good.
    package var valid: Set<String> { state.withLock { $0.valid } }

    package func setLife(_ seconds: Int) { state.withLock { $0.life = seconds } }
    package func setRotates(_ rotates: Bool) { state.withLock { $0.rotates = rotates } }
    /// Given instead of the next answers of the token address, one each.
    package func fail(with faults: Answer...) { state.withLock { $0.faults += faults } }
    /// The person at the browser accepts.
    package func approve() { state.withLock { $0.isApproved = true } }
    /// What has been given out is good no more, whatever its life.
    package func revokeAccessTokens() { state.withLock { $0.valid = [] } }
    package func changeClientSecret(_ secret: String) { state.withLock { $0.clientSecret = secret } }

    // MARK: - Answers

    /// - Parameter target: path and query.
    package func answer(_ target: String, form: [String: String]) -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map(String.init) ?? ""
        return state.withLock { state in
            if path != "/tokeninfo" { state.asked.append(Asked(path: path, form: form)) }
            switch path {
            case "/token": return token(form, &state)
            case "/device":
                return Answer(
                    status: 200,
                    body: """
                        {"device_code":"canary-device","user_code":"WDJB-MJHT","expires_in":900,"interval":1,
                         "verification_uri":"https://provider.example/device","message":"x"}
                        """)
            case "/tokeninfo": return info(parts.count > 1 ? String(parts[1]) : "", state)
            default: return Answer(status: 404, body: "nothing here")
            }
        }
    }

    /// What mail servers ask: whose token it is.
    private func info(_ query: String, _ state: State) -> Answer {
        let token = query.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
        guard state.valid.contains(token) else { return .error("invalid_token", status: 401) }
        return Answer(status: 200, body: "{\"sub\":\"\(user)\",\"active\":true}")
    }

    private func token(_ form: [String: String], _ state: inout State) -> Answer {
        if !state.faults.isEmpty { return state.faults.removeFirst() }
        if let secret = form["client_secret"], secret != state.clientSecret {
            return .error("invalid_client", status: 401)
        }
        switch form["grant_type"] {
        case "client_credentials":
            return form["client_secret"] == nil
                ? .error("invalid_client", status: 401) : granted(&state, refresh: false)
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            let parts = form["assertion"]?.split(separator: ".") ?? []
            return parts.count == 3 ? granted(&state, refresh: false) : .error("invalid_grant")
        case "refresh_token":
            guard let token = form["refresh_token"], state.refreshTokens.contains(token) else {
                return .error("invalid_grant")
            }
            if state.rotates { state.refreshTokens.remove(token) }
            return granted(&state, refresh: state.rotates)
        case "urn:ietf:params:oauth:grant-type:device_code":
            guard form["device_code"] == "canary-device" else { return .error("invalid_grant") }
            return state.isApproved ? granted(&state, refresh: true) : .error("authorization_pending")
        default: return .error("unsupported_grant_type")
        }
    }

    private func granted(_ state: inout State, refresh: Bool) -> Answer {
        state.number += 1
        let access = "canary-access-\(state.number)"
        state.valid.insert(access)
        var body =
            "{\"token_type\":\"Bearer\",\"access_token\":\"\(access)\",\"expires_in\":\(state.life),\"scope\":\"mail\""
        if refresh {
            let next = "canary-refresh-\(state.number)"
            state.refreshTokens.insert(next)
            body += ",\"refresh_token\":\"\(next)\""
        }
        return Answer(status: 200, body: body + "}")
    }

    /// `application/x-www-form-urlencoded`, read back.
    package static func form(_ bytes: [UInt8]) -> [String: String] {
        let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "&").map { field in
            field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
        }
        return Dictionary(
            pairs.map { ($0.first ?? "", $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { first, _ in first })
    }
}
