// A web address that may be trusted with what is not public, taken apart; looks nothing up.

/// `https`, or `http` that does not leave this machine.
package struct WebAddress: Sendable, Hashable {
    package let isPlain: Bool
    /// A name, or a numeric address without brackets.
    package let host: String
    package let port: Int

    /// - Returns: `nil` for every other address, and for one with a user, a fragment or anything but printable ASCII.
    package init?(_ url: String) {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !url.contains("#"),
            !url.contains("\\")
        else { return nil }
        isPlain = url.hasPrefix("http://")
        guard isPlain || url.hasPrefix("https://") else { return nil }
        let authority = url.dropFirst(isPlain ? 7 : 8).prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.contains("@"), !isPlain || Self.isLoopback(authority) else { return nil }
        // An IPv6 address has colons of its own, and brackets around them.
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let colon = authority[(end ?? authority.startIndex)...].firstIndex(of: ":")
        host = authority[..<(colon ?? authority.endIndex)].filter { $0 != "[" && $0 != "]" }
        port = colon.flatMap { Int(authority[$0...].dropFirst()) } ?? (isPlain ? 80 : 443)
        guard !host.isEmpty, (1...65_535).contains(port) else { return nil }
    }

    /// - Parameter authority: host and port.
    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[") { return authority == "[::1]" || authority.hasPrefix("[::1]:") }
        let host = authority.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
