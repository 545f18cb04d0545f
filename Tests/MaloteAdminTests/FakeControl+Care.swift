// The key and the backups of the mail room that only answers with samples.

import MaloteCore

@testable import MaloteAdmin

extension FakeControl {
    func keys() async throws(Problem) -> KeyReport {
        try note("keys")
        return KeyReport(source: "file", keys: [.init(id: "0a1b2c3d", state: .current, secrets: 4)])
    }

    func rotateKey() async throws(Problem) -> KeyRotation {
        try note("rotate key")
        return KeyRotation(key: "99999999", former: "0a1b2c3d", secrets: 4, isForgotten: true)
    }

    func backup() async throws(Problem) -> RawCopy {
        try note("backup")
        return RawCopy(id: .unsaved, size: 3) { offset in Array([1, 2, 3].dropFirst(offset)) }
    }
}
