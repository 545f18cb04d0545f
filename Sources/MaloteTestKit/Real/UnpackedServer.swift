// Starts the mail servers that cannot be installed side by side, from what unpack.sh has unpacked; knows nothing of Malote.

import Foundation

/// A server of its own on loopback. Needs root. Stops with its last reference, or with this process.
package final class UnpackedServer: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case cyrus, courier, exim, opensmtpd

        /// Whether it can be started here; if not, tests that need it are skipped and `make test` says so.
        package var isPossible: Bool {
            let root = ProcessInfo.processInfo.environment["MALOTE_SERVERS"] ?? projectFolder + "/.build/servers"
            return geteuid() == 0 && FileManager.default.fileExists(atPath: "\(root)/\(rawValue)/usr")
        }

        package static let absence = "needs root, and what Tests/Servers/unpack.sh unpacks"
    }

    package let folder: String
    package let ports: [String: Int]
    package let user: String
    package let password: String
    private let launcher: String

    package var caFile: String { folder + "/tls/ca.pem" }

    package init(_ kind: Kind, in folder: String, user: String, password: String) throws {
        self.folder = folder
        self.user = user
        self.password = password
        launcher = serverLauncher(kind.rawValue)
        ports = serverPorts(try Program.succeed(launcher, ["start", folder, "\(user):\(password)"]))
    }

    package func stop() { _ = try? Program.run(launcher, ["stop", folder]) }

    /// Puts messages into the user's INBOX; only Cyrus and Courier have one.
    package func deliver(_ messages: [String]) throws {
        for message in messages {
            let file = folder + "/" + UUID().uuidString
            try message.write(toFile: file, atomically: false, encoding: .utf8)
            try Program.succeed(launcher, ["deliver", folder, user, file])
            try FileManager.default.removeItem(atPath: file)
        }
    }

    /// Every message that was accepted and delivered, whole; only Exim and OpenSMTPD keep them.
    package func received() -> [String] { messages(inMaildir: folder + "/root/inbox") }

    deinit { stop() }
}

/// The new messages of a Maildir, whole.
func messages(inMaildir folder: String) -> [String] {
    let box = folder + "/new"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
    return names.compactMap { FileManager.default.contents(atPath: box + "/" + $0) }
        .map { String(decoding: $0, as: UTF8.self) }
}
