// One numeric IP address and what kind of place it names; looks nothing up.

import CCurl
import Glibc

/// An IPv4 or IPv6 address by its octets, so that two ways of writing it are one address.
struct PeerAddress: Sendable, Hashable {
    /// 4 or 16, in network order.
    let octets: [UInt8]

    init(octets: [UInt8]) { self.octets = octets }

    /// - Parameter text: as `inet_pton` takes it; an IPv6 zone (`%eth0`) is passed over.
    init?(_ text: String) {
        let bare = text.prefix { $0 != "%" }
        var octets = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(bare), &octets) == 1 {
            self.octets = Array(octets.prefix(4))
        } else if inet_pton(AF_INET6, String(bare), &octets) == 1 {
            self.octets = octets
        } else {
            return nil
        }
    }

    /// What libcurl is about to connect to. The address is read in place: an IPv6 one is longer than its declared type.
    init?(_ target: UnsafePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let place = UnsafeRawPointer(target) + offset
        switch (target.pointee.family, Int(target.pointee.addrlen)) {
        case (AF_INET, MemoryLayout<sockaddr_in>.size...):
            let address = place.loadUnaligned(as: sockaddr_in.self).sin_addr
            octets = withUnsafeBytes(of: address) { Array($0) }
        case (AF_INET6, MemoryLayout<sockaddr_in6>.size...):
            let address = place.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            octets = withUnsafeBytes(of: address) { Array($0) }
        default: return nil
        }
    }

    /// Reachable from anywhere, as far as the number tells (RFC 6890). Loopback, private, link-local, carrier-grade NAT,
    /// multicast and reserved addresses are not, in whatever form an IPv4 address is put into an IPv6 one.
    var isPublic: Bool {
        if let inner = embedded { return inner.isPublic }
        let blocks = octets.count == 4 ? Self.closedV4 : Self.closedV6
        return !blocks.contains { $0.holds(octets) }
    }

    /// The IPv4 address inside: mapped and compatible (RFC 4291 §2.5.5), NAT64 (RFC 6052), 6to4 (RFC 3056).
    private var embedded: PeerAddress? {
        guard octets.count == 16 else { return nil }
        if Self.carriers.contains(where: { $0.holds(octets) }), octets.suffix(4) != [0, 0, 0, 1],
            octets.suffix(4) != [0, 0, 0, 0]
        {
            return PeerAddress(octets: Array(octets.suffix(4)))
        }
        return octets.starts(with: [0x20, 0x02]) ? PeerAddress(octets: Array(octets[2..<6])) : nil
    }

    private struct Block {
        var start: [UInt8]
        var bits: Int

        init(_ start: [UInt8], _ bits: Int) {
            self.start = start
            self.bits = bits
        }

        func holds(_ octets: [UInt8]) -> Bool {
            for bit in 0..<bits {
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                let wanted = bit / 8 < start.count ? start[bit / 8] : 0
                if (octets[bit / 8] ^ wanted) & mask != 0 { return false }
            }
            return true
        }
    }

    private static let closedV4 = [
        Block([0], 8), Block([10], 8), Block([100, 64], 10), Block([127], 8), Block([169, 254], 16),
        Block([172, 16], 12), Block([192, 0, 0], 24), Block([192, 168], 16), Block([198, 18], 15), Block([224], 3),
    ]
    private static let closedV6 = [
        Block([], 127), Block([0xFC], 7), Block([0xFE, 0x80], 10), Block([0xFE, 0xC0], 10), Block([0xFF], 8),
    ]
    private static let carriers = [
        Block([], 96), Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96), Block([0, 0x64, 0xFF, 0x9B], 96),
    ]
}
