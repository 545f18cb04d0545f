// What is fuzzed, by name: each target takes any octets and says what is wrong, if anything is; knows no fuzzer.

import MaloteTestKit

/// A target must neither trap nor loop, whatever it is given; what must hold beyond that, it checks itself.
package enum FuzzTarget: String, Sendable, CaseIterable {
    case imap, pop3, smtp, sasl, message, registry

    /// - Returns: what does not hold, as a sentence; `nil` if all is well.
    package func complaint(about octets: [UInt8]) -> String? {
        switch self {
        case .imap: IMAPFuzz.complaint(about: octets)
        case .pop3: POP3Fuzz.complaint(about: octets)
        case .smtp: SMTPFuzz.complaint(about: octets)
        case .sasl: SASLFuzz.complaint(about: octets)
        case .message: MessageFuzz.complaint(about: octets)
        case .registry: RegistryFuzz.complaint(about: octets)
        }
    }
}

extension Fed {
    /// Whether octets one by one, and pieces cut at random, mean the same as all at once.
    func complaintAboutCuts(_ octets: [UInt8]) -> String? {
        let whole = trace([octets[...]])
        var chance = Chance(seed: UInt64(octets.count))
        guard trace(chance.cut(octets)) == whole else { return "\(Self.self): cuts matter." }
        guard octets.count > 4096 || trace(octets.indices.map { octets[$0...$0] }) == whole else {
            return "\(Self.self): octets one by one are something else."
        }
        return nil
    }
}
