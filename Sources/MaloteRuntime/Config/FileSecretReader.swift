// Fetches a secret from where the registry says it is, at the moment it is needed; keeps nothing.

import Foundation
import MaloteCore

/// Read at each login, so that a changed password file needs no reload.
package struct FileSecretReader: SecretReader {
    /// No password is longer.
    private static let limit = 64 * 1024
    private let worker = SecretFileWorker()

    package init() {}

    package func reveal(_ source: SecretSource) async throws(Failure) -> Secret {
        switch source {
        case .literal(let secret): return secret
        case .file(let path): return try await worker.read(path, limit: Self.limit)
        case .credential(let name): return try await worker.read(try Self.credentialPath(name), limit: Self.limit)
        }
    }

    private static func credentialPath(_ name: String) throws(Failure) -> String {
        guard let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] else {
            throw Failure(
                .operatorNeeded, .credential, "The credential \(name) cannot be read: systemd has given none.",
                remedy: "Add LoadCredential=\(name):/path to maloted's unit.")
        }
        guard !name.isEmpty, !name.contains("/"), name != ".." else {
            throw Failure(.operatorNeeded, .credential, "\"\(name)\" is not the name of a credential.")
        }
        return folder + "/" + name
    }
}

/// Reads files off the cooperative pool: a password may lie on a network file system that hangs.
private actor SecretFileWorker {
    private let executor = BlockingExecutor(label: "malote.secrets")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func read(_ path: String, limit: Int) throws(Failure) -> Secret {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Self.failure(path, String(cString: strerror(errno))) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = bytes.withUnsafeMutableBytes { Foundation.read(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw Self.failure(path, String(cString: strerror(errno))) }
        guard count <= limit else { throw Self.failure(path, "it is larger than \(limit) octets") }
        var text = bytes.prefix(count)
        if text.last == 0x0A { text = text.dropLast() }
        if text.last == 0x0D { text = text.dropLast() }
        guard !text.isEmpty else { throw Self.failure(path, "it is empty") }
        return Secret(Array(text))
    }

    private static func failure(_ path: String, _ reason: String) -> Failure {
        Failure(
            .operatorNeeded, .credential, "The password file \(path) cannot be read: \(reason).",
            remedy: "Write the password into it and let maloted's user read it.")
    }
}
