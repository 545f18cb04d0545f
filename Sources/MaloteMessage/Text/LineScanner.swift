// Octets that come in pieces to whole lines; knows neither header nor part.

import Glibc

/// What ends a line in mail that has been through many hands.
enum LineEnd {
    /// Nothing: the source ends here, or the line goes on.
    case absent
    case cr, lf, crlf

    /// The one that `octets` end in.
    init(endOf octets: [UInt8]) {
        switch octets.last {
        case 0x0A: self = octets.dropLast().last == 0x0D ? .crlf : .lf
        case 0x0D: self = .cr
        default: self = .absent
        }
    }

    var octets: UnsafeRawBufferPointer {
        let text: StaticString =
            switch self {
            case .absent: ""
            case .cr: "\r"
            case .lf: "\n"
            case .crlf: "\r\n"
            }
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}

/// A line, or a stretch of one that is longer than the scanner's limit. Valid only while it is handed over.
struct Line {
    var text: UnsafeRawBufferPointer
    var end: LineEnd
    /// False for what goes on with a line whose start came before.
    var isStart: Bool
    /// False for what another stretch of the same line follows.
    var isLast: Bool

    var isWhole: Bool { isStart && isLast }
    var octets: Int { text.count + end.octets.count }
}

protocol LineReceiver {
    mutating func take(_ line: Line)
}

/// Hands over the same lines however the source is cut into pieces: a line of up to `limit` octets comes whole, a longer
/// one in stretches of `limit`. Holds at most one stretch.
struct LineScanner {
    private let limit: Int
    /// The start of a line whose end has not come yet.
    private var held: [UInt8] = []
    private var isInsideLine = false
    /// Whether what is held ends in a CR that an LF may follow.
    private var endsInCR = false

    init(limit: Int) { self.limit = max(limit, 1) }

    mutating func feed<Receiver: LineReceiver>(_ piece: UnsafeRawBufferPointer, to receiver: inout Receiver) {
        guard !piece.isEmpty else { return }
        var index = 0
        if endsInCR {
            endsInCR = false
            let isPair = piece[0] == 0x0A
            index = isPair ? 1 : 0
            hand(piece[0..<0], isPair ? .crlf : .cr, to: &receiver)
        }
        var nextLF = -1
        var nextCR = -1
        while index < piece.count {
            // Each is searched again only when passed, so that a mail of CRs alone stays linear.
            if nextLF < index { nextLF = piece.place(of: 0x0A, from: index) }
            if nextCR < index { nextCR = piece.place(of: 0x0D, from: index) }
            let stop = min(nextLF, nextCR)
            index = handStretches(piece, index..<stop, to: &receiver)
            if stop == piece.count || (stop == nextCR && stop + 1 == piece.count) {
                held += UnsafeRawBufferPointer(rebasing: piece[index..<stop])
                endsInCR = stop < piece.count
                return
            }
            let isPair = stop == nextCR && nextLF == stop + 1
            hand(piece[index..<stop], isPair ? .crlf : stop == nextCR ? .cr : .lf, to: &receiver)
            index = stop + (isPair ? 2 : 1)
        }
    }

    /// The source has ended: what is held was its last line.
    mutating func finish<Receiver: LineReceiver>(to receiver: inout Receiver) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        if endsInCR || !held.isEmpty { hand(nothing[...], endsInCR ? .cr : .absent, to: &receiver) }
        endsInCR = false
    }

    /// What is too much to come whole.
    /// - Returns: where the rest starts, which together with what is held fits.
    private mutating func handStretches<Receiver: LineReceiver>(
        _ piece: UnsafeRawBufferPointer, _ range: Range<Int>, to receiver: inout Receiver
    ) -> Int {
        var index = range.lowerBound
        while held.count + (range.upperBound - index) > limit {
            let end = index + limit - held.count
            hand(piece[index..<end], nil, to: &receiver)
            index = end
        }
        return index
    }

    /// - Parameter end: `nil` if more of the line follows.
    private mutating func hand<Receiver: LineReceiver>(
        _ text: Slice<UnsafeRawBufferPointer>, _ end: LineEnd?, to receiver: inout Receiver
    ) {
        let isStart = !isInsideLine
        isInsideLine = end == nil
        if held.isEmpty {
            let text = UnsafeRawBufferPointer(rebasing: text)
            receiver.take(Line(text: text, end: end ?? .absent, isStart: isStart, isLast: end != nil))
        } else {
            held += UnsafeRawBufferPointer(rebasing: text)
            held.withUnsafeBytes {
                receiver.take(Line(text: $0, end: end ?? .absent, isStart: isStart, isLast: end != nil))
            }
            held.removeAll(keepingCapacity: true)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where the octet comes next; `count` if it does not.
    func place(of byte: UInt8, from start: Int) -> Int {
        guard let base = baseAddress, start < count,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return count }
        return UnsafeRawPointer(found) - base
    }

    /// Whether all is ASCII and neither a control character. No early end: so it takes many octets at once.
    var isPrintable: Bool {
        var others: UInt8 = 0
        for octet in self { others |= octet &- 0x20 < 0x5F ? 0 : 1 }
        return others == 0
    }

    /// Whether all is ASCII; as above.
    var isASCII: Bool {
        var all: UInt8 = 0
        for octet in self { all |= octet }
        return all < 0x80
    }

    /// Without blanks around.
    var trimmed: UnsafeRawBufferPointer {
        var start = 0
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// - Parameter text: in lower case; case does not count.
    func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where self[offset].lowercased != text.utf8Start[offset] {
            return false
        }
        return true
    }
}
