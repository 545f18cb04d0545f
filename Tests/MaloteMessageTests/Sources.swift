// What every test here reads with: mails from text, a codec without a C library, plain answers.

import Foundation
import MaloteCore
import MaloteMessage
import MaloteTestKit
import Testing

/// Set by Tests/sanitize.sh.
let isSanitized = ProcessInfo.processInfo.environment["MALOTE_SANITIZER"] != nil

/// Stands for the real digest: these tests ask which octets were hashed, not how well.
struct PlainHashing: Hashing {
    func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
        guard let digest = Digest(fold(bytes)) else { fatalError("fold gives 32 octets") }
        return digest
    }
    func sha256() -> any RunningDigest { GatheringDigest(self) }
    func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] { (key + bytes).withUnsafeBytes(fold) }
    func random(_ count: Int) -> [UInt8] { Array(repeating: 7, count: count) }

    private func fold(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<32).map { UInt8(truncatingIfNeeded: (state &* UInt64($0 + 1)) >> 24) }
    }
}

/// The view of a mail written with `\n`, sent with CRLF.
func view(_ mail: String) -> MessageView { view(octets(mail)) }

func view(_ mail: [UInt8], limits: MailLimits = MailLimits()) -> MessageView {
    do { return try MailCodec(hashing: PlainHashing(), limits: limits).view(RawMessage(mail)) } catch {
        fatalError("a mail in memory can always be read")
    }
}

/// With every `\n` as CRLF.
func octets(_ text: String) -> [UInt8] {
    text.utf8.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
}

/// A mail of one header and a body.
func mail(_ header: String, _ body: [UInt8]) -> [UInt8] { octets(header + "\n\n") + body }

/// `text` so many times, as octets.
func many(_ text: String, _ count: Int) -> [UInt8] {
    var all = count > 0 ? Array(text.utf8) : []
    let wanted = all.count * count
    all.reserveCapacity(wanted)
    // Doubled, not repeated: millions of small additions take longer than what is tested.
    while all.count < wanted { all += all.prefix(wanted - all.count) }
    return all
}

/// One mail or value and what a careful reader makes of it.
struct Case<Expected: Sendable>: Sendable, CustomTestStringConvertible {
    var name: String
    var given: String
    var expected: Expected

    init(_ name: String, _ given: String, _ expected: Expected) {
        self.name = name
        self.given = given
        self.expected = expected
    }

    var testDescription: String { name }
}
