// The way to token servers, on real sockets: TLS, limits, redirects, many at once.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteTransport

@Suite(.serialized) struct TokenHTTPTests {
    private static let http = Result { () throws(Failure) in
        let network = try Network(caFile: Certificates.authority, clientName: "client.test")
        return try TokenHTTP(network: network)
    }

    private static func request(_ url: String, ca: String? = nil) -> TokenRequest {
        TokenRequest(url: url, form: Secret("grant_type=client_credentials&client_secret=canary-client"), caFile: ca)
    }

    /// Answers every connection with these octets.
    private static func server(
        _ identity: Certificates.Identity? = nil, _ answer: @escaping @Sendable (TokenHTTPServer.Request) -> String
    ) throws -> LoopbackServer {
        try LoopbackServer(identity, isImplicit: identity != nil) { peer in
            var bytes: [UInt8] = []
            while true {
                let more = peer.read()
                guard !more.isEmpty else { return }
                bytes += more
                guard let request = TokenHTTPServer.Request(bytes) else { continue }
                peer.say(answer(request))
                peer.closeTLS()
                return
            }
        }
    }

    private static func ok(_ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n" + body
    }

    private func words(_ url: String, ca: String? = nil) async throws -> String {
        let http = try Self.http.get()
        do {
            let reply = try await http.post(Self.request(url, ca: ca))
            return
                "\(reply.status) \(reply.retryAfter ?? "-") \(String(decoding: reply.body, as: UTF8.self).prefix(40))"
        } catch {
            #expect(!"\(error)".contains("canary"), "\(error)")
            return "\(error.kind.rawValue) \(error.cause.rawValue)"
        }
    }

    @Test func aFormArrivesAndTheAnswerComesBack() async throws {
        let server = try Self.server(Certificates.here) { request in
            let secret = TokenProvider.form(request.body)["client_secret"] ?? ""
            let body = "\(secret.count) \(request.target)"
            return "HTTP/1.1 429 x\r\nretry-AFTER:  17 \r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
        }
        #expect(try await words("https://localhost:\(server.port)/token") == "429 17 13 /token")
    }

