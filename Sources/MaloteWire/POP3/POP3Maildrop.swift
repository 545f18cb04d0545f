// Which messages a maildrop holds, from UIDL and LIST joined, whatever they disagree about; pure.

import MaloteCore

/// Every message that either listing names is here once, in the order of its number.
package struct POP3Maildrop: Sendable, Hashable {
    package struct Message: Sendable, Hashable {
        package var number: Int
        /// `nil` when the server gave none that tells this message from the others: see `identity(ofHeader:)`.
        package var uid: String?
        /// A hint (RFC 1939 §11).
        package var size: Int?
    }

    package private(set) var messages: [Message]

    /// - Parameters:
    ///   - uidl: the lines of UIDL; `nil` when the server has none.
    ///   - list: the lines of LIST.
    package init(uidl: [UInt8]?, list: [UInt8]) {
        let uids = uidl.map(Self.numbered) ?? [:]
        let sizes = Self.numbered(list)
        var seen: [String: Int] = [:]
        let usable = uids.compactMapValues(Self.uid)
        for uid in usable.values { seen[uid, default: 0] += 1 }
        messages = Set(uids.keys).union(sizes.keys).sorted().map { number in
            // One UID for two messages means neither (RFC 1939 §7 allows it for equal ones).
            let uid = usable[number].flatMap { seen[$0] == 1 ? $0 : nil }
            return Message(number: number, uid: uid, size: sizes[number].flatMap(Self.number))
        }
    }

    /// RFC 1939 §7: 1 to 70 printable characters. Longer ones are in use; others could not be told apart as text.
    private static let uidLimit = 255

    private static func uid(_ word: ArraySlice<UInt8>) -> String? {
        guard (1...uidLimit).contains(word.count), word.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    /// Lines of a number and a word; what is none is passed over, and of two lines for one number the first counts.
    private static func numbered(_ listing: [UInt8]) -> [Int: ArraySlice<UInt8>] {
        var words: [Int: ArraySlice<UInt8>] = [:]
        for line in listing.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let parts = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
            guard parts.count >= 2, let number = number(parts[0]), number > 0, words[number] == nil else { continue }
            words[number] = parts[1]
        }
        return words
    }

    /// More digits than these are no number of a message and no size.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    // MARK: - Messages without UID

    /// What stays the same in a message's header for as long as it lies on the server: all of it but the marks that
    /// servers of the mbox kind write into it.
    /// - Parameter message: from its start at least to the empty line behind its header.
    package static func identity(ofHeader message: [UInt8]) -> [UInt8] {
        var identity: [UInt8] = []
        var isMark = false
        var rest = message[...]
        while let first = rest.first, first != 0x0A, !rest.starts(with: [0x0D, 0x0A]) {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[end...]
            let isFolded = first == 0x20 || first == 0x09
            if !isFolded {
                isMark = marks.contains(String(shown: line.prefix { $0 != UInt8(ascii: ":") }).lowercased())
            }
            if !isMark { identity += line }
        }
        return identity
    }

    private static let marks: Set<String> = [
        "status", "x-status", "x-keywords", "x-uid", "x-uidl", "x-imap", "x-imapbase", "x-mozilla-status",
        "x-mozilla-status2", "content-length", "lines",
    ]
}
