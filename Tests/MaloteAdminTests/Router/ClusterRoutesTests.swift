// What is asked of the cluster over the API, and of whom.

import MaloteCore
import Testing

@testable import MaloteAdmin

@Suite struct ClusterRoutesTests {
    @Test(
        arguments: [
            ("GET", "/v1/cluster", [:], "cluster"),
            (
                "GET", "/v1/cluster/leases", ["kind": "mailbox", "node": "one", "after": "mailbox 3", "limit": "7"],
                "leases mailbox one mailbox 3 7"
            ),
            (
                "GET", "/v1/cluster/leases/history", ["share": "mailbox 3", "after": "9"],
                "lease history mailbox 3 - 9 100"
            ),
            ("POST", "/v1/cluster/nodes/two/drain", [:], "draining two"),
            ("POST", "/v1/cluster/nodes/two/resume", [:], "active two"),
        ] as [(String, String, [String: String], String)])
    func asks(method: String, path: String, query: [String: String], call: String) async {
        let control = FakeControl()
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        var request = HTTPRequest(method, path)
        request.query = query
        let response = await router.respond(to: request)
        #expect(response.status == 200, "\(response.text)")
        #expect(control.calls.contains(call), "\(control.calls)")
    }

    @Test func aKindMustBeKnown() async {
        let control = FakeControl()
        let router = AdminRouter(control: control, door: .controlSocket) { true }
        var request = HTTPRequest("GET", "/v1/cluster/leases")
        request.query = ["kind": "lane"]
        let response = await router.respond(to: request)
        #expect(response.status == 400 || response.status == 422)
        #expect(response.text.contains("mailbox, endpoint, chores, place") && control.calls.isEmpty)
    }
}
