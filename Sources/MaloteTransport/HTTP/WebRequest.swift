// One POST and what comes of it, whoever sends it; knows no libcurl.

import MaloteCore

struct WebRequest: Sendable {
    var url: String
    var address: WebAddress
    /// Each `Name: value`, without line ends.
    var headers: [String]
    var body: Secret
    /// PEM file of authorities; `nil` means the daemon's own.
    var caFile: String?
    /// A request that must not be sent twice goes over a connection of its own: on a used one libcurl may send it again.
    var isOnce: Bool
    /// Whether an answer beyond the limit is cut off there; otherwise it is a fault.
    var cutsLongAnswers: Bool
}

struct WebAnswer: Sendable, Hashable {
    var status: Int
    var retryAfter: String?
    var location: String?
    /// At most `WebTransfer.largestAnswer` octets; empty if it was cut off.
    var body: [UInt8]
}

/// Why there is no whole answer. Texts are libcurl's.
enum WebFault: Error, Sendable, Hashable {
    /// The name was not found, or leads where the policy does not allow.
    case address(Failure)
    case certificate(String)
    case tls(String)
    case refused
    case silent
    case tooLarge
    case broken(String)
    case exhausted
    case stopped
}
