// The store's key and its backups over the API: their routes, and who may use them.

import MaloteCore
import Synchronization
import Testing

@testable import MaloteAdmin

@Suite struct CareRouteTests {
    @Test(
        arguments: [
            ("GET", "/v1/keys", 200, "keys"), ("POST", "/v1/keys", 201, "rotate key"),
            ("POST", "/v1/backup", 200, "backup"), ("GET", "/v1/backup", 405, ""), ("HEAD", "/v1/backup", 405, ""),
            ("DELETE", "/v1/keys", 405, ""),
        ])
    func keysAndBackupsHaveTheirRoutes(_ method: String, path: String, status: Int, call: String) async {
        let control = FakeControl()
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        #expect(await router.respond(to: HTTPRequest(method, path)).status == status)
        #expect(control.calls == (call.isEmpty ? [] : [call]))
    }

    /// It is sent piece by piece, and told in the audit log.
    @Test func aBackupIsAStreamAndADeed() async throws {
        let control = FakeControl()
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        let response = await router.respond(to: HTTPRequest("POST", "/v1/backup"))
        #expect(response.headers["Content-Type"] == "application/vnd.sqlite3")
        let stream = try #require(response.stream)
        #expect(stream.size == 3)
        #expect(try await stream.piece(1) == [2, 3])
        #expect(control.told.withLock { $0.map(\.action) } == ["backup"])
    }
}
