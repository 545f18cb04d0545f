// Access tokens on real servers: Dovecot and Postfix ask the same provider that the daemon gets its tokens from.

import Foundation
import MaloteTestKit
import Testing

@Suite(.serialized, .enabled(if: RealPostfix.isPossible, "Postfix needs root"))
struct OAuthTests {
    /// A desk whose three mailboxes have their tokens by three flows.
    private struct Desk {
        let folder: TemporaryFolder
        let tokens: TokenHTTPServer
        let customer: Customer
        let daemon: RealDaemon
        var provider: TokenProvider { tokens.provider }

        init() throws {
            folder = try TemporaryFolder()
            tokens = try TokenHTTPServer(TokenProvider(user: "help@oauth.example"))
            customer = try Customer("oauth", in: folder.path, tokenInfo: tokens.tokenInfoURL)
            daemon = try RealDaemon(in: folder.path + "/daemon")
        }

        func oauth(_ flow: String, _ more: String = "") -> String {
            "oauth2: {provider: custom, flow: \(flow), client_id: desk, client_secret: canary-client, scope: mail, "
                + "token_url: \"\(tokens.tokenURL)\"\(more)}"
        }

        var registry: String {
            let (dovecot, postfix) = (customer.dovecot.ports, customer.postfix.ports)
            let read = "user: \(customer.user), after: leave, start: all, poll: 1h, ca: \(customer.dovecot.caFile)"
            let device = ", device_url: \"\(tokens.deviceURL)\""
            return """
                mailboxes:
                  - {name: o-imap, type: inbox, server: localhost, port: \(dovecot["imap"] ?? 0), provider: imap, \(read),
                     idle: false, \(oauth("client-credentials"))}
                  - {name: o-pop, type: inbox, server: localhost, port: \(dovecot["pop3s"] ?? 0), provider: pops, \(read),
                     \(oauth("refresh-token")), sasl: oauthbearer}
                  - {name: o-out, type: outbox, server: localhost, port: \(postfix["submission"] ?? 0), tls: starttls,
                     auth: true, user: \(customer.user), \(oauth("device-code", device)), ca: \(customer.postfix.caFile)}
                contracts:
                  - {name: oauth, title: x, prefix: OAUTH, inboxes: [o-imap, o-pop], outbox: o-out}

                """
        }

        func succeed(_ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation)
            throws -> String
        {
            let result = try Program.run(
                RealDaemon.binary("malotectl"), ["--socket", daemon.socket] + arguments, input: input)
            #expect(result.status == 0, "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
            return result.output
        }

        func send(_ subject: String) throws {
            _ = try succeed(
                "send", "--contract", "oauth", "--to", "someone@else.example", "--subject", subject, input: "hello\n")
        }

        func expectNoCanary(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) {
            for text in texts + [daemon.log] {
                #expect(!text.contains("canary"), "\(text)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test func threeFlowsLogInByThreeProtocols() async throws {
        let desk = try Desk()
        defer { desk.customer.stopServers() }
        try await desk.daemon.start()
        try desk.customer.dovecot.deliver(desk.customer.mails(0..<3))
        let applied = try desk.daemon.apply(desk.registry)
        try #require(applied.status == 0, "\(applied.errors)")

        try await authorize(desk)
        _ = try desk.succeed("poll", "o-imap")
        _ = try desk.succeed("poll", "o-pop")
        try desk.send("first")
        #expect(
            try await eventually {
                try desk.customer.opened(desk.daemon).count == 3 && desk.customer.postfix.received().count == 1
                    && desk.customer.dovecot.logins("pop3-login")["OAUTHBEARER", default: 0] > 0
            }, "\(desk.daemon.log.suffix(3000))")
        #expect(Set(desk.customer.dovecot.logins("imap-login").keys) == ["XOAUTH2"])
        #expect(Set(desk.customer.dovecot.logins("pop3-login").keys) == ["OAUTHBEARER"])
        #expect(Set(desk.customer.postfix.logins().keys) == ["XOAUTH2"])

        try expectForecasts(desk)
        try await expectRotationOutlivesAKill(desk)
        #expect(desk.daemon.stop() == 0)
        desk.expectNoCanary()
    }

