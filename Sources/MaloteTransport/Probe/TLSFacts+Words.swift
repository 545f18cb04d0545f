// What a server's certificates mean to an operator; pure.

import MaloteCore

extension TLSFacts {
    /// Days before its end from which a certificate asks for a person.
    private static let soon = 14

    /// Version, who signed whom, whether the name fits, and how long it lasts.
    func words(host: String, now: Timestamp) -> String {
        guard let own = chain.first, let last = chain.last else { return version }
        var signers = chain.map(\.subject)
        if last.issuer != last.subject { signers.append(last.issuer) }
        let names = own.names.isEmpty ? own.subject : own.names.joined(separator: ", ")
        let fit = own.fitsHost ? "fits \(host)" : "is for \(names), not for \(host)"
        return "\(version); \(signers.joined(separator: ", signed by ")); \(fit); \(Self.left(own, now))"
    }

    /// One for each certificate that ends soon; the chain is as good as its weakest.
    func warnings(now: Timestamp) -> [String] {
        chain.filter { Self.days($0, now) < Self.soon }.map { certificate in
            "The certificate of \(certificate.subject) has \(Self.left(certificate, now)). Have it renewed."
        }
    }

    private static func left(_ certificate: Certificate, _ now: Timestamp) -> String {
        let (days, day) = (days(certificate, now), "\(certificate.end)".prefix(10))
        return days < 0 ? "ended on \(day)" : "\(days) days left, until \(day)"
    }

    private static func days(_ certificate: Certificate, _ now: Timestamp) -> Int64 {
        let milliseconds = (certificate.end - now).milliseconds
        return milliseconds < 0 ? -1 : milliseconds / 86_400_000
    }
}
