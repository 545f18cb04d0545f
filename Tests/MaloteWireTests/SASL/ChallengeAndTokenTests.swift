// CRAM-MD5 and the OAuth mechanisms: the RFCs' own dialogues, and how a refused token reads.

import MaloteCore
import MaloteWire
import Testing

@Suite struct ChallengeAndTokenTests {
    // MARK: - CRAM-MD5

    @Test func theDialogueOfRFC2195() throws {
        var exchange = try login(.cramMD5, user: "tim", password: "tanstaaftanstaaf")
        #expect(exchange.takeInitialResponse() == nil)
        #expect(
            try exchange.answer("<1896.697170952@postoffice.reston.mci.net>") == "tim b913a602c7eda7a495b4e6e7334d3890")
        #expect(exchange.isSettled)
        #expect(throws: WireError.self) { try exchange.answer("<1896.697170952@postoffice.reston.mci.net>") }
    }

    @Test func anEmptyChallengeIsNotAnswered() throws {
        var exchange = try login(.cramMD5)
        #expect { try exchange.answer("") } throws: { ($0 as? WireError)?.kind == .malformed }
    }

    // MARK: - OAuth

    /// RFC 7628 §4.1.
    @Test func theDialogueOfRFC7628() throws {
        var exchange = try login(
            .oauthBearer, user: "user@example.com", password: "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
            host: "server.example.com", port: 143)
        let taken = exchange.takeInitialResponse()
        let initial = try #require(taken)
        #expect(
            String(wire: Base64.encode(initial))
                == "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
                + "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB")
        #expect(exchange.isSettled && exchange.refusal == nil)
    }

    /// RFC 7628 §4.3: the error is a challenge, and its answer is AQ==.
    @Test func theRefusalOfRFC7628() throws {
        let error =
            #"{"status":"invalid_token","scope":"example_scope","#
            + #""openid-configuration":"https://example.com/.well-known/openid-configuration"}"#
        var exchange = try login(.oauthBearer)
        _ = exchange.takeInitialResponse()
        let answer = try exchange.respond(to: Array(error.utf8))
        #expect(String(wire: Base64.encode(answer)) == "AQ==")
        #expect(exchange.refusal == "invalid_token")
        #expect(throws: WireError.self) { try exchange.answer(error) }
    }

    @Test func theFormOfXOAUTH2() throws {
        var exchange = try login(.xoauth2, user: "someuser@example.com", password: "ya29.vF9dft4qmTc2")
        #expect(
            exchange.takeInitialResponse().map { String(wire: $0) }
                == "user=someuser@example.com\u{1}auth=Bearer ya29.vF9dft4qmTc2\u{1}\u{1}")
        let error = #"{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}"#
        #expect(try exchange.respond(to: Array(error.utf8)) == [])
        #expect(exchange.refusal == "401")
        #expect(throws: WireError.self) { try exchange.answer(error) }
    }

    @Test(
        arguments: [
            "", "rubbish", "{}", "[]", #"{"status":400}"#, #"{"status":""}"#, #"{"status":"\u001b[2J"}"#,
            #"{"status":"<redacted>"}"#, #"{"status":"\#(String(repeating: "a", count: 65))"}"#,
            String(repeating: "[", count: 40_000), String(repeating: #"{"status":"#, count: 9_000),
        ], [SASLMechanism.xoauth2, .oauthBearer])
    func aStrangeRefusalIsOneToo(_ error: String, _ mechanism: SASLMechanism) throws {
        var exchange = try login(mechanism)
        _ = exchange.takeInitialResponse()
        _ = try exchange.answer(error)
        #expect(exchange.refusal == "no reason given")
    }

    @Test(arguments: ["", "two words", "a\u{1}b", "a\nb", "tok\u{e9}n"], [SASLMechanism.xoauth2, .oauthBearer])
    func whatIsNoTokenIsNotSent(_ token: String, _ mechanism: SASLMechanism) {
        #expect { try login(mechanism, password: token) } throws: { ($0 as? WireError)?.kind == .argument }
    }

    @Test(arguments: [SASLMechanism.xoauth2, .oauthBearer])
    func aNameCannotEndItsField(_ mechanism: SASLMechanism) {
        #expect {
            try login(mechanism, user: "ana\u{1}auth=Bearer other")
        } throws: { ($0 as? WireError)?.kind == .argument }
    }
}
