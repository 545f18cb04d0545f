// What is asked of token servers and what their answers mean, as values.

import COpenSSL
import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteTransport

@Suite struct TokenFormsTests {
    private static func plan(
        _ provider: OAuthGrant.Provider, _ flow: OAuthGrant.Flow, role: Mailbox.Role = .inbox(Inbox(access: .imap))
    ) throws -> GrantPlan {
        let grant = OAuthGrant(
            provider: provider, flow: flow, tenant: provider == .microsoft ? "acme.example" : nil, clientID: "desk",
            tokenURL: provider == .custom ? "https://provider.example/token" : nil)
        let mailbox = try TokenHouse.mailbox(grant, role: role)
        return try GrantPlan(mailbox, try #require(mailbox.login), grant)
    }

    // MARK: - Providers

    @Test func providersFillInAddressesAndScopes() throws {
        let microsoft = try Self.plan(.microsoft, .clientCredentials)
        #expect(microsoft.tokenURL == "https://login.microsoftonline.com/acme.example/oauth2/v2.0/token")
        #expect(microsoft.scope == "https://outlook.office365.com/.default")
        let roles: [(Mailbox.Role, String)] = [
            (.inbox(Inbox(access: .imap)), "IMAP.AccessAsUser.All"),
            (.inbox(Inbox(access: .pop3)), "POP.AccessAsUser.All"),
            (.outbox(Outbox(senders: [])), "SMTP.Send"),
        ]
        for (role, scope) in roles {
            let plan = try Self.plan(.microsoft, .deviceCode, role: role)
            #expect(plan.deviceURL == "https://login.microsoftonline.com/acme.example/oauth2/v2.0/devicecode")
            #expect(plan.scope == "https://outlook.office.com/\(scope) offline_access")
        }
        let google = try Self.plan(.google, .serviceAccount)
        #expect(google.tokenURL == "https://oauth2.googleapis.com/token" && google.scope == "https://mail.google.com/")
        #expect(google.subject == "help@acme.example" && google.deviceURL == nil)
    }

    @Test(arguments: [
        ("https://provider.example/token", true), ("https://[2001:db8::1]:8443/t?x=y", true),
        ("http://127.0.0.1:8080/token", true), ("http://localhost/token", true), ("http://[::1]:1/", true),
        ("http://provider.example/token", false), ("http://127.0.0.1.evil.example/", false),
        ("http://localhost.evil.example/", false), ("http://127.0.0.1@evil.example/", false),
        ("https://user@provider.example/", false), ("ftp://127.0.0.1/", false), ("https://", false), ("", false),
        ("https://provider.example/a b", false), ("https://provider.example/\r\nX: y", false),
        ("https://provider.example/#x", false), ("HTTP://provider.example", false), ("http://[::2]/", false),
        ("http://127.0.0.256/", false), ("http://127.1/", false), ("https://evil.example\\@provider.example/", false),
    ])
    func secretsGoOnlyWhereTheyMay(_ url: String, _ mayGo: Bool) {
        #expect(OAuthGrant.mayReceiveSecrets(url) == mayGo)
    }

    // MARK: - Requests

    @Test func aFormIsEncodedAndReadsBack() throws {
        let plan = try Self.plan(.custom, .refreshToken)
        let request = TokenRequest.token(plan, clientSecret: Secret("a&b=c+d é%"), .refreshToken(Secret("r/1~")))
        let text = request.form.reveal { String(decoding: $0, as: UTF8.self) }
        #expect(
            text
                == "grant_type=refresh_token&refresh_token=r%2f1~&client_id=desk&client_secret=a%26b%3dc%2bd%20%c3%a9%25"
        )
        #expect(request.form.reveal { TokenProvider.form($0) }["client_secret"] == "a&b=c+d é%")
        #expect(!"\(request)".contains("r%2f1"))
    }

