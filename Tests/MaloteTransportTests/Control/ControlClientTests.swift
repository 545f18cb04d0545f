// Requests over a control socket: what arrives, what comes back, and what is said when nobody is there.

import Foundation
import MaloteCore
import MaloteTestKit
import MaloteTransport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlClientTests {
    private struct NoSocket: Error { var path: String }

    /// Answers one request on a socket in the file system.
    private final class OneAnswer: Sendable {
        private let listener: Int32
        private let request = Mutex<String?>(nil)

        init(_ path: String, _ answer: String) throws {
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 1) == 0
                }
            }
            guard isBound else { throw NoSocket(path: path) }
            self.listener = listener
            Thread.detachNewThread { [self] in
                let connection = accept(listener, nil, nil)
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while !Self.isWhole(bytes) {
                    let count = recv(connection, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    bytes += buffer[..<count]
                }
                request.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
                _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }

        private static func isWhole(_ bytes: [UInt8]) -> Bool {
            let text = String(decoding: bytes, as: UTF8.self)
            guard let head = text.range(of: "\r\n\r\n") else { return false }
            let length = text.firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.1) } ?? 0
            return text[head.upperBound...].utf8.count >= length
        }

        var heard: String { request.withLock { $0 } ?? "" }

        deinit { close(listener) }
    }

    @Test(arguments: [("GET", 0), ("PUT", 0), ("POST", 5), ("PATCH", 300_000), ("DELETE", 0)])
    func carriesRequestAndAnswer(method: String, octets: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/control.sock"
        let server = try OneAnswer(path, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone")
        let body = [UInt8](repeating: 0x78, count: octets)
        let answer = try ControlClient(socket: path).request(
            method, "/v1/things?a=b%20c", body: body, headers: ["If-Match: 7"])
        #expect(answer.status == 404 && answer.body == Array("none".utf8))
        #expect(server.heard.hasPrefix("\(method) /v1/things?a=b%20c HTTP/1.1\r\n"))
        #expect(server.heard.contains("\r\nIf-Match: 7\r\n") && !server.heard.contains("Expect"))
        #expect(server.heard.hasSuffix("\r\n\r\n" + String(repeating: "x", count: octets)))
    }

    @Test func nobodyThereHasItsOwnWords() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/none.sock"
        let left = folder.path + "/left.sock"
        try "".write(toFile: left, atomically: false, encoding: .utf8)
        for (path, word) in [(missing, "There is no maloted"), (left, "does not answer")] {
            do {
                _ = try ControlClient(socket: path).request("GET", "/v1/status", seconds: 5)
                Issue.record("an answer from nobody")
            } catch {
                #expect(words(error) == "operator-needed connect")
                #expect(error.detail.contains(word) && !error.remedy.isEmpty)
            }
        }
    }

    @Test func aDaemonThatSaysNothingIsLeft() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/control.sock"
        let server = try OneAnswer(path, "")
        do {
            _ = try ControlClient(socket: path).request("GET", "/v1/status", seconds: 5)
            Issue.record("an answer from nobody")
        } catch { #expect(words(error) == "transient disconnected") }
        _ = server
    }
}
