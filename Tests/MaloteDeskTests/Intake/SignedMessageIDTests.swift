// A signed Message-ID proves its ticket for one contract, and nothing else does.

import MaloteCore
import Testing

@testable import MaloteDesk

@Suite struct SignedMessageIDTests {
    static let ids = SignedIDs.contract(1)

    @Test(arguments: ["ACME-1", "ACME-42", "N-9223372036854775807"])
    func anOwnIDIsVerified(_ subject: String) {
        let made = Self.ids.make(subject, domain: "acme.example")
        #expect(made.hasPrefix("<\(subject).") && made.hasSuffix("@acme.example>"))
        #expect(Self.ids.verify(made) == subject)
    }

    @Test func twoIDsDiffer() {
        #expect(Self.ids.make("ACME-1", domain: "x.example") != Self.ids.make("ACME-1", domain: "x.example"))
    }

    @Test func anotherDomainChangesNothing() {
        // Some relays rewrite the domain; the proof is on the left.
        let made = Self.ids.make("ACME-1", domain: "a.example")
        #expect(Self.ids.verify(made.replacing("@a.example", with: "@b.example")) == "ACME-1")
    }

    @Test func anotherContractsIDProvesNothing() {
        #expect(Self.ids.verify(SignedIDs.contract(2).make("ACME-1", domain: "x.example")) == nil)
    }

    @Test func everyChangedDigitIsNoticed() {
        let made = Array(Self.ids.make("ACME-1", domain: "x.example"))
        let at = made.firstIndex(of: "@") ?? 0
        for index in 1..<at where made[index] != "." {
            let forged = edited(made) { $0[index] = $0[index] == "1" ? "2" : "1" }
            #expect(Self.ids.verify(String(forged)) == nil, "digit \(index)")
        }
    }

    @Test(
        arguments: [
            { $0.replacing("@", with: "0@") }, { $0.replacing("0@", with: "@").replacing("1@", with: "@") + " " },
            { String($0.dropFirst()) }, { String($0.dropLast()) }, { $0.replacing("@", with: ".x@") },
            { _ in "<ACME-1@x.example>" }, { _ in "<ACME-1.aa.@x.example>" }, { _ in "<..@x.example>" }, { _ in "<@>" },
            { _ in "<>" }, { _ in "" }, { _ in "@" }, { _ in "<\u{301}@>" }, { _ in "<@\u{301}>" },
            { _ in "<ACME-1.0000000000000000.000000000000000000000000@x.example>" },
        ] as [@Sendable (String) -> String])
    func aForgedIDIsRejected(_ forge: @Sendable (String) -> String) {
        #expect(Self.ids.verify(forge(Self.ids.make("ACME-1", domain: "x.example"))) == nil)
    }

    @Test func aShorterMACIsNoProof() {
        let made = Self.ids.make("ACME-1", domain: "x.example")
        for length in 0..<24 {
            let parts = made.dropFirst().prefix { $0 != "@" }.split(separator: ".").map(String.init)
            #expect(Self.ids.verify("<\(parts[0]).\(parts[1]).\(parts[2].prefix(length))@x.example>") == nil)
        }
    }

    // MARK: - Envelopes

    @Test(arguments: [1, 42, Int64.max])
    func anOwnEnvelopeIsVerified(_ number: Int64) {
        let id = NotificationID(rawValue: number)
        let envid = Self.ids.envid(id)
        #expect(envid == Self.ids.envid(id) && envid.hasPrefix("\(number).") && envid.utf8.count <= 100)
        #expect(Self.ids.notification(envid: envid) == id)
        #expect(SignedIDs.contract(2).notification(envid: envid) == nil)
        for place in envid.indices where envid[place] != "." {
            var forged = envid
            forged.replaceSubrange(place...place, with: envid[place] == "1" ? "2" : "1")
            #expect(Self.ids.notification(envid: forged) == nil)
        }
    }

    @Test(arguments: ["", ".", "1", "1.", "+1.x", "1.000000000000000000000000", "99999999999999999999.x", "1..x"])
    func whatIsNoEnvelope(_ text: String) { #expect(Self.ids.notification(envid: text) == nil) }

    /// What is proved by one kind proves nothing by the other.
    @Test func anEnvelopeIsNoMessageID() {
        let parts = Self.ids.envid(NotificationID(rawValue: 7)).split(separator: ".")
        #expect(Self.ids.verify("<envid 7..\(parts[1])@x>") == nil)
        #expect(Self.ids.verify("<envid.7.\(parts[1])@x>") == nil)
    }
}