    @Test func eachFlowAsksInItsOwnForm() throws {
        func form(_ provider: OAuthGrant.Provider, _ flow: OAuthGrant.Flow, _ proof: TokenRequest.Proof) throws
            -> [String:
            String]
        {
            let plan = try Self.plan(provider, flow)
            return TokenRequest.token(plan, clientSecret: nil, proof).form.reveal { TokenProvider.form($0) }
        }
        let scope = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
        #expect(
            try form(.microsoft, .refreshToken, .refreshToken(Secret("r")))
                == ["grant_type": "refresh_token", "refresh_token": "r", "client_id": "desk", "scope": scope])
        // Google gives what was consented to, and asks for nothing twice.
        #expect(
            try form(.google, .refreshToken, .refreshToken(Secret("r")))
                == ["grant_type": "refresh_token", "refresh_token": "r", "client_id": "desk"])
        #expect(
            try form(.microsoft, .clientCredentials, .client)
                == [
                    "grant_type": "client_credentials", "scope": "https://outlook.office365.com/.default",
                    "client_id": "desk",
                ])
        #expect(
            try form(.microsoft, .deviceCode, .deviceCode(Secret("d")))["grant_type"]
                == "urn:ietf:params:oauth:grant-type:device_code")
    }

    // MARK: - Answers

    struct Granted: Sendable {
        var json: String
        var life: Int?
        var refresh: Bool = false
    }

    @Test(arguments: [
        Granted(json: #"{"access_token":"a","token_type":"Bearer","expires_in":3599}"#, life: 3599),
        Granted(json: #"{"access_token":"a","token_type":"bearer","expires_in":"3599"}"#, life: 3599),
        Granted(json: #"{"access_token":"a","expires_in":10.4,"refresh_token":"r"}"#, life: 10, refresh: true),
        Granted(json: #"{"access_token":"a"}"#, life: 600),
        Granted(json: #"{"access_token":"a","expires_in":-5}"#, life: 1),
        Granted(json: #"{"access_token":"a","expires_in":1e300}"#, life: 1),
        Granted(json: #"{"access_token":"a","expires_in":99999999999}"#, life: 2_592_000),
        Granted(json: #"{"access_token":"a b","expires_in":1}"#), Granted(json: #"{"access_token":""}"#),
        Granted(json: #"{"access_token":"a","token_type":"mac"}"#), Granted(json: "<html>"), Granted(json: ""),
        Granted(json: #"{"access_token":["a"]}"#), Granted(json: #"{"access_token":"a\u0001b"}"#),
        Granted(json: #"{"access_token":"\#(String(repeating: "a", count: 16 * 1024 + 1))"}"#),
    ])
    func onlyWhatCanBeSentIsAToken(_ given: Granted) {
        let granted = GrantedToken(Array(given.json.utf8))
        #expect(granted?.life == given.life)
        #expect((granted?.refresh != nil) == given.refresh)
    }

    @Test(arguments: [
        (500, "<html>", "transient auth-temporary"), (503, "", "transient auth-temporary"),
        (429, "{}", "transient throttled"), (408, "", "transient auth-temporary"),
        (400, #"{"error":"temporarily_unavailable"}"#, "transient auth-temporary"),
        (400, #"{"error":"slow_down"}"#, "transient throttled"),
        (400, #"{"error":"invalid_grant"}"#, "operator-needed auth-refused"),
        (400, #"{"error":"interaction_required"}"#, "operator-needed auth-refused"),
        (400, #"{"error":"consent_required"}"#, "operator-needed auth-refused"),
        (401, #"{"error":"invalid_client"}"#, "operator-needed credential"),
        (400, #"{"error":"unauthorized_client"}"#, "operator-needed credential"),
        (400, #"{"error":"invalid_scope"}"#, "operator-needed credential"),
        (400, #"{"error":"invalid_request","error_codes":[90002]}"#, "operator-needed credential"),
        (401, #"{"error":"invalid_client","error_codes":[7000222]}"#, "operator-needed credential"),
        (400, #"{"error":"invalid_grant","error_codes":[65001]}"#, "operator-needed auth-refused"),
        (404, "no", "operator-needed protocol-broken"), (302, "", "operator-needed protocol-broken"),
        (200, "<html>log in</html>", "operator-needed protocol-broken"),
        (400, #"{"error":"canary word"}"#, "operator-needed protocol-broken"),
    ])
    func aRefusalSaysWhoMustAct(_ status: Int, _ body: String, _ expected: String) throws {
        for flow in OAuthGrant.Flow.allCases {
            let plan = try Self.plan(.custom, flow)
            let reply = TokenReply(status: status, body: Array(body.utf8))
            let failure = TokenRefusal(reply).failure(plan, now: TokenHouse.start)
            #expect(words(failure) == expected)
            #expect(failure.kind == .transient || !failure.remedy.isEmpty)
            #expect(!"\(failure)".contains("canary") && "\(failure)".contains("provider.example"))
        }
    }

    @Test(
        arguments: [
            ("120", 120), (" 7 ", 7), ("Fri, 15 Jan 2027 08:01:00 GMT", 60), ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
            ("99999999999999999999", 86_400), ("soon", nil), ("", nil), ("Fri, 45 Foo 2027 08:01:00 GMT", nil),
            (nil, nil),
            ("-5", nil),
        ] as [(String?, Int?)])
    func patienceIsReadInBothForms(_ text: String?, _ expected: Int?) {
        #expect(RetryAfter.seconds(text, now: TokenHouse.start) == expected)
    }

    // MARK: - Service accounts

    @Test func aServiceAccountSignsWhatItClaims() throws {
        let folder = try TemporaryFolder()
        try Program.succeed(
            "/bin/sh",
            [
                "-c",
                "cd \(folder.path) && openssl genrsa -out key.pem 2048 2>/dev/null && openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null",
            ])
        let pem = String(
            decoding: FileManager.default.contents(atPath: folder.path + "/key.pem") ?? Data(), as: UTF8.self)
        let key = try JSONEncoder().encode([
            "client_email": "desk@acme.example", "private_key": pem, "private_key_id": "k1",
        ])
        let plan = try Self.plan(.google, .serviceAccount)
        let assertion = try ServiceAccount.read(Secret(Array(key))).assertion(plan, now: TokenHouse.start)
        let parts = assertion.reveal { String(decoding: $0, as: UTF8.self) }.split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let claims = try #require(
            try JSONSerialization.jsonObject(with: Data(decoded(parts[1]))) as? [String: Any])
        #expect(claims["iss"] as? String == "desk@acme.example" && claims["sub"] as? String == "help@acme.example")
        #expect(claims["aud"] as? String == plan.tokenURL && claims["scope"] as? String == plan.scope)
        #expect(claims["iat"] as? Int == 1_799_999_970 && claims["exp"] as? Int == 1_800_000_570)
        #expect(String(decoding: decoded(parts[0]), as: UTF8.self) == #"{"alg":"RS256","kid":"k1","typ":"JWT"}"#)
        // Another program believes the signature.
        try Data("\(parts[0]).\(parts[1])".utf8).write(to: URL(fileURLWithPath: folder.path + "/text"))
        try Data(decoded(parts[2])).write(to: URL(fileURLWithPath: folder.path + "/signature"))
        let verified = try Program.run(
            "/usr/bin/openssl",
            [
                "dgst", "-sha256", "-verify", folder.path + "/pub.pem", "-signature", folder.path + "/signature",
                folder.path + "/text",
            ])
        #expect(verified.output.contains("Verified OK"))
    }

    private func decoded(_ text: String) -> [UInt8] {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return Base64.decode(Array((plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)).utf8)) ?? []
    }

    @Test(arguments: [
        "", "{}", "canary", #"{"client_email":"a","private_key":"canary"}"#,
        #"{"client_email":"","private_key":"x"}"#,
    ])
    func whatIsNoKeyIsSaidWithoutShowingIt(_ text: String) throws {
        let plan = try Self.plan(.google, .serviceAccount)
        do {
            _ = try ServiceAccount.read(Secret(text)).assertion(plan, now: TokenHouse.start)
            Issue.record("it signed")
        } catch {
            #expect(error.cause == .credential && error.kind == .operatorNeeded)
            #expect(!"\(error)".contains("canary"))
        }
    }
}
