// Where a token server stands, taken from an address that has been checked; looks nothing up.

struct TokenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name, or a numeric address without brackets.
    let host: String
    let port: Int

    /// - Parameter url: one that `OAuthGrant.mayReceiveSecrets` lets pass.
    init(_ url: String) {
        let isPlain = url.hasPrefix("http://")
        let authority = url.dropFirst(isPlain ? 7 : 8).prefix { $0 != "/" && $0 != "?" }
        // An IPv6 address has colons of its own, and brackets around them.
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let colon = authority[(end ?? authority.startIndex)...].firstIndex(of: ":")
        host = authority[..<(colon ?? authority.endIndex)].filter { $0 != "[" && $0 != "]" }
        port = colon.flatMap { Int(authority[$0...].dropFirst()) } ?? (isPlain ? 80 : 443)
    }

    /// Nothing behind the host is shown: an operator may have put a secret there.
    var description: String { "The token server \(host)" }
}