    private func authorize(_ desk: Desk) async throws {
        let waiting = try await eventually {
            try desk.daemon.ctl("status").output.contains("malotectl mailbox authorize o-pop")
        }
        #expect(waiting)
        let slip = try desk.daemon.ctl("mailbox", "authorize", "o-pop", "--refresh-token-stdin", input: "canary-slip\n")
        #expect(slip.status == 1 && slip.errors.contains("invalid_grant"), "\(slip.errors)")
        let handed = try desk.succeed(
            "mailbox", "authorize", "o-pop", "--refresh-token-stdin", input: "canary-refresh-0\n")
        desk.provider.approve()
        let consented = try desk.succeed("mailbox", "authorize", "o-out")
        #expect(consented.contains("https://provider.example/device") && consented.contains("WDJB-MJHT"))
        #expect(consented.contains("mailbox o-out is authorized"))
        let needless = try desk.daemon.ctl("mailbox", "authorize", "o-imap")
        #expect(needless.status == 1 && needless.errors.contains("nobody needs to authorize"), "\(needless.errors)")
        desk.expectNoCanary(slip.errors, handed, consented)
    }

    private func expectForecasts(_ desk: Desk) throws {
        let status = try desk.succeed("status")
        let json = try desk.succeed("status", "--json")
        let shown = try desk.succeed("mailbox", "show", "o-pop")
        let list = try desk.succeed("mailbox", "list")
        #expect(status.contains("o-imap: access token for ") && status.contains("refresh token "), "\(status)")
        #expect(json.contains("\"refreshTokenSince\""), "\(json)")
        #expect(shown.contains("oauth2: ") && shown.contains("token: "), "\(shown)")
        #expect(list.contains("ends in "), "\(list)")
        let tested = ["o-imap", "o-pop", "o-out"].map { try? desk.succeed("mailbox", "test", $0) }
        for text in tested {
            #expect(text?.contains("obtained, expires in 3") == true, "\(text ?? "")")
        }
        desk.expectNoCanary(status, json, shown, list, try desk.succeed("export"), tested.compactMap { $0 }.joined())
    }

    /// Each refresh uses up its token: what is not on the disk when the daemon dies is lost.
    private func expectRotationOutlivesAKill(_ desk: Desk) async throws {
        desk.daemon.kill()
        try await desk.daemon.start()
        let before = desk.customer.dovecot.logins("pop3-login").values.reduce(0, +)
        _ = try desk.succeed("poll", "o-pop")
        try desk.send("second")
        #expect(
            try await eventually {
                desk.customer.dovecot.logins("pop3-login").values.reduce(0, +) > before
                    && desk.customer.postfix.received().count == 2
            }, "\(desk.daemon.log.suffix(3000))")
    }

    @Test func aRevokedTokenIsReplacedAndADeadClientIsExplained() async throws {
        let desk = try Desk()
        defer { desk.customer.stopServers() }
        try await desk.daemon.start()
        try #require(try desk.daemon.apply(desk.registry).status == 0)
        let logins = { desk.customer.dovecot.logins("imap-login").values.reduce(0, +) }
        #expect(try await eventually { logins() == 1 }, "\(desk.daemon.log.suffix(2000))")
        let asked = desk.provider.count("client_credentials")
        desk.provider.revokeAccessTokens()
        _ = try desk.succeed("poll", "o-imap")
        #expect(try await eventually { logins() == 2 }, "\(desk.daemon.log.suffix(2000))")
        #expect(desk.provider.count("client_credentials") == asked + 1)

        desk.provider.changeClientSecret("canary-other")
        desk.provider.revokeAccessTokens()
        let tested = try desk.daemon.ctl("mailbox", "test", "o-imap")
        #expect(tested.status == 1 && tested.errors.contains("fails at token (credential)"), "\(tested.errors)")
        #expect(tested.errors.contains("invalid_client") && tested.errors.contains("oauth2.client_secret"))
        let edited = try desk.succeed(
            "mailbox", "edit", "o-imap", "--oauth2-client-secret-stdin", input: "canary-other\n")
        #expect(edited.contains("changed mailbox o-imap: oauth2"), "\(edited)")
        #expect(try desk.succeed("mailbox", "test", "o-imap").contains("obtained"))
        desk.expectNoCanary(tested.errors, tested.output)
        #expect(desk.daemon.stop() == 0)
    }
}
