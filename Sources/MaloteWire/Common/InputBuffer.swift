// Bytes that have arrived and are not yet understood; knows no protocol.

import MaloteCore

/// A queue of bytes with cheap appending and cheap taking from the front.
package struct InputBuffer: Sendable {
    private var bytes: [UInt8] = []
    private var head = 0
    /// Up to here (from `head`) no line feed was found, so that a line arriving byte by byte is scanned once.
    private var scanned = 0
    /// Whether the last line taken ended with LF alone.
    package private(set) var isLastLineBare = false

    package init() {}

    package var count: Int { bytes.count - head }
    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ more: some Collection<UInt8>) {
        // Forget what was taken once it is the larger part: each byte is moved at most once on average.
        if head > 4096, head * 2 > bytes.count {
            bytes.removeFirst(head)
            head = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next line without its end (CRLF, or the bare LF of sloppy servers), if it is complete.
    /// - Throws: `WireError.limit` when more than `limit` octets have come without a line end.
    package mutating func takeLine(limit: Int) throws(WireError) -> [UInt8]? {
        guard let end = lineFeed() else {
            scanned = count
            guard count <= limit else { throw .limit("The server sent a line of more than \(limit) octets.") }
            return nil
        }
        guard end - head <= limit else { throw .limit("The server sent a line of more than \(limit) octets.") }
        isLastLineBare = end == head || bytes[end - 1] != 0x0D
        let textEnd = isLastLineBare ? end : end - 1
        let line = Array(bytes[head..<textEnd])
        head = end + 1
        scanned = 0
        return line
    }

    private func lineFeed() -> Int? {
        let start = head + scanned
        return bytes.withUnsafeBufferPointer { buffer in
            var index = start
            while index < buffer.count {
                if buffer[index] == 0x0A { return index }
                index += 1
            }
            return nil
        }
    }

    /// Moves up to `limit` octets from the front to the end of `target`; returns how many.
    package mutating func take(_ limit: Int, into target: inout [UInt8]) -> Int {
        let taken = min(limit, count)
        target.append(contentsOf: bytes[head..<head + taken])
        drop(taken)
        return taken
    }

    /// Forgets up to `limit` octets from the front; returns how many.
    mutating func skip(_ limit: Int) -> Int {
        let taken = min(limit, count)
        drop(taken)
        return taken
    }

    /// Shows everything that is here to `reader` and forgets as many octets as it says it has read.
    mutating func read(_ reader: (ArraySlice<UInt8>) -> Int) {
        let taken = reader(bytes[head...])
        drop(min(taken, count))
    }

    private mutating func drop(_ taken: Int) {
        head += taken
        scanned = 0
        if head == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 18)
            head = 0
        }
    }
}

extension String {
    /// A peer's words as people may see them: no character in them moves a cursor or starts a line.
    init(shown bytes: some Sequence<UInt8>) {
        let text = String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        guard text.hasControlCharacter else {
            self = text
            return
        }
        self = String(text.map { String($0).hasControlCharacter ? " " : $0 })
    }
}
