// What the daemon tells systemd over its life: ready, reloading, alive, stopping.

import Foundation
import MaloteTestKit
import Synchronization
import Testing

@Suite(.serialized) struct ServiceManagerTests {
    /// A notification socket as systemd has one.
    private final class NotifySocket: Sendable {
        let path: String
        private let descriptor: Int32
        private let heard = Mutex<[String]>([])

        init(in folder: String) throws {
            path = folder + "/notify"
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { [path] in $0.copyBytes(from: Array(path.utf8)) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { [descriptor] in
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard bound == 0 else { throw Program.Failed(description: "cannot bind \(path)") }
            Thread.detachNewThread { [weak self, descriptor] in
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    guard count > 0, let self else { return }
                    let text = String(decoding: buffer[..<count], as: UTF8.self)
                    self.heard.withLock { $0.append(text) }
                }
            }
        }

        func count(_ word: String) -> Int { heard.withLock { $0.filter { $0.contains(word) }.count } }

        deinit {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
    }

    @Test func systemdHearsEveryTurn() async throws {
        let folder = try TemporaryFolder()
        let systemd = try NotifySocket(in: folder.path)
        let daemon = try RealDaemon(in: folder.path + "/daemon")
        try await daemon.start(environment: ["NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "400000"])
        #expect(try await eventually { systemd.count("READY=1") == 1 })
        #expect(try await eventually { systemd.count("WATCHDOG=1") >= 3 })
        daemon.signal(SIGHUP)
        #expect(try await eventually { systemd.count("RELOADING=1") == 1 && systemd.count("READY=1") == 2 })
        #expect(daemon.stop() == 0)
        #expect(try await eventually { systemd.count("STOPPING=1") == 1 })
    }
}