    @Test func onlyTrustedServersAreTold() async throws {
        let heard = { (server: LoopbackServer) in server.heard.map(\.line) }
        let stranger = try Self.server(Certificates.elsewhere) { _ in Self.ok("{}") }
        #expect(try await words("https://localhost:\(stranger.port)/") == "operator-needed certificate")
        let expired = try Self.server(Certificates.expired) { _ in Self.ok("{}") }
        #expect(try await words("https://localhost:\(expired.port)/") == "operator-needed certificate")
        let good = try Self.server(Certificates.here) { _ in Self.ok("{}") }
        #expect(
            try await words("https://localhost:\(good.port)/", ca: Certificates.otherAuthority)
                == "operator-needed certificate")
        #expect(try await words("https://localhost:\(good.port)/", ca: "/nowhere.pem") == "operator-needed certificate")
        #expect(try await words("https://localhost:\(good.port)/") == "200 - {}")
        #expect(heard(stranger).isEmpty && heard(expired).isEmpty)
        #expect(try await words("http://elsewhere.example/") == "operator-needed credential")
    }

    @Test func redirectsAreNotFollowedAndProxiesNotAsked() async throws {
        let target = try Self.server { _ in Self.ok("{\"access_token\":\"x\"}") }
        let server = try Self.server { _ in
            "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:\(target.port)/\r\nContent-Length: 0\r\n\r\n"
        }
        setenv("http_proxy", "http://127.0.0.1:\(target.port)", 1)
        setenv("ALL_PROXY", "http://127.0.0.1:\(target.port)", 1)
        defer {
            unsetenv("http_proxy")
            unsetenv("ALL_PROXY")
        }
        #expect(try await words("http://127.0.0.1:\(server.port)/token") == "307 - ")
    }

    @Test func aNameMustNotLeadInsideUnlessTheOperatorSaysSo() async throws {
        let server = try Self.server { _ in Self.ok("{}") }
        let network = try Network(caFile: Certificates.authority, policy: .never, clientName: "client.test")
        let http = try TokenHTTP(network: network)
        for host in ["127.0.0.1", "localhost"] {
            let failure = await failure { _ = try await http.post(Self.request("http://\(host):\(server.port)/")) }
            #expect(failure?.cause == .dns && failure?.detail.contains("not a public address") == true, "\(host)")
        }
    }

    @Test(arguments: [
        ("https://id.example/x", "id.example", 443), ("http://127.0.0.1:81/x", "127.0.0.1", 81),
        ("https://[2001:db8::1]/", "2001:db8::1", 443), ("https://[2001:db8::1]:8443?x=y:z", "2001:db8::1", 8443),
        ("http://localhost", "localhost", 80),
    ])
    func anAddressIsTakenApart(_ url: String, _ host: String, _ port: Int) throws {
        let address = try #require(WebAddress(url))
        #expect(address.host == host && address.port == port)
    }

    @Test func answersHaveALimit() async throws {
        let exact = String(repeating: "x", count: 64 * 1024)
        let fits = try Self.server { _ in Self.ok(exact) }
        #expect(try await words("http://127.0.0.1:\(fits.port)/").hasPrefix("200 - xxx"))
        let large = try Self.server { _ in Self.ok(exact + "x") }
        #expect(try await words("http://127.0.0.1:\(large.port)/") == "operator-needed protocol-broken")
        let chatty = try Self.server { _ in
            Self.ok("{}", String(repeating: "X-Header: \(exact.prefix(1000))\r\n", count: 80))
        }
        #expect(try await words("http://127.0.0.1:\(chatty.port)/") == "operator-needed protocol-broken")
    }

    @Test func aServerThatIsGoneIsAFaultThatPasses() async throws {
        let server = try Self.server { _ in "" }
        #expect(try await words("http://127.0.0.1:\(server.port)/") == "transient disconnected")
        #expect(try await words("https://127.0.0.1:1/") == "transient connect")
        let plain = try LoopbackServer { peer in
            peer.say("220 hello\r\n")
            peer.linger()
        }
        #expect(try await words("https://localhost:\(plain.port)/") == "transient tls")
        #expect(try await words("https://no-such-host.invalid/") == "operator-needed dns")
    }

    @Test func whoCallsOffStillHearsAnAnswerThatIsOnItsWay() async throws {
        let (reached, gate) = (Gate(), Gate())
        let server = try Self.server { _ in
            reached.open()
            gate.wait()
            return Self.ok("late")
        }
        let asking = Task { try await words("http://127.0.0.1:\(server.port)/") }
        await onThread { reached.wait() }
        asking.cancel()
        gate.open()
        #expect(try await asking.value == "200 - late")
    }

    @Test func whoCallsOffDoesNotWaitForSilence() async throws {
        let (reached, gate) = (Gate(), Gate())
        let server = try Self.server { _ in
            reached.open()
            gate.wait()
            return ""
        }
        let asking = Task { try await words("http://127.0.0.1:\(server.port)/") }
        await onThread { reached.wait() }
        asking.cancel()
        #expect(try await asking.value == "transient shutting-down")
        gate.open()
    }

    /// Waits without holding up the tasks of the test.
    private func onThread(_ wait: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                wait()
                continuation.resume()
            }
        }
    }

    /// One that never answers holds up nobody.
    @Test func manyAreAskedAtOnce() async throws {
        let gate = Gate()
        let slow = try Self.server { _ in
            gate.wait()
            return Self.ok("late")
        }
        let quick = try Self.server { request in Self.ok(request.target) }
        let late = Task { try await words("http://127.0.0.1:\(slow.port)/") }
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<50 {
                group.addTask { try await self.words("http://127.0.0.1:\(quick.port)/\(number)") }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == Set((0..<50).map { "200 - /\($0)" }))
        gate.open()
        #expect(try await late.value == "200 - late")
    }
}
