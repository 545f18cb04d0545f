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
    /// Whether only lines that start with two hyphens mean something now: others may come together, as one line with
    /// line ends inside.
    var takesRuns: Bool { get }
}

extension LineReceiver {
    var takesRuns: Bool { false }
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
        var ends = LineEnds(piece: piece)
        while index < piece.count {
            if receiver.takesRuns, held.isEmpty, !isInsideLine, let run = ends.run(from: index) {
                hand(piece[index..<run.stop], run.end, to: &receiver)
                index = run.stop + run.end.octets.count
                continue
            }
            let (stop, end) = ends.next(from: index)
            index = handStretches(piece, index..<stop, to: &receiver)
            guard let end else {
                held += UnsafeRawBufferPointer(rebasing: piece[index..<stop])
                endsInCR = stop < piece.count
                return
            }
            hand(piece[index..<stop], end, to: &receiver)
            index = stop + end.octets.count
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

/// Where the lines of one piece end. Each kind of end is searched again only when it is passed, so that a mail of CRs
/// alone stays linear.
private struct LineEnds {
    private static let longestRun = 16 * 1024

    let piece: UnsafeRawBufferPointer
    private var nextLF = -1
    private var nextCR = -1

    init(piece: UnsafeRawBufferPointer) { self.piece = piece }

    /// - Returns: where the line that starts at `index` stops, and what ends it; `nil` if only the next piece can tell.
    mutating func next(from index: Int) -> (stop: Int, end: LineEnd?) {
        if nextLF < index { nextLF = piece.place(of: 0x0A, from: index) }
        if nextCR < index { nextCR = piece.place(of: 0x0D, from: index) }
        let stop = min(nextLF, nextCR)
        guard stop < piece.count, stop == nextLF || stop + 1 < piece.count else { return (stop, nil) }
        return (stop, stop == nextLF ? .lf : nextLF == stop + 1 ? .crlf : .cr)
    }

    /// Whole lines, none of which starts with two hyphens.
    /// - Returns: where the last of them stops; `nil` if there is none.
    mutating func run(from start: Int) -> (stop: Int, end: LineEnd)? {
        var last: (stop: Int, end: LineEnd)?
        var index = start
        while index < piece.count, index - start < Self.longestRun, !startsWithHyphens(index) {
            let (stop, end) = next(from: index)
            guard let end else { break }
            last = (stop, end)
            index = stop + end.octets.count
        }
        return last
    }

    private func startsWithHyphens(_ index: Int) -> Bool {
        piece[index] == 0x2D && index + 1 < piece.count && piece[index + 1] == 0x2D
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
    var trimmed: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[trimmed(0..<count)]) }

    /// What of a range has no blanks around.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
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
