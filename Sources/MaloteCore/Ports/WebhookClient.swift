// The port to receivers of events: one POST, one answer; knows neither events nor signatures.

package protocol WebhookClient: Sendable {
    /// Sends it and reads the answer, within 30 seconds in all. No redirect is followed. A cancelled task waits two
    /// seconds for an answer that is on its way.
    /// - Throws: if there was no whole answer, whatever the receiver may have done with the request; `.dns` with
    ///   `.operatorNeeded` if the address is not allowed.
    func post(_ request: WebhookRequest) async throws(Failure) -> WebhookReply
}

package struct WebhookRequest: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package var name: String
        /// Printable ASCII.
        package var value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var url: String
    package var headers: [Header]
    package var body: [UInt8]
    /// PEM file of authorities; `nil` means the daemon's own.
    package var caFile: String?

    package init(url: String, headers: [Header], body: [UInt8], caFile: String? = nil) {
        self.url = url
        self.headers = headers
        self.body = body
        self.caFile = caFile
    }

    /// The first header of this name, compared without case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

package struct WebhookReply: Sendable, Hashable {
    package var status: Int
    /// The header `Retry-After` as it came (RFC 9110 §10.2.3).
    package var retryAfter: String?
    /// The header `Location`.
    package var location: String?
    /// Empty if the answer was longer than 64 KiB: then nobody has read it to its end.
    package var body: [UInt8]

    package init(status: Int, retryAfter: String? = nil, location: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.location = location
        self.body = body
    }
}
