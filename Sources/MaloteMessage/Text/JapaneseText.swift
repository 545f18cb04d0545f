// ISO-2022-JP (RFC 1468) as Japanese mail really writes it, as EUC-JP octets; converts no character.

enum JapaneseText {
    private enum Set {
        case ascii, kanji, halfKatakana, supplement
    }

    /// The C library knows the standard only: it refuses the circled numbers and company signs of NEC's row 13 and
    /// half-width katakana, which mail is full of. EUC-JP has a place for all of them.
    static func eucJP(_ bytes: Bytes) -> [UInt8] {
        var euc: [UInt8] = []
        euc.reserveCapacity(bytes.count)
        var set = Set.ascii
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x1B, let (next, length) = escape(bytes[index...]) {
                set = next
                index += length
                continue
            }
            index += 1
            // A line starts in ASCII, whatever the one before forgot.
            if byte.isLineEnd { set = .ascii }
            let isCharacter = (0x21...0x7E).contains(byte)
            switch set {
            case .halfKatakana where isCharacter: euc += [0x8E, byte | 0x80]
            case .kanji where isCharacter, .supplement where isCharacter:
                guard index < bytes.endIndex, (0x21...0x7E).contains(bytes[index]) else { continue }
                if set == .supplement { euc.append(0x8F) }
                euc += [byte | 0x80, bytes[index] | 0x80]
                index += 1
            // What is neither ASCII nor EUC would come out as a control character; this octet as U+FFFD.
            default: euc.append((0x80...0x9F).contains(byte) && byte != 0x8E && byte != 0x8F ? 0xFF : byte)
            }
        }
        return euc
    }

    private static func escape(_ bytes: Bytes) -> (set: Set, length: Int)? {
        let code = Array(bytes.dropFirst().prefix(3))
        if code.starts(with: "(B".utf8) || code.starts(with: "(J".utf8) || code.starts(with: "(H".utf8) {
            return (.ascii, 3)
        }
        if code.starts(with: "(I".utf8) { return (.halfKatakana, 3) }
        if code.starts(with: "$(D".utf8) { return (.supplement, 4) }
        if code.starts(with: "$(B".utf8) { return (.kanji, 4) }
        return code.starts(with: "$B".utf8) || code.starts(with: "$@".utf8) ? (.kanji, 3) : nil
    }
}
