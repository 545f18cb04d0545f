// What became known of a server while a connection to it was made, for people; trusts nothing, decides nothing.

import COpenSSL
import Glibc
import MaloteCore
import Synchronization

/// How far a dial came.
struct DialFacts: Sendable, Hashable {
    /// The peer's numeric address; `nil` as long as TCP was not up.
    var address: String?
    /// What the server said first, before TLS; empty when it is still to be read.
    var firstLine = ""
    /// `nil` when the server showed no certificate.
    var tls: TLSFacts?
}

struct TLSFacts: Sendable, Hashable {
    /// As OpenSSL writes it: `TLSv1.3`.
    var version: String
    /// As the server sent it: its own certificate first. Not verified here.
    var chain: [Certificate]

    struct Certificate: Sendable, Hashable {
        var subject: String
        var issuer: String
        /// The first 20 DNS names.
        var names: [String]
        var end: Timestamp
        /// It names the host that was asked for.
        var fitsHost: Bool
    }
}

/// Watches one dial. Filled on the network thread, read by the probe once the dial has answered.
final class DialWitness: Sendable {
    private let host: String
    private let known = Mutex(DialFacts())

    init(host: String) { self.host = host }

    var facts: DialFacts { known.withLock { $0 } }

    func note(address: String?, firstLine: String) {
        known.withLock { facts in
            facts.address = address
            facts.firstLine = firstLine
        }
    }

    // MARK: - The handshake

    /// For libcurl's context function. Not retained: the dial holds the witness until its handshake is over, and the
    /// end of the handshake is the last that the witness hears.
    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func watch(_ context: UnsafeMutableRawPointer?, _ witness: UnsafeMutableRawPointer) {
        malote_ssl_watch(context, witness) { ssl, place, result in
            guard let ssl, malote_ssl_is_over(place, result) != 0, let witness = malote_ssl_take_watcher(ssl) else {
                return
            }
            Unmanaged<DialWitness>.fromOpaque(witness).takeUnretainedValue().note(ssl)
        }
    }

    private func note(_ ssl: OpaquePointer) {
        let count = min(malote_ssl_chain_count(ssl), 10)
        let chain = (0..<max(0, count)).compactMap { malote_ssl_chain_at(ssl, $0) }
        guard !chain.isEmpty else { return }
        let tls = TLSFacts(
            version: String(cString: SSL_get_version(ssl)), chain: chain.map { .init($0, host: host) })
        known.withLock { $0.tls = tls }
    }
}

extension TLSFacts.Certificate {
    fileprivate init(_ certificate: OpaquePointer, host: String) {
        subject = Self.text { malote_x509_name(X509_get_subject_name(certificate), $0, $1) } ?? ""
        issuer = Self.text { malote_x509_name(X509_get_issuer_name(certificate), $0, $1) } ?? ""
        names = (0..<20).lazy.map { index in Self.text { malote_x509_dns_name(certificate, index, $0, $1) } }
            .prefix { $0 != nil }.compactMap { $0 }.filter { !$0.isEmpty }
        var end = tm()
        ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end)
        self.end = Timestamp(seconds: Int64(timegm(&end)))
        fitsHost =
            X509_check_host(certificate, host, host.utf8.count, 0, nil) == 1
            || X509_check_ip_asc(certificate, host, 0) == 1
    }

    /// - Parameter fill: writes at most so many octets, and returns how many, or -1 for none at all.
    private static func text(_ fill: (UnsafeMutablePointer<CChar>?, Int32) -> Int32) -> String? {
        var count: Int32 = 0
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            count = fill(buffer.baseAddress, Int32(buffer.count))
            return String(
                decoding: UnsafeRawBufferPointer(buffer).prefix(Int(max(0, count))), as: UTF8.self)
        }
        return count < 0 ? nil : text
    }
}
