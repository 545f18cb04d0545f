// The HTTP shell with real requests: bytes in and out, limits, slow answers, and an orderly end.

import Foundation
import MaloteCore
import MaloteTestKit
import Synchronization
import Testing

@testable import MaloteAdmin

/// Holds answers back until the test lets them go.
private final class Gate: Sendable {
    private let state = Mutex((arrived: 0, isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

    var arrived: Int { state.withLock { $0.arrived } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.arrived += 1
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

@Suite(.timeLimit(.minutes(2))) struct HTTPServerTests {
    private let folder: TemporaryFolder
    private let gate = Gate()
    private var socket: String { folder.path + "/control.sock" }
    private var curl: Curl { Curl(socket: socket) }

    init() throws { folder = try TemporaryFolder() }

    /// `/slow` waits at the gate; everything else comes back in words.
    private func echo() -> HTTPServer.Respond {
        { [gate] request in
            if request.path == "/slow" { await gate.pass() }
            if request.path == "/raw" { return Self.raw(request) }
            if request.path == "/live" { return Self.live(gate) }
            if request.path == "/size" { return .text(200, "\(request.body.count)") }
            let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let body = String(decoding: request.body, as: UTF8.self)
            return .text(200, "\(request.method)|\(request.path)|\(query)|\(request.headers["x-a"] ?? "-")|\(body)")
        }
    }

    /// Octets that tell where they stand, in pieces of an odd size; `?breaks=N` fails behind N of them.
    private static func raw(_ request: HTTPRequest) -> HTTPResponse {
        let (size, piece) = (Int(request.query["size"] ?? "") ?? 0, 100_003)
        let breaks = Int(request.query["breaks"] ?? "") ?? .max
        return .stream(
            RawCopy(id: .unsaved, size: size) { offset throws(Problem) in
                guard offset < breaks else { throw Problem(status: 503, title: "No", detail: "Why.") }
                return (offset..<min(offset + piece, size)).map { UInt8(truncatingIfNeeded: $0 / 251) }
            }, type: "message/rfc822")
    }

    /// A beginning at once, and the end behind the gate.
    private static func live(_ gate: Gate) -> HTTPResponse {
        var response = HTTPResponse.text(200, "")
        response.live = { body in
            body.write("begun ")
            body.write("")
            await gate.pass()
            body.write("done")
        }
        return response
    }

    private func withServer(_ use: () async throws -> Void) async throws {
        let server = try HTTPServer(socket: ListenSocket.unix(socket), respond: echo())
        do { try await use() } catch {
            gate.open()
            await server.stop()
            throw error
        }
        gate.open()
        await server.stop()
    }

    private func waitAtGate(_ count: Int) async throws { #expect(try await eventually { gate.arrived >= count }) }

    // MARK: - Requests

    @Test func aRequestArrivesAsItWasMade() async throws {
        try await withServer { () async throws in
            #expect(try await curl("/v1/x").body == "GET|/v1/x|[]|-|")
            #expect(
                try await curl("/a%20b//c?x=1%262&y=+z&flag&e=", "-X", "DELETE").body
                    == #"DELETE|/a b//c|["e=", "flag=", "x=1&2", "y= z"]|-|"#)
            #expect(
                try await curl("/p", "-X", "PATCH", "-H", "X-A: Bê", "--data-binary", "{\"a\":\n1}").body
                    == "PATCH|/p|[]|Bê|{\"a\":\n1}")
            #expect(try await curl("/p", "-H", "Transfer-Encoding: chunked", "-d", "abc").body == "POST|/p|[]|-|abc")
        }
    }

    @Test func anAnswerLeavesWithItsHeaders() async throws {
        try await withServer { () async throws in
            let answer = try await curl("/x")
            #expect(answer.status == 200)
            for line in [
                "Content-Type: text/plain; charset=utf-8", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
            ] { #expect(answer.headers.contains(line + "\r\n")) }
        }
    }

    @Test(arguments: [0, 1, 100_002, 100_003, 100_004, 3_000_000])
    func aLongAnswerLeavesPieceByPiece(_ size: Int) async throws {
        try await withServer {
            let answer = try await curl("/raw?size=\(size)")
            #expect(answer.status == 200 && answer.exit == 0)
            #expect(answer.headers.contains("Content-Length: \(size)"))
            #expect(answer.octets.count == size)
            #expect(zip(answer.octets, 0...).allSatisfy { $0 == UInt8(truncatingIfNeeded: $1 / 251) })
        }
    }

    @Test func anAnswerThatBreaksIsNotTakenForAWhole() async throws {
        try await withServer {
            let answer = try await curl("/raw?size=500000&breaks=200000")
            #expect(answer.exit == 18, "curl's word for a part of a file")
            #expect(try await curl("/").status == 200)
        }
    }

    @Test func aLiveAnswerLeavesAsItIsWritten() async throws {
        try await withServer { () async throws in
            let cut = try await curl("/live", "-N", seconds: "1")
            #expect(cut.exit == 28 && cut.body == "begun ")
            gate.open()
            let whole = try await curl("/live")
            #expect(whole.exit == 0 && whole.body == "begun done")
            #expect(whole.headers.contains("Transfer-Encoding: chunked"))
            #expect(try await curl("/").status == 200)
        }
    }

    @Test func manyAtOnceAreAnsweredEachItsOwn() async throws {
        try await withServer { () async throws in
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<16 { group.addTask { (number, try await curl("/\(number)").body) } }
                for try await (number, body) in group { #expect(body == "GET|/\(number)|[]|-|") }
            }
        }
    }

    @Test func aBodyOfTheLimitIsTakenAndALargerOneIsNot() async throws {
        let file = folder.path + "/large"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        try await withServer { () async throws in
            try #require(truncate(file, 48 << 20) == 0)
            #expect(try await curl("/size", "-X", "POST", "-T", file).body == "\(48 << 20)")
            try #require(truncate(file, 48 << 20 + 1) == 0)
            let answer = try await curl("/size", "-X", "POST", "-T", file)
            #expect(answer.status == 413)
            #expect(answer.headers.contains("application/problem+json"))
            #expect(answer.body.contains("more than 50331648 octets"))
            #expect(try await curl("/x").status == 200)
        }
    }

    @Test func headersWithoutEndAreRefused() async throws {
        try await withServer { () async throws in
            let long = String(repeating: "x", count: 40_000)
            #expect(try await curl("/x", "-H", "X-A: \(long)").status >= 400)
            #expect(try await curl("/x").status == 200)
        }
    }

    // MARK: - Slow answers

    @Test func aSlowAnswerHoldsUpNobody() async throws {
        try await withServer { () async throws in
            async let slow = curl("/slow")
            try await waitAtGate(1)
            #expect(try await curl("/fast").body == "GET|/fast|[]|-|")
            #expect(gate.arrived == 1)
            gate.open()
            #expect(try await slow.body == "GET|/slow|[]|-|")
        }
    }

    @Test func aClientThatGivesUpHarmsNobody() async throws {
        try await withServer { () async throws in
            let gone = try await curl("/slow", seconds: "1")
            #expect(gone.status == 0 && gone.exit == 28)
            gate.open()
            #expect(try await curl("/slow").status == 200)
        }
    }

    @Test func aStopLetsASlowAnswerReachItsClient() async throws {
        let server = try HTTPServer(socket: ListenSocket.unix(socket), respond: echo())
        async let slow = curl("/slow")
        try await waitAtGate(1)
        async let stopped: Void = server.stop()
        // Nobody new is served once the stop has begun.
        #expect(try await eventually { try await curl("/fast", seconds: "0.2").status == 0 })
        gate.open()
        #expect(try await slow.body == "GET|/slow|[]|-|")
        await stopped
        #expect(try await curl("/fast").exit == 7)
    }

    @Test func stoppingTwiceIsStoppingOnce() async throws {
        let server = try HTTPServer(socket: ListenSocket.unix(socket), respond: echo())
        await server.stop()
        await server.stop()
        let next = try HTTPServer(socket: ListenSocket.unix(socket), respond: echo())
        #expect(try await curl("/x").status == 200)
        await next.stop()
    }

    // MARK: - Before the body

    /// Whoever sends much is asked about with the head alone, and what is too much is not read.
    @Test func howMuchMayComeIsDecidedByTheHead() async throws {
        let asked = Mutex<[Int]>([])
        let server = try HTTPServer(
            socket: ListenSocket.unix(socket),
            bodyLimit: { head in
                asked.withLock { $0.append(head.body.count) }
                return head.headers["x-known"] == nil ? 20_000 : 200_000
            }, respond: echo())
        let (small, middle) = (String(repeating: "x", count: 16_384), String(repeating: "x", count: 20_001))
        #expect(try await curl("/size", "-d", small).body == "16384")
        #expect(asked.withLock { $0 } == [])
        for field in ["X-Other: 1", "Transfer-Encoding: chunked"] {
            #expect(try await curl("/size", "-d", middle, "-H", field).status == 413)
            #expect(try await curl("/size", "-H", "X-Known: 1", "-d", middle, "-H", field).body == "20001")
        }
        #expect(try await curl("/size", "-H", "Transfer-Encoding: chunked", "-d", "abc").body == "3")
        #expect(asked.withLock { $0 } == [0, 0, 0, 0, 0])
        await server.stop()
    }

    @Test(arguments: ["/%00", "/a%00b", "/%ff", "/%zz", "/%e", "/x?a=%00", "/x?%ff=1", "/x?a=%c3%28"])
    func whatCannotBeReadIsABadRequest(_ target: String) async throws {
        try await withServer { () async throws in #expect(try await curl(target).status == 400) }
    }

    @Test func aSlashThatWasWrittenOtherwiseIsNone() async throws {
        try await withServer { () async throws in
            #expect(try await curl("/v1/messages/%3Ca%2Fb@x%3E").body.contains("/v1/messages/<a/b@x>"))
        }
        #expect(HTTPRequest("GET", "/v1/messages/%3Ca%2Fb@x%3E").segments == ["v1", "messages", "<a/b@x>"])
    }

    /// The kernel says who is at the other end of the control socket.
    @Test func theControlSocketKnowsItsUser() async throws {
        let server = try HTTPServer(socket: ListenSocket.unix(socket)) { .text(200, $0.user ?? "nobody") }
        let user = getuid() == 0 ? "root" : "uid \(getuid())"
        #expect(try await curl("/x").body == user)
        await server.stop()
    }

    // MARK: - The router behind it

    @Test func problemsTravel() async throws {
        let router = AdminRouter(control: FakeControl(), door: .controlSocket) { true }
        let server = try HTTPServer(socket: ListenSocket.unix(socket)) { await router.respond(to: $0) }
        let answer = try await curl("/v1/status", "-X", "POST")
        #expect(answer.status == 405)
        #expect(answer.headers.contains("Content-Type: application/problem+json"))
        #expect(answer.body.contains("takes GET, not POST."))
        #expect(try await curl("/v1/templates/opened%20pt-BR").status == 200)
        await server.stop()
    }

    @Test func aTCPDoorShowsOnlyProbesWithoutAToken() async throws {
        let router = AdminRouter(control: FakeControl(), door: .tcp) { true }
        let socket = try ListenSocket.tcp(host: "127.0.0.1", port: 0)
        let curl = Curl(port: ListenSocketTests.port(of: socket))
        let server = try HTTPServer(socket: socket) { await router.respond(to: $0) }
        #expect(try await curl("/healthz").body == "ok\n")
        #expect(try await curl("/readyz").body == "ready\n")
        #expect(try await curl("/v1/status").status == 401)
        await server.stop()
        #expect(try await curl("/healthz").exit == 7)
    }
}
