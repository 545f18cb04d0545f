// What receivers get, octet by octet: signatures as published, both modes of CloudEvents, nothing that breaks a header.

import Foundation
import MaloteCore
import MaloteTestKit
import Testing

@testable import MaloteDesk

@Suite struct WebhookMessageTests {
    private static let json =
        #"{"specversion":"1.0","id":"e1","source":"/contracts/acme","type":"malote.ticket.opened.v1","#
        + #""subject":"ACME-42","time":"2026-11-21T08:00:00.000Z","datacontenttype":"application/json","#
        + #""data":{"contract":"acme","ticket":{"key":"ACME-42","external":null},"text":"Olá, \"you\" {[]}"}}"#

    private func event(_ id: String = "e1", json: String = json) -> TicketEvent {
        TicketEvent(
            id: EventID(rawValue: id), contract: ContractID(rawValue: 1), kind: .ticketOpened, subject: "ACME-42",
            time: Sample.now, json: json)
    }

    private func request(
        _ event: TicketEvent, mode: Contract.EventEndpoint.Mode = .structured, secrets: [String] = ["one"]
    ) -> WebhookRequest {
        let endpoint = Contract.EventEndpoint(
            url: "https://desk.example/hooks", secret: .literal(Secret("x")), mode: mode, caFile: "/etc/desk.pem")
        return WebhookMessage(event, to: endpoint).request(
            secrets: secrets.map { Array($0.utf8) }, at: Timestamp(milliseconds: 1_614_265_330_999),
            hashing: FakeHashing())
    }

    @Test func structuredIsTheEventAsItStands() {
        let request = request(event())
        #expect(request.body == Array(Self.json.utf8))
        #expect(request.header("content-type") == "application/cloudevents+json")
        #expect(request.header("webhook-id") == "e1" && request.header("idempotency-key") == "\"e1\"")
        #expect(request.header("webhook-timestamp") == "1614265330")
        #expect(request.url == "https://desk.example/hooks" && request.caFile == "/etc/desk.pem")
    }

    @Test func binaryIsTheDataAndHeaders() {
        let request = request(event(), mode: .binary)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"contract":"acme","ticket":{"key":"ACME-42","external":null},"text":"Olá, \"you\" {[]}"}"#)
        #expect(request.header("content-type") == "application/json")
        #expect(request.header("ce-specversion") == "1.0" && request.header("ce-id") == "e1")
        #expect(request.header("ce-type") == "malote.ticket.opened.v1" && request.header("ce-subject") == "ACME-42")
        #expect(request.header("ce-source") == "/contracts/acme" && request.header("ce-data") == nil)
    }

    /// A header of a moved event is whatever somebody wrote.
    @Test func nothingBreaksAHeader() {
        let json = #"{"id":"a b\"%\r\nX: y é","specversion":"1.0","Bad Key":"x","data":[1, 2] }"#
        let request = request(event("a b\"%\r\nX: y é\\", json: json), mode: .binary)
        #expect(request.header("ce-id") == "a%20b%22%25%0D%0AX:%20y%20%C3%A9")
        #expect(request.header("webhook-id") == "a%20b%22%25%0D%0AX:%20y%20%C3%A9\\")
        #expect(request.header("idempotency-key") == "\"a%20b%22%25%0D%0AX:%20y%20%C3%A9\\\\\"")
        #expect(request.body == Array("[1, 2]".utf8))
        for header in request.headers {
            #expect(header.value.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(header)")
            #expect(!header.name.contains(" "))
        }
    }

    @Test(arguments: ["", "[]", "{", "{\"id\":}", "{\"data\":{}", "{\"data\":{}}x", "{\"a\":\"\\", "{}", "nonsense"])
    func whatIsNoEventGoesOutWhole(_ text: String) {
        let request = request(event(json: text), mode: .binary)
        #expect(request.body == Array(text.utf8) && request.header("content-type") == "application/cloudevents+json")
    }

    @Test func eachSecretSigns() {
        let signatures = request(event(), secrets: ["one", "two"]).header("webhook-signature") ?? ""
        let alone = ["one", "two"].map { request(event(), secrets: [$0]).header("webhook-signature") ?? "" }
        #expect(signatures == alone.joined(separator: " ") && alone[0] != alone[1])
        #expect(alone.allSatisfy { $0.hasPrefix("v1,") })
    }

    @Test(arguments: [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24), ("whsec_AAAA", 3), ("whsec_AAA=", 2), ("whsec_AAA", 2),
        ("plain text", 10), ("whsec_???", nil), ("whsec_", nil), ("WHSEC_AAAA", 10),
    ])
    func secretsAreReadAsTheyAreWritten(_ text: String, _ octets: Int?) {
        #expect(WebhookSecret.octets(of: Secret(text))?.count == octets)
    }

    @Test(arguments: [
        (#"{"ticket":"EXT-7"}"#, "EXT-7"), (#" {"a":[{}],"ticket":"Ü 7"} "#, "Ü 7"), (#"{"ticket":""}"#, nil),
        (#"{"ticket":7}"#, nil), (#"{"ticket":null}"#, nil), (#"{"ticket":"a\u0000"}"#, nil), (#"["EXT-7"]"#, nil),
        ("EXT-7", nil), ("", nil), (#"{"ticket":"EXT-7""#, nil),
        (String(repeating: "{\"a\":", count: 10_000), nil), (String(repeating: "[", count: 60_000) + "{", nil),
    ])
    func anAnswerMayNameATicket(_ body: String, _ ticket: String?) {
        #expect(ReceiverAnswer.ticket(Array(body.utf8)) == ticket)
    }

    @Test func aTicketsKeyIsFound() {
        #expect(ReceiverAnswer.ticketKey(of: event()) == "ACME-42")
        #expect(ReceiverAnswer.ticketKey(of: event(json: #"{"data":{"mailbox":{}}}"#)) == nil)
        #expect(ReceiverAnswer.ticketKey(of: event(json: "{")) == nil)
    }
}
