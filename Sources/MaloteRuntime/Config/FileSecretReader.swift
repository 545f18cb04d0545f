// Fetches a secret from where the registry says it is, at the moment it is needed; keeps nothing.

import Foundation
import MaloteCore

/// Read at each login, so that a changed password file needs no reload.
package struct FileSecretReader: SecretReader {
    /// No password is longer.
    private static let limit = 64 * 1024
    private let worker = SecretFileWorker()
    private let credentials: String?

    /// - Parameter credentials: the folder in which systemd puts them; `nil` when it gave none.
    package init(credentials: String? = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]) {
        self.credentials = credentials
    }

    package func reveal(_ source: SecretSource) async throws(Failure) -> Secret {
        switch source {
        case .literal(let secret): return secret
        case .unopened(_, _, let failure): throw failure
        case .file(let path):
            do { return try await worker.read(path, limit: Self.limit) } catch {
                throw Failure(
                    .operatorNeeded, .credential, "The password file \(path) cannot be read: \(error.reason).",
                    remedy: "Write the password into it and let maloted's user read it.")
            }
        case .credential(let name):
            let path = try credentialPath(name)
            do { return try await worker.read(path, limit: Self.limit) } catch {
                throw Self.failure(name, error.reason)
            }
        }
    }

    private func credentialPath(_ name: String) throws(Failure) -> String {
        guard !name.isEmpty, !name.contains("/"), name != ".", name != "..", !name.hasControlCharacter else {
            throw Failure(
                .operatorNeeded, .credential, "\"\(name.onOneLine)\" is not the name of a credential.",
                remedy: "Write the name that stands before the colon in LoadCredential=.")
        }
        guard let credentials else { throw Self.failure(name, "systemd has given none") }
        return credentials + "/" + name
    }

    private static func failure(_ name: String, _ reason: String) -> Failure {
        Failure(
            .operatorNeeded, .credential, "The credential \(name) cannot be read: \(reason).",
            remedy: "Add LoadCredential=\(name):/path to maloted's unit and restart it.")
    }
}

/// Reads files off the cooperative pool: a password may lie on a network file system that hangs.
private actor SecretFileWorker {
    private let executor = BlockingExecutor(label: "malote.secrets")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    struct Unreadable: Error { var reason: String }

    func read(_ path: String, limit: Int) throws(Unreadable) -> Secret {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Self.systemError }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = bytes.withUnsafeMutableBytes { Foundation.read(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw Self.systemError }
        guard count <= limit else { throw Unreadable(reason: "it is larger than \(limit) octets") }
        var text = bytes.prefix(count)
        if text.last == 0x0A {
            text = text.dropLast()
            if text.last == 0x0D { text = text.dropLast() }
        }
        guard !text.isEmpty else { throw Unreadable(reason: "it is empty") }
        return Secret(Array(text))
    }

    private static var systemError: Unreadable { Unreadable(reason: String(cString: strerror(errno))) }
}
