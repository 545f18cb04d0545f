// The way to receivers, on real sockets: what arrives, and receivers that are hostile.

import Foundation
import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteTransport

@Suite(.serialized) struct WebhookHTTPTests {
    private static let http = Result { () throws(Failure) in
        let network = try Network(caFile: Certificates.authority, clientName: "client.test")
        return try WebhookHTTP(network: network)
    }

    private static func request(_ url: String, ca: String? = nil) -> WebhookRequest {
        WebhookRequest(
            url: url, headers: [.init("Content-Type", "application/cloudevents+json"), .init("webhook-id", "e1")],
            body: Array("{\"id\":\"e1\"}".utf8), caFile: ca)
    }

    /// Reads one request on each connection, and plays the rest.
    private static func server(
        _ identity: Certificates.Identity? = nil, _ play: @escaping @Sendable (Peer, [UInt8]) -> Void
    ) throws -> LoopbackServer {
        try LoopbackServer(identity, isImplicit: identity != nil) { peer in
            while let request = Self.request(from: peer) { play(peer, request) }
        }
    }

    /// - Returns: `nil` when the client has gone.
    private static func request(from peer: Peer) -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            let more = peer.read()
            guard !more.isEmpty else { return nil }
            bytes += more
            if TokenHTTPServer.Request(bytes) != nil { return bytes }
        }
    }

    private static func ok(_ body: String, status: Int = 200, _ headers: String = "") -> String {
        "HTTP/1.1 \(status) x\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n" + body
    }

    private func words(_ url: String, ca: String? = nil) async throws -> String {
        let http = try Self.http.get()
        do {
            let reply = try await http.post(Self.request(url, ca: ca))
            return "\(reply.status) \(String(decoding: reply.body, as: UTF8.self).prefix(40))"
        } catch { return "\(error.kind.rawValue) \(error.cause.rawValue)" }
    }

    @Test func theRequestArrivesWholeAndTheAnswerComesBack() async throws {
        let server = try Self.server(Certificates.here) { peer, request in
            peer.say(Self.ok(Data(request).base64EncodedString(), status: 429, "Retry-After: 17\r\n"))
        }
        let reply = try await Self.http.get().post(Self.request("https://localhost:\(server.port)/hooks?x=1"))
        let sent = String(decoding: Data(base64Encoded: Data(reply.body)) ?? Data(), as: UTF8.self)
        #expect(reply.status == 429 && reply.retryAfter == "17")
        #expect(sent.hasPrefix("POST /hooks?x=1 HTTP/1.1\r\n") && sent.hasSuffix("\r\n\r\n{\"id\":\"e1\"}"))
        for header in ["webhook-id: e1", "Content-Type: application/cloudevents+json", "User-Agent: Malote/"] {
            #expect(sent.contains("\r\n\(header)"), "\(sent)")
        }
        #expect(!sent.contains("x-www-form-urlencoded") && !sent.contains("Expect:"))
    }

    @Test func aConnectionIsUsedAgain() async throws {
        let connections = Counter()
        let server = try LoopbackServer { peer in
            connections.add()
            while Self.request(from: peer) != nil { peer.say(Self.ok("{}")) }
        }
        for _ in 0..<5 { #expect(try await words("http://127.0.0.1:\(server.port)/") == "200 {}") }
        #expect(connections.value == 1)
    }

    @Test func onlyTrustedReceiversGetEvents() async throws {
        let stranger = try Self.server(Certificates.elsewhere) { peer, _ in peer.say(Self.ok("{}")) }
        #expect(try await words("https://localhost:\(stranger.port)/") == "operator-needed certificate")
        let own = try Self.server(Certificates.here) { peer, _ in peer.say(Self.ok("{}")) }
        #expect(
            try await words("https://localhost:\(own.port)/", ca: Certificates.otherAuthority)
                == "operator-needed certificate")
        #expect(try await words("https://localhost:\(own.port)/", ca: Certificates.authority) == "200 {}")
        #expect(try await words("http://desk.example/") == "operator-needed registry")
        #expect(try await words("http://10.0.0.1/") == "operator-needed registry")
    }

    /// W4: whoever writes the address may mean loopback; a name that leads there must not, unless the operator says so.
    @Test func privateAddressesAreGuarded() async throws {
        let reached = Counter()
        let server = try Self.server { peer, _ in
            reached.add()
            peer.say(Self.ok("{}"))
        }
        let http = try WebhookHTTP(
            network: try Network(caFile: Certificates.authority, policy: .never, clientName: "client.test"))
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let failure = await failure { _ = try await http.post(Self.request("http://\(host):\(server.port)/")) }
            #expect(failure?.cause == .dns && failure?.detail.contains("not a public address") == true, "\(host)")
        }
        let hidden = await failure { _ = try await http.post(Self.request("https://[::ffff:169.254.169.254]/")) }
        #expect(hidden?.cause == .dns, "\(hidden?.detail ?? "")")
        #expect(reached.value == 0)
    }

    /// W2: the target of a redirect gets nothing.
    @Test func redirectsAreNotFollowed() async throws {
        let reached = Counter()
        let inside = try Self.server { peer, _ in
            reached.add()
            peer.say(Self.ok("{}"))
        }
        let target = "http://127.0.0.1:\(inside.port)/latest/meta-data"
        let server = try Self.server { peer, _ in
            peer.say("HTTP/1.1 307 x\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n")
        }
        let reply = try await Self.http.get().post(Self.request("http://127.0.0.1:\(server.port)/"))
        #expect(reply.status == 307 && reply.location == target && reached.value == 0)
    }

    /// W3: it has taken the event; what it goes on to say is of no interest.
    @Test func anEndlessAnswerIsCutOff() async throws {
        let flood = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        let server = try LoopbackServer { peer in
            guard Self.request(from: peer) != nil else { return }
            peer.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"ticket\":\"EXT-7\",\"x\":\"")
            for _ in 0..<400 { peer.say(flood) }
        }
        #expect(try await words("http://127.0.0.1:\(server.port)/") == "200 ")
        let exact = try Self.server { peer, _ in peer.say(Self.ok(String(repeating: "y", count: 64 * 1024))) }
        #expect(try await words("http://127.0.0.1:\(exact.port)/").hasPrefix("200 yyy"))
    }

    static let hostile: [(String, @Sendable (Peer) -> Void, String)] = [
        ("silent goodbye", { _ in }, "transient disconnected"),
        ("another protocol", { $0.say("220 mail.example ESMTP\r\n") }, "transient disconnected"),
        ("garbage", { $0.say((0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 37) }) }, "transient disconnected"),
        ("no status", { $0.say("HTTP/1.1 \r\n\r\n") }, "transient disconnected"),
        (
            "half an answer", { $0.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ticket\":") },
            "transient disconnected"
        ),
        (
            "a broken chunk", { $0.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n") },
            "transient disconnected"
        ),
        (
            "endless headers",
            { peer in
                peer.say("HTTP/1.1 200 OK\r\n")
                for number in 0..<2000 { peer.say("X-\(number): \(String(repeating: "z", count: 1000))\r\n") }
            }, "transient protocol-broken"
        ),
        (
            "endless patience",
            { peer in for _ in 0..<10_000 { peer.say("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n") } },
            "transient protocol-broken"
        ),
    ]

    @Test(arguments: hostile.indices)
    func whatIsNoAnswerIsAFaultThatPasses(_ index: Int) async throws {
        let (name, play, expected) = Self.hostile[index]
        let server = try LoopbackServer { peer in if Self.request(from: peer) != nil { play(peer) } }
        #expect(try await words("http://127.0.0.1:\(server.port)/") == expected, "\(name)")
    }

    @Test func whoIsNotThereIsAFaultThatPasses() async throws {
        #expect(try await words("https://127.0.0.1:1/") == "transient connect")
        let plain = try LoopbackServer { peer in peer.say("220 hello\r\n") }
        #expect(try await words("https://localhost:\(plain.port)/") == "transient tls")
        #expect(try await words("https://no-such-host.invalid/") == "operator-needed dns")
    }

    /// One that never answers holds up nobody, not even at the same host.
    @Test func aSilentReceiverHoldsUpNobody() async throws {
        let gate = Gate()
        let server = try Self.server { peer, request in
            if String(decoding: request, as: UTF8.self).contains("/slow") { gate.wait() }
            peer.say(Self.ok("{}"))
        }
        let late = Task { try await words("http://127.0.0.1:\(server.port)/slow") }
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<30 {
                group.addTask { try await self.words("http://127.0.0.1:\(server.port)/\(number)") }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(answers == Array(repeating: "200 {}", count: 30))
        late.cancel()
        #expect(try await late.value == "transient shutting-down")
        gate.open()
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}
