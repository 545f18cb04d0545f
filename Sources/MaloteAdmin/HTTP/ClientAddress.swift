// Whom a request comes from, as far as it tells people apart; knows no socket.

import Glibc

enum ClientAddress {
    /// - Parameter octets: of an IPv4 or IPv6 address.
    /// - Returns: the address; of IPv6 its network of 64 bits, as one owner has all of it. An IPv4 address that came by an
    ///   IPv6 socket (RFC 4291 §2.5.5.2) is itself: all of them share the first 64 bits.
    static func words(_ octets: [UInt8]) -> String {
        let isMapped = octets.count == 16 && octets[..<10].allSatisfy { $0 == 0 } && octets[10...11] == [255, 255]
        if octets.count == 4 || isMapped { return octets.suffix(4).map(String.init).joined(separator: ".") }
        guard octets.count == 16 else { return "" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let network = octets[..<8] + [UInt8](repeating: 0, count: 8)
        return Array(network).withUnsafeBytes { bytes in
            inet_ntop(AF_INET6, bytes.baseAddress, &text, socklen_t(text.count)).map { String(cString: $0) } ?? ""
        }
    }
}
