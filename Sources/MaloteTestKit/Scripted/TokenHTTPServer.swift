// A provider of tokens behind plain HTTP on loopback; knows only requests and answers.

import Foundation

/// One request a connection, a thread each.
package final class TokenHTTPServer: Sendable {
    package let provider: TokenProvider
    package let port: Int
    private let listener: Int32

    package var tokenURL: String { "http://127.0.0.1:\(port)/token" }
    package var deviceURL: String { "http://127.0.0.1:\(port)/device" }
    /// Where a mail server asks about a token, which it appends.
    package var tokenInfoURL: String { "http://127.0.0.1:\(port)/tokeninfo?access_token=" }

    package init(_ provider: TokenProvider) throws {
        self.provider = provider
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place -> Int? in
                guard bind(listener, place, length) == 0, listen(listener, 256) == 0,
                    getsockname(listener, place, &length) == 0
                else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
        guard let port else { throw Program.Failed(description: "no port on loopback") }
        (self.port, self.listener) = (port, listener)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                Thread.detachNewThread {
                    Self.serve(connection, provider)
                    close(connection)
                }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ connection: Int32, _ provider: TokenProvider) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            guard let request = Request(bytes) else { continue }
            let answer = provider.answer(request.target, form: TokenProvider.form(request.body))
            let text = Array(Request.written(answer).utf8)
            _ = send(connection, text, text.count, Int32(MSG_NOSIGNAL))
            shutdown(connection, Int32(SHUT_WR))
            return
        }
    }

    /// A request as far as tests need it.
    package struct Request {
        package var target: String
        package var body: [UInt8]

        /// - Returns: `nil` as long as it is not complete.
        package init?(_ bytes: [UInt8]) {
            let end = Array("\r\n\r\n".utf8)
            guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
            let lines = String(decoding: bytes[..<head], as: UTF8.self).split(separator: "\r\n")
            let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            let octets = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            let body = bytes[(head + 4)...]
            guard body.count >= octets else { return nil }
            target = lines.first.map { $0.split(separator: " ") }.flatMap { $0.count > 1 ? String($0[1]) : nil } ?? ""
            self.body = Array(body.prefix(octets))
        }

        package static func written(_ answer: TokenProvider.Answer) -> String {
            var headers = answer.headers
            headers["Content-Length"] = "\(answer.body.utf8.count)"
            headers["Content-Type"] = "application/json"
            headers["Connection"] = "close"
            return "HTTP/1.1 \(answer.status) x\r\n" + headers.map { "\($0.key): \($0.value)\r\n" }.joined() + "\r\n"
                + answer.body
        }
    }
}
