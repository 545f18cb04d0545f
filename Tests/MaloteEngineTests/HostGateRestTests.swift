// Who may keep a connection with nothing to do, and that nobody is kept out by those who do.

import MaloteEngine
import Testing

@Suite struct HostGateRestTests {
    private func account(_ host: String, _ user: String = "ana") -> HostGate.Account {
        HostGate.Account(host: host, user: user)
    }

    private func enters(_ gate: HostGate, _ hosts: String...) -> Bool { hosts.allSatisfy { gate.enter($0) } }

    @Test func halfOfAHostsPlacesMayRest() {
        let gate = HostGate(perHost: 4, total: 100)
        #expect(enters(gate, "a.example", "a.example", "A.example"))
        #expect(gate.rest(account("a.example"), limit: nil))
        #expect(gate.rest(account("A.EXAMPLE", "bob"), limit: nil))
        #expect(!gate.rest(account("a.example", "eve"), limit: nil))
        // They count as open.
        #expect(enters(gate, "a.example"))
        #expect(!gate.enter("a.example"))
        gate.stir(account("a.example"))
        #expect(!gate.enter("a.example"))
        #expect(gate.rest(account("a.example", "eve"), limit: nil))
    }

    @Test func halfOfAllPlacesMayRest() {
        let gate = HostGate(perHost: 4, total: 4)
        #expect(enters(gate, "a.example", "b.example", "c.example"))
        #expect(gate.rest(account("a.example"), limit: nil) && gate.rest(account("b.example"), limit: nil))
        #expect(!gate.rest(account("c.example"), limit: nil))
        gate.leave("c.example")
        #expect(enters(gate, "d.example", "e.example"))
    }

    @Test func halfOfAnAccountsConnectionsMayRest() {
        let gate = HostGate(perHost: 20, total: 100)
        for _ in 0..<4 { #expect(gate.enter("a.example")) }
        #expect(gate.rest(account("a.example"), limit: 4) && gate.rest(account("a.example"), limit: 4))
        #expect(!gate.rest(account("a.example"), limit: 4))
        #expect(gate.rest(account("a.example", "bob"), limit: 4))
    }

    @Test func aSinglePlaceIsNeverRestedOn() {
        let gate = HostGate(perHost: 1, total: 10)
        #expect(gate.enter("a.example"))
        #expect(!gate.rest(account("a.example"), limit: nil))
    }

    @Test func aRestThatWasNotGrantedEndsNothing() {
        let gate = HostGate(perHost: 2, total: 10)
        #expect(enters(gate, "a.example"))
        gate.stir(account("a.example"))
        #expect(gate.rest(account("a.example"), limit: nil))
        gate.stir(account("a.example"))
        gate.stir(account("a.example"))
        gate.leave("a.example")
        #expect(enters(gate, "a.example", "a.example"))
        #expect(gate.rest(account("a.example"), limit: nil) && !gate.rest(account("a.example"), limit: nil))
    }
}
