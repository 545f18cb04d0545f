// Guards of the store's key and its backups: what holds everything is for admins alone.

import MaloteCore

extension GuardedControl {
    package func keys() async throws(Problem) -> KeyReport {
        try beAdmin()
        return try await inner.keys()
    }

    package func rotateKey() async throws(Problem) -> KeyRotation {
        try await administer("key.rotate") { () async throws(Problem) in try await inner.rotateKey() }
    }

    package func backup() async throws(Problem) -> RawCopy {
        try await administer("backup") { () async throws(Problem) in try await inner.backup() }
    }
}
