// A server's challenges to each login: the first octet chooses the mechanism, then one challenge a line.

import MaloteCore
import MaloteWire

enum SASLFuzz {
    static func complaint(about octets: [UInt8]) -> String? {
        guard let first = octets.first else { return nil }
        let mechanism = SASLMechanism.allCases[Int(first) % SASLMechanism.allCases.count]
        let account = SASLAccount(user: "ana", secret: Secret("canary-7f3a"), host: "mx.example", port: 993)
        guard var exchange = try? SASLExchange(mechanism, account, nonce: "nonce", digests: QuickDigests()) else {
            return "\(mechanism.name) does not take a plain login."
        }
        var answers = [exchange.takeInitialResponse() ?? []]
        var isSigned = false
        for challenge in octets.dropFirst().split(separator: 0x0A, omittingEmptySubsequences: false).prefix(8) {
            guard let answer = try? exchange.respond(to: Array(challenge)) else { break }
            isSigned = isSigned || challenge.starts(with: "v=".utf8)
            answers.append(answer)
        }
        if mechanism.keepsSecret {
            guard !answers.contains(where: { $0.contains("canary") }) else {
                return "\(mechanism.name) tells the secret."
            }
        }
        if mechanism == .scramSHA1 || mechanism == .scramSHA256 {
            guard !exchange.isSettled || isSigned else { return "A server that signed nothing is believed." }
        }
        guard exchange.refusal.map({ $0.utf8.count <= 64 }) ?? true else { return "A refusal is too long to show." }
        return nil
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool { String(decoding: self, as: UTF8.self).contains(text) }
}

/// Wrong, but quick and the same every time: what is fuzzed is the dialogue.
private struct QuickDigests: SASLDigests {
    func hash(_ function: DigestFunction, _ bytes: [UInt8]) -> [UInt8] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let count = [.md5: 16, .sha1: 20][function] ?? 32
        return (0..<count).map { UInt8(truncatingIfNeeded: (state &* UInt64($0 + 1)) >> 24) }
    }

    func hmac(_ function: DigestFunction, key: [UInt8], _ bytes: [UInt8]) -> [UInt8] { hash(function, key + bytes) }

    func stretch(_ function: DigestFunction, password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        hash(function, password + salt)
    }
}
