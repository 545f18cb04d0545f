// What is asked of a token server, as a form (RFC 6749, RFC 7523, RFC 8628); knows not how it travels.

import MaloteCore

/// One POST. The form is a secret as a whole: it is never printed.
package struct TokenRequest: Sendable, Hashable {
    package var url: String
    package var form: Secret
    package var caFile: String?

    package init(url: String, form: Secret, caFile: String? = nil) {
        self.url = url
        self.form = form
        self.caFile = caFile
    }

    /// What the client shows for a token.
    enum Proof: Sendable {
        case client
        case refreshToken(Secret)
        case assertion(Secret)
        case deviceCode(Secret)
    }

    /// - Parameter clientSecret: `nil` for a client that has none.
    static func token(_ plan: GrantPlan, clientSecret: Secret?, _ proof: Proof) -> TokenRequest {
        var form = Form()
        switch proof {
        case .client:
            form.add("grant_type", "client_credentials")
            form.add("scope", plan.scope)
        case .refreshToken(let token):
            form.add("grant_type", "refresh_token")
            form.add("refresh_token", token)
            if plan.repeatsScope { form.add("scope", plan.scope) }
        case .assertion(let assertion):
            form.add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            form.add("assertion", assertion)
        case .deviceCode(let code):
            form.add("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            form.add("device_code", code)
        }
        form.add("client_id", plan.grant.clientID ?? "")
        if let clientSecret { form.add("client_secret", clientSecret) }
        return TokenRequest(url: plan.tokenURL, form: form.secret, caFile: plan.grant.caFile)
    }

    /// - Returns: `nil` when nobody knows where devices ask.
    static func deviceCode(_ plan: GrantPlan) -> TokenRequest? {
        guard let url = plan.deviceURL else { return nil }
        var form = Form()
        form.add("client_id", plan.grant.clientID ?? "")
        form.add("scope", plan.scope)
        return TokenRequest(url: url, form: form.secret, caFile: plan.grant.caFile)
    }
}

/// `application/x-www-form-urlencoded` (RFC 6749 Appendix B). Empty values are left out, as if not given (§3.1).
private struct Form {
    private var bytes: [UInt8] = []
    var secret: Secret { Secret(bytes) }

    mutating func add(_ name: String, _ value: String) { add(name, Array(value.utf8)) }
    mutating func add(_ name: String, _ value: Secret) { add(name, value.reveal { $0 }) }

    private mutating func add(_ name: String, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        bytes += name.utf8
        bytes.append(UInt8(ascii: "="))
        for byte in value {
            if Self.isPlain(byte) { bytes.append(byte) } else { bytes += "%\(Hexadecimal.encode([byte]))".utf8 }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte)
    }
}
