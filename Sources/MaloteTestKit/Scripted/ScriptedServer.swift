// A server on loopback that says what a test tells it to; knows no protocol.

import Foundation
import Synchronization

/// Each connection has a thread of its own: hostile silence must be possible.
package final class ScriptedServer: Sendable {
    package enum Answer: Sendable {
        case say(String)
        /// Says it and closes.
        case end(String)
        /// Says nothing, now or ever.
        case silence
    }

    package let port: Int
    private let listener: Int32
    private let connections = Mutex<[Int32]>([])
    private let heard = Mutex<[String]>([])

    /// - Parameters:
    ///   - greeting: the first answer.
    ///   - answer: what to answer to each line, without its line end.
    package init(greeting: Answer, answer: @escaping @Sendable (String) -> Answer) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place -> Int? in
                guard bind(listener, place, length) == 0, listen(listener, 64) == 0 else { return nil }
                guard getsockname(listener, place, &length) == 0 else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
        guard let port else { throw Program.Failed(description: "no port on loopback") }
        self.port = port
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                // The listener is closed here, where nobody can still be accepting on its number.
                guard connection >= 0, let server = self else {
                    close(listener)
                    return
                }
                server.connections.withLock { $0.append(connection) }
                Thread.detachNewThread { server.serve(connection, greeting, answer) }
            }
        }
    }

    /// Every line that was received.
    package var lines: [String] { heard.withLock { $0 } }

    private func serve(_ connection: Int32, _ greeting: Answer, _ answer: (String) -> Answer) {
        guard carryOut(greeting, connection) else { return }
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end].filter { $0 != 0x0D }, as: UTF8.self)
                pending.removeSubrange(...end)
                heard.withLock { $0.append(line) }
                guard carryOut(answer(line), connection) else { return }
            }
        }
    }

    /// - Returns: whether the connection goes on.
    private func carryOut(_ answer: Answer, _ connection: Int32) -> Bool {
        switch answer {
        case .silence: return true
        case .say(let text):
            send(text, connection)
            return true
        case .end(let text):
            send(text, connection)
            shutdown(connection, Int32(SHUT_RDWR))
            return false
        }
    }

    private func send(_ text: String, _ connection: Int32) {
        let bytes = Array(text.utf8)
        _ = Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections.withLock({ $0 }) { close(connection) }
    }
}
