// A mail is read in pieces, in one pass, and how it is cut shows nowhere.

import MaloteCore
import MaloteMessage
import Synchronization
import Testing

/// Hands over in many small pieces what it is asked for in one.
private struct CutSource: RawSource {
    let octets: [UInt8]
    let length: @Sendable (Int) -> Int

    var size: Int { octets.count }

    func read(_ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + max(1, length(start)), range.upperBound)
            try octets.read(start..<end, use)
            start = end
        }
    }
}

/// A mail that is made while it is read: `head`, then `line` so often.
private final class EndlessSource: RawSource {
    let head: [UInt8]
    let line: [UInt8]
    let size: Int
    /// What was asked for.
    let asked = Mutex<[Range<Int>]>([])

    init(head: [UInt8], line: [UInt8], size: Int) {
        self.head = head
        self.line = line
        self.size = size
    }

    func read(_ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        asked.withLock { $0.append(range) }
        let octets = range.map { $0 < head.count ? head[$0] : line[($0 - head.count) % line.count] }
        try octets.read(0..<octets.count, use)
    }
}

/// Counts what it is given and keeps none of it.
private struct CountingHashing: Hashing {
    final class Count: RunningDigest {
        var octets = 0
        var largest = 0
        func update(_ bytes: UnsafeRawBufferPointer) {
            octets += bytes.count
            largest = max(largest, bytes.count)
        }
        func finish() -> Digest {
            let count = withUnsafeBytes(of: UInt64(octets).littleEndian, Array.init)
            let most = withUnsafeBytes(of: UInt64(largest).littleEndian, Array.init)
            guard let digest = Digest(count + most + [UInt8](repeating: 0, count: 16)) else { fatalError("32 octets") }
            return digest
        }
    }

    func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest { PlainHashing().sha256(bytes) }
    func sha256() -> any RunningDigest { Count() }
    func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] { [] }
    func random(_ count: Int) -> [UInt8] { [] }
}

/// Numbers that look random and come again with the seed.
struct Dice {
    private var state: UInt64
    init(_ seed: UInt64) { state = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int((state >> 11) % UInt64(max(sides, 1)))
    }
}

struct PieceTests {
    private func cut(_ octets: [UInt8], _ length: @escaping @Sendable (Int) -> Int) throws(Failure) -> MessageView {
        try MailCodec(hashing: PlainHashing()).view(RawMessage(CutSource(octets: octets, length: length)))
    }

    @Test(arguments: SampleMails.all) func anyCutGivesTheSameView(_ sample: SampleMail) throws {
        for mail in [sample.octets, sample.octets.filter { $0 != 0x0D }] {
            let whole = view(mail)
            #expect(try cut(mail) { _ in 1 } == whole)
            for seed in 0..<20 as Range<UInt64> {
                #expect(
                    try cut(mail) { start in
                        var dice = Dice(seed &* 1_000_003 &+ UInt64(start))
                        return dice.roll(seed % 2 == 0 ? 7 : 400)
                    } == whole)
            }
        }
    }

    /// Whatever happens to a mail on its way: nothing traps, nothing unsafe comes out, and cuts still do not show.
    @Test(arguments: SampleMails.all) func mutationsAreRead(_ sample: SampleMail) throws {
        let original = sample.octets
        for seed in 0..<40 as Range<UInt64> {
            var dice = Dice(seed)
            var mail = original
            for _ in 0...dice.roll(6) { mutate(&mail, &dice) }
            let seen = view(mail)
            #expect(!seen.subject.hasControlCharacter)
            #expect((seen.to + seen.cc).allSatisfy { !$0.address.hasControlCharacter })
            #expect(seen.attachments.allSatisfy { !$0.name.isEmpty && !$0.name.hasControlCharacter })
            #expect(seen.attachments.map(\.size).reduce(0, +) <= 2 * mail.count)
            #expect(seen.newText.utf8.count <= seen.text.utf8.count)
            #expect(try cut(mail) { Int(seed) + $0 % 5 } == seen)
        }
    }

    private func mutate(_ mail: inout [UInt8], _ dice: inout Dice) {
        guard mail.count > 8 else { return }
        let (from, to) = (dice.roll(mail.count), dice.roll(mail.count))
        let range = min(from, to)..<min(max(from, to), min(from, to) + 60)
        switch dice.roll(5) {
        case 0: mail[from] = UInt8(truncatingIfNeeded: dice.roll(256))
        case 1: mail.removeSubrange(range)
        case 2: mail.insert(contentsOf: mail[range], at: to)
        case 3:
            mail.insert(
                contentsOf: Array(["\r", "\n", "--b\r\n", "--", "=", "\"", "\0", "\u{1B}$B"][dice.roll(8)].utf8),
                at: from)
        default: mail.swapAt(from, to)
        }
    }

    @Test func aLargeMailIsReadInOnePassAndNeverHeld() throws {
        let head = octets(
            "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\n"
        )
        let source = EndlessSource(
            head: head, line: octets("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9w\n"), size: 3_000_000)
        let seen = try MailCodec(hashing: CountingHashing()).view(RawMessage(source))
        #expect(seen.text == "Hello")
        let attachment = try #require(seen.attachments.first)
        let lines = (source.size - head.count) / source.line.count
        #expect((lines * 42...lines * 42 + 42).contains(attachment.size))
        // What the digest was given: as many octets, in small pieces.
        let counts = try #require(attachment.sha256).bytes
        let total = counts[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let largest = counts[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(total == attachment.size)
        #expect(largest <= 64 * 1024)
        let asked = source.asked.withLock { $0 }
        #expect(asked.allSatisfy { $0.count <= RawMessage.pieceSize })
        #expect(zip(asked, asked.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(asked.first?.lowerBound == 0 && asked.last?.upperBound == source.size)
    }

    @Test func aSpoolThatCannotBeReadIsSaid() {
        struct Broken: RawSource {
            var size: Int { 10 }
            func read(
                _ range: Range<Int>, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
            ) throws(Failure) {
                throw Failure(.transient, .storage, "The disk is gone.")
            }
        }
        let failure = #expect(throws: Failure.self) {
            try MailCodec(hashing: PlainHashing()).view(RawMessage(Broken()))
        }
        #expect(failure?.cause == .storage)
    }
}
