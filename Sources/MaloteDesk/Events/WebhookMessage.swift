// An event as the request that its receiver gets: headers, body and signature; sends nothing.

import FoundationEssentials
import MaloteCore

/// CloudEvents 1.0 over HTTP, signed by Standard Webhooks 1.0.
package struct WebhookMessage: Sendable {
    private let event: TicketEvent
    private let endpoint: Contract.EventEndpoint

    package init(_ event: TicketEvent, to endpoint: Contract.EventEndpoint) {
        self.event = event
        self.endpoint = endpoint
    }

    /// - Parameters:
    ///   - secrets: in octets; each makes a signature of its own.
    ///   - time: of this try.
    package func request(secrets: [[UInt8]], at time: Timestamp, hashing: any Hashing) -> WebhookRequest {
        let id = Self.headerText(event.id.rawValue)
        let content = content()
        let seconds = time.milliseconds.flooredDivision(by: 1000).quotient
        let signatures = secrets.map { Self.signature(id, seconds, content.body, secret: $0, hashing: hashing) }
        return WebhookRequest(
            url: endpoint.url,
            headers: content.headers + [
                .init("webhook-id", id), .init("webhook-timestamp", String(seconds)),
                .init("webhook-signature", signatures.joined(separator: " ")),
                .init("Idempotency-Key", Self.quoted(id)),
            ], body: content.body, caFile: endpoint.caFile)
    }

    /// The same id and body give the same signature: receivers work it out from what they got.
    package static func signature(
        _ id: String, _ seconds: Int64, _ body: [UInt8], secret: [UInt8], hashing: any Hashing
    ) -> String {
        let digest = hashing.hmacSHA256(key: secret, Array("\(id).\(seconds).".utf8) + body)
        return "v1," + String(decoding: Base64.encode(digest), as: UTF8.self)
    }

    // MARK: - Modes

    private func content() -> (headers: [WebhookRequest.Header], body: [UInt8]) {
        let whole = Array(event.json.utf8)
        if endpoint.mode == .binary, let content = Self.binary(whole) { return content }
        return ([.init("Content-Type", "application/cloudevents+json")], whole)
    }

    /// Attributes as headers, and the data as it stands.
    /// - Returns: `nil` for a text that is no event with data: then it goes out whole.
    private static func binary(_ whole: [UInt8]) -> (headers: [WebhookRequest.Header], body: [UInt8])? {
        guard let members = JSONMembers.members(of: whole) else { return nil }
        var headers: [WebhookRequest.Header] = []
        var body: [UInt8]?
        for member in members {
            let key = String(decoding: whole[member.key], as: UTF8.self)
            if key == "data" {
                body = Array(whole[member.value])
            } else if let text = try? JSONDecoder().decode(String.self, from: Data(whole[member.value])),
                !key.isEmpty, key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
            {
                headers.append(.init(key == "datacontenttype" ? "Content-Type" : "ce-\(key)", headerText(text)))
            }
        }
        return body.map { (headers, $0) }
    }

    /// CloudEvents HTTP binding 1.0 §3.1.3.2: what is not printable ASCII, blanks, quotes and percent signs.
    static func headerText(_ text: String) -> String {
        var octets: [UInt8] = []
        for octet in text.utf8 {
            if (0x21...0x7E).contains(octet), octet != UInt8(ascii: "\""), octet != UInt8(ascii: "%") {
                octets.append(octet)
            } else {
                octets.append(UInt8(ascii: "%"))
                octets += Hexadecimal.encode([octet]).uppercased().utf8
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// A string of structured fields (RFC 9651 §3.3.3).
    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\\" ? "\\\\" : String($0) }.joined() + "\""
    }
}
