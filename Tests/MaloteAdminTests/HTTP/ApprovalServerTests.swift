// Voters' pages through the real server: what a scanner's requests do, and what a person's form does.

import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteAdmin

@Suite(.timeLimit(.minutes(2))) struct ApprovalServerTests {
    private let control = FakeControl()

    private func withServer(_ use: (Curl) async throws -> Void) async throws {
        let socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
        let port = ListenSocketTests.port(of: socket)
        let router = AdminRouter(control: control, door: .tcp) { true }
        let server = try HTTPServer(socket: socket, bodyLimit: { await router.bodyLimit(for: $0) }) {
            await router.respond(to: $0)
        }
        do { try await use(Curl(port: port)) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test func aScannerThatOpensEveryLinkVotesForNobody() async throws {
        try await withServer { (curl: Curl) async throws in
            for _ in 0..<3 { #expect(try await curl("/a/view").status == 200) }
            #expect(try await curl("/a/view", "--head").status == 200)
            #expect(try await curl("/a/view", "-X", "OPTIONS").status == 405)
            #expect(control.calls.allSatisfy { $0 == "look view" } && control.calls.count == 4)
        }
    }

    @Test func aFormVotesAndItsHeadersLeave() async throws {
        try await withServer { (curl: Curl) async throws in
            let answer = try await curl(
                "/a/view", "--data-urlencode", "choice=reject", "--data-urlencode", "comment=não & nunca")
            #expect(answer.status == 200 && answer.body.contains("Your rejection is recorded."))
            #expect(control.calls == ["answer view reject não & nunca"])
            for line in [
                "Content-Security-Policy: default-src 'none';", "Referrer-Policy: no-referrer",
                "Cache-Control: no-store",
                "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
            ] { #expect(answer.headers.contains(line), "\(answer.headers)") }
        }
    }

    @Test func hostileRequestsVoteForNobody() async throws {
        try await withServer { (curl: Curl) async throws in
            let long = String(repeating: "x", count: 17_000)
            #expect(try await curl("/a/view", "-d", "choice=approve&comment=\(long)").status == 413)
            #expect(try await curl("/a/view", "-F", "choice=approve").status == 415)
            #expect(try await curl("/a/view?choice=approve").status == 200)
            #expect(try await curl("/a/%00view").status != 200)
            #expect(try await curl("/a/..%2f..%2fv1%2fstatus").status == 404)
            #expect(try await curl("/v1/approvals").status == 401)
            #expect(!control.calls.contains { $0.hasPrefix("answer") })
        }
    }

    @Test func theServerKnowsWhoAsks() async throws {
        let seen = Mutex<[String]>([])
        let socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
        let port = ListenSocketTests.port(of: socket)
        let server = try HTTPServer(socket: socket) { request in
            seen.withLock { $0.append(request.client) }
            return .text(200, "")
        }
        _ = try await Curl(port: port)("/")
        await server.stop()
        #expect(seen.withLock { $0 } == ["127.0.0.1"])
    }
}
